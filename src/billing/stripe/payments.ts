import type Stripe from "stripe";
import type { Payment } from "../../engine/billing/port.js";
import { type Flow, type StripeClient, METADATA } from "./client.js";
import { refusalOf } from "./failures.js";
import { ofIntent, ofSession } from "./present.js";
import { moneyBack } from "./money-back.js";
import { settled } from "./settle.js";
import { within } from "./within.js";

/** A payment as Stripe has it now. */
export interface StripePayment {
  /** Null: it is none of Coffer's. */
  readonly topUpId: string | null;
  readonly payment: Payment;
}

/**
 * Payments, read from Stripe each time: what an old answer or a notification says may be no longer true. The id of a
 * payment is its session's where the customer pays on Stripe's page, else its intent's.
 */
export class Payments {
  /** @param returnUrl where customers go after they confirmed a payment; null: none may be asked to */
  constructor(
    private readonly stripe: StripeClient,
    private readonly returnUrl: string | null,
  ) {}

  /** Null: Stripe knows of none. */
  async byId(id: string, signal: AbortSignal): Promise<StripePayment | null> {
    try {
      if (id.startsWith("cs_")) return await this.bySession(id, signal);
      if (id.startsWith("pi_")) return await this.byIntent(id, signal);
      return null;
    } catch (error) {
      if (refusalOf(error)?.code === "resource_missing") return null;
      throw error;
    }
  }

  async byIntent(id: string, signal: AbortSignal): Promise<StripePayment> {
    const intent = await this.intent(id, signal);
    if (flowOf(intent) !== "checkout") return this.ownIntent(intent, signal);
    const { data } = await within(signal, () =>
      this.stripe.checkout.sessions.list({ payment_intent: id, limit: 1 }),
    );
    const [session] = data;
    return session === undefined ? this.ownIntent(intent, signal) : this.bySession(session.id, signal);
  }

  async bySession(id: string, signal: AbortSignal): Promise<StripePayment> {
    const session = await within(signal, () =>
      this.stripe.checkout.sessions.retrieve(id, { expand: ["payment_intent.latest_charge", "invoice"] }),
    );
    const topUpId = topUpIdOf(session);
    const intent = typeof session.payment_intent === "string" ? null : session.payment_intent;
    return { topUpId, payment: { ...ofSession(session, intent), ...(await this.back(intent, signal)) } };
  }

  async intent(id: string, signal: AbortSignal): Promise<Stripe.PaymentIntent> {
    return within(signal, () => this.stripe.paymentIntents.retrieve(id, { expand: ["latest_charge"] }));
  }

  private async ownIntent(given: Stripe.PaymentIntent, signal: AbortSignal): Promise<StripePayment> {
    const topUpId = topUpIdOf(given);
    const intent =
      flowOf(given) === "intent"
        ? await settled(this.stripe, given, { returnUrl: this.returnUrl, signal }, (id) =>
            this.intent(id, signal),
          )
        : given;
    return { topUpId, payment: { ...ofIntent(intent), ...(await this.back(intent, signal)) } };
  }

  private async back(
    intent: Stripe.PaymentIntent | null,
    signal: AbortSignal,
  ): Promise<Pick<Payment, "refunded" | "receiptUrl">> {
    const charge = intent?.latest_charge;
    if (intent?.status !== "succeeded" || charge == null || typeof charge === "string") return {};
    return {
      refunded: await moneyBack(this.stripe, charge, signal),
      ...(charge.receipt_url === null ? {} : { receiptUrl: charge.receipt_url }),
    };
  }
}

type Tagged = Pick<Stripe.Checkout.Session, "metadata">;

export function flowOf({ metadata }: Tagged): Flow | null {
  const flow = metadata?.[METADATA.flow];
  return flow === "intent" || flow === "checkout" ? flow : null;
}

/** Others may use the same word for their own. */
function topUpIdOf(object: Tagged): string | null {
  return flowOf(object) === null ? null : (object.metadata?.[METADATA.topUp] ?? null);
}
