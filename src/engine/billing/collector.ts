import { formatScaled } from "../../core/amounts.js";
import { type TopUp, type TopUpRefund, isWatched } from "../../core/top-up.js";
import type { TopUpResult } from "../../core/results.js";
import { isOverdue, mayBeDropped } from "../../core/top-up-outcome.js";
import type { CreditEvent } from "../api-events.js";
import type { Announcer } from "../events/announcer.js";
import { publicId } from "../ids.js";
import type { EngineLifetime } from "../lifetime.js";
import { OWN_KEY_PREFIX } from "../request-schemas.js";
import type { Services } from "../services.js";
import { type Settled, settleMutation } from "../settle-mutation.js";
import { portMoney } from "./present.js";
import type { Provider } from "./provider.js";
import { type TopUpPlace, recordedPayment, storedTopUp } from "./recorded-payment.js";
import type { ParsedPayment } from "./schemas.js";
import { warnOfProvider } from "./warn.js";

/**
 * Moves the money of what is stored. Everything that it asks the provider for stands in a wallet before it is asked, under
 * a key that the wallet gave: so any process may ask, at any time, as often as it likes.
 */
export class Collector {
  constructor(
    private readonly services: Services,
    private readonly provider: Provider,
  ) {}

  /** Goes on with purchases as this process commits that there is something to do. */
  follow(announcer: Announcer, lifetime: EngineLifetime): void {
    const collect = (event: CreditEvent): Promise<void> | void => {
      if (!("topUp" in event.data)) return;
      const { topUpId } = event.data.topUp;
      // A process that ends leaves it to another one: the wallet says when.
      if (lifetime.isClosing) return;
      return lifetime.during(() => this.collect(topUpId));
    };
    announcer.on("credits.auto_top_up.started", collect);
    announcer.on("credits.top_up.unsettled", collect);
  }

  private async collect(id: string): Promise<void> {
    const { handle, local } = await this.services.handleOf("tu", id, "top_up_not_found");
    const place = { handle, topUpId: local };
    await this.goOn(place).catch((error: unknown) => warnOfProvider(place, error));
  }

  /** Does what is to be done now. A provider that does not answer is asked again when the wallet says so. */
  async goOn(place: TopUpPlace): Promise<void> {
    let topUp = await storedTopUp(this.services, place);
    if (isWatched(topUp)) {
      const known = await this.askAfter(place, null);
      if (known === null) return void (await this.drop(place, topUp));
      topUp = (await this.record(place, known)).result.topUp;
    }
    if (topUp.state === "pending") await this.settle(place, topUp);
    for (const refund of topUp.refunds)
      if (refund.state === "pending") await this.refund(place, topUp, refund);
  }

  /** Asks what became of it, whatever is known: a payment may come after it was given up, or go back after it came. */
  async refresh(place: TopUpPlace): Promise<void> {
    const { state, payment } = await storedTopUp(this.services, place);
    if (state !== "pending") {
      const known = await this.askAfter(place, payment.id);
      if (known !== null) await this.record(place, known);
    }
    await this.goOn(place);
  }

  /**
   * Asks for the money, or what became of it; has the provider give it up where nobody is to pay it any more.
   *
   * @throws what the provider does: then nobody knows, and nothing ends.
   */
  async settle(place: TopUpPlace, topUp: TopUp): Promise<Settled<TopUpResult> | null> {
    const payment = await this.asked(place, topUp);
    if (payment === null) return mayBeDropped(topUp, this.services.now()) ? this.drop(place, topUp) : null;
    const recorded = await this.record(place, payment);
    if (!this.isToGo(topUp, payment)) return recorded;
    const answer = await this.provider.cancel(this.requestOf(place, payment.id));
    return answer === null ? recorded : this.record(place, { ...answer, ...reasonOf(topUp, answer) });
  }

