import { formatScaled } from "../../core/amounts.js";
import { isUnsettled, type TopUp, type TopUpRefund } from "../../core/top-up.js";
import type { TopUpResult } from "../../core/results.js";
import { isTooLateToCharge } from "../../core/top-up-outcome.js";
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
    // Given up after its time: nobody is to pay it any more.
    announcer.on("credits.top_up.canceled", collect);
    announcer.on("credits.auto_top_up.failed", collect);
  }

  private async collect(id: string): Promise<void> {
    const { handle, local } = await this.services.handleOf("tu", id, "top_up_not_found");
    const place = { handle, topUpId: local };
    await this.goOn(place).catch((error: unknown) => warnOfProvider(place, error));
  }

  /** Does what is to be done now. A provider that does not answer is asked again when the wallet says so. */
  async goOn(place: TopUpPlace): Promise<void> {
    const topUp = await storedTopUp(this.services, place);
    if (topUp.state === "canceled") await this.callOff(place, topUp);
    if (!isUnsettled(topUp)) return;
    if (topUp.state === "pending") await this.charge(place, topUp);
    for (const refund of topUp.refunds)
      if (refund.state === "pending") await this.refund(place, topUp, refund);
  }

  /** Asks what became of it, whatever is known: a payment may come after it was given up, or go back after it came. */
  async refresh(place: TopUpPlace): Promise<void> {
    const topUp = await storedTopUp(this.services, place);
    if (topUp.payment.id === null) return this.goOn(place);
    const known = await this.provider.payment(this.keyOf(place), topUp.payment.id);
    if (known !== null) await this.record(place, known);
    await this.goOn(place);
  }

  /** Asks for the money, or what became of it. @throws what the provider does: then nobody knows. */
  async charge(place: TopUpPlace, topUp: TopUp): Promise<Settled<TopUpResult>> {
    const known = await this.known(place, topUp);
    if (known !== null) return this.record(place, known);
    const { provider, services } = this;
    if (provider.tellsPayments && isTooLateToCharge(topUp, services.now())) return this.giveUp(place);
    return this.record(place, await this.chargeNow(place, topUp));
  }

  /** Null: nothing is known of it, or nothing was asked for yet. */
  private async known(place: TopUpPlace, { payment, checks }: TopUp): Promise<ParsedPayment | null> {
    if (payment.id === null && checks === 0) return null;
    return this.provider.payment(this.keyOf(place), payment.id);
  }

  /** Finds out what became of a charge that was never answered. @throws what the provider does: then nobody knows. */
  async clearUp(place: TopUpPlace, topUp: TopUp): Promise<void> {
    const answer = this.provider.tellsPayments
      ? await this.provider.payment(this.keyOf(place), null)
      : await this.chargeNow(place, topUp);
    if (answer !== null) await this.record(place, answer);
  }

  /** The provider knows of no payment, and it is too late to ask for one. */
  private giveUp(place: TopUpPlace): Promise<Settled<TopUpResult>> {
    return settleMutation(this.services, place.handle, this.notes(), "{}", "topUp", {
      kind: "recordPayment",
      topUpId: place.topUpId,
      status: "canceled",
      told: { reason: "not_paid_in_time" },
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

  /** Nobody is to pay it any more; what was paid all the same is recorded. */
  private async callOff(place: TopUpPlace, { payment }: TopUp): Promise<void> {
    const { provider } = this;
    const key = this.keyOf(place);
    const known = payment.id === null ? await provider.payment(key, null) : null;
    if (known !== null) await this.record(place, known);
    const id = payment.id ?? known?.id;
    if (id === undefined || (known !== null && IS_OVER.has(known.status))) return;
    const answer = await provider.cancel(key, id);
    if (answer !== null) await this.record(place, answer);
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

  private keyOf({ handle, topUpId }: TopUpPlace): string {
    return publicId("tu", handle.key, topUpId);
  }

  private notes(): { readonly idempotencyKey: string; readonly actor: string } {
    const { services } = this;
    return { idempotencyKey: `${OWN_KEY_PREFIX}${services.newId(services.now())}`, actor: COLLECTOR };
  }
}

const IS_OVER: ReadonlySet<ParsedPayment["status"]> = new Set(["succeeded", "failed", "canceled"]);

/** Who stands in the audit trail. */
const COLLECTOR = "coffer:billing";