  /** Null: the provider knows of none, and is not to take money any more. */
  private async asked(place: TopUpPlace, topUp: TopUp): Promise<ParsedPayment | null> {
    const { provider, services } = this;
    const { payment, checks, isCalledOff, by } = topUp;
    const isFirst = payment.id === null && checks === 0 && !isCalledOff;
    const known = isFirst ? null : await this.ask(place, payment.id);
    if (known !== null) return known;
    // The customer is long gone. An automatic purchase needs nobody there.
    const isTooLate = isCalledOff || (by === "customer" && isOverdue(topUp, services.now()));
    if (!isTooLate) return this.chargeNow(place, topUp);
    if (provider.cancels) return provider.cancel(this.requestOf(place, payment.id));
    return provider.tellsPayments ? null : this.chargeNow(place, topUp);
  }

  /** Of one that is over. A provider that can not be asked says as it cancels what became of it. */
  private askAfter(place: TopUpPlace, paymentId: string | null): Promise<ParsedPayment | null> {
    return this.provider.tellsPayments
      ? this.ask(place, paymentId)
      : this.provider.cancel(this.requestOf(place, paymentId));
  }

  private ask(place: TopUpPlace, paymentId: string | null): Promise<ParsedPayment | null> {
    return this.provider.payment(this.requestOf(place, paymentId));
  }

  /** What is on its way by itself, as a direct debit, is left to come; what waits for people has its time. */
  private isToGo(topUp: TopUp, { status }: ParsedPayment): boolean {
    if (status !== "pending" && status !== "requires_action") return false;
    if (topUp.isCalledOff) return true;
    const waits = topUp.by === "customer" || status === "requires_action";
    return waits && isOverdue(topUp, this.services.now());
  }

  /** It ends here, unless another process has heard of a payment meanwhile; a request on its way may bring it back. */
  private drop(place: TopUpPlace, { isCalledOff }: TopUp): Promise<Settled<TopUpResult>> {
    return settleMutation(this.services, place.handle, this.notes(), "{}", "topUp", {
      kind: "recordPayment",
      topUpId: place.topUpId,
      status: "canceled",
      told: isCalledOff ? {} : { reason: NOT_IN_TIME },
      refundedGross: null,
    });
  }

  private chargeNow({ handle, topUpId }: TopUpPlace, topUp: TopUp): Promise<ParsedPayment> {
    const key = this.keyOf({ handle, topUpId });
    const { currency, names } = handle;
    return this.provider.charge({
      key,
      customerId: names.customerId,
      subtotal: portMoney(topUp.price),
      description: `${formatScaled(topUp.credits, currency.scale)} ${currency.name}`,
      offSession: topUp.by === "auto",
      metadata: { topUpId: key },
    });
  }

  async record(place: TopUpPlace, payment: ParsedPayment): Promise<Settled<TopUpResult>> {
    const told = await recordedPayment(this.services, place, payment);
    return settleMutation(this.services, place.handle, this.notes(), "{}", "topUp", told);
  }

  async refund(
    place: TopUpPlace,
    topUp: TopUp,
    { id, gross, reason }: TopUpRefund,
  ): Promise<"pending" | "succeeded" | "failed"> {
    const paymentId = topUp.payment.id;
    if (paymentId === null) return "pending";
    const { status } = await this.provider.refund({
      key: `${this.keyOf(place)}-refund-${id}`,
      paymentId,
      amount: portMoney({ total: gross, currency: topUp.price.currency }),
      reason,
    });
    await settleMutation(this.services, place.handle, this.notes(), "{}", "topUp", {
      kind: "recordRefund",
      topUpId: place.topUpId,
      refundId: id,
      status,
    });
    return status;
  }

  private requestOf(place: TopUpPlace, paymentId: string | null) {
    return { key: this.keyOf(place), customerId: place.handle.names.customerId, paymentId };
  }

  private keyOf({ handle, topUpId }: TopUpPlace): string {
    return publicId("tu", handle.key, topUpId);
  }

  private notes(): { readonly idempotencyKey: string; readonly actor: string } {
    const { services } = this;
    return { idempotencyKey: `${OWN_KEY_PREFIX}${services.newId(services.now())}`, actor: COLLECTOR };
  }
}

const NOT_IN_TIME = "not_paid_in_time";

function reasonOf({ isCalledOff }: TopUp, { status, reason }: ParsedPayment): Pick<ParsedPayment, "reason"> {
  return status === "canceled" && !isCalledOff ? { reason: reason ?? NOT_IN_TIME } : { reason };
}

/** Who stands in the audit trail. */
const COLLECTOR = "coffer:billing";
