/** What Stripe's account holds, and what banks and customers do to it. */
import type Stripe from "stripe";
import {
  type DisputeOnTheWire,
  type InvoiceItemOnTheWire,
  chargeObject,
  disputeObject,
  intentObject,
  invoiceObject,
  paymentMethodObject,
} from "./objects.js";

/** Refused by Stripe, as its answer tells it. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly body: {
      type: "invalid_request_error" | "card_error" | "idempotency_error" | "api_error";
      message: string;
      code?: string | undefined;
      decline_code?: string | undefined;
      param?: string | undefined;
      payment_intent?: Stripe.PaymentIntent | undefined;
    },
  ) {
    super(body.message);
  }
}

export function invalid(message: string, code?: string, param?: string): ApiError {
  return new ApiError(400, { type: "invalid_request_error", message, code, param });
}

/** What the bank says to a payment method, by its id. */
const ANSWERS = {
  pm_card: "yes",
  pm_empty: "insufficient_funds",
  pm_asks: "authentication_required",
  pm_debit: "later",
} as const;

export type MethodId = keyof typeof ANSWERS;

export function isMethod(id: string): id is MethodId {
  return id in ANSWERS;
}

export class Account {
  /** UTC seconds. */
  now = Date.UTC(2026, 0, 1) / 1_000;
  readonly customers = new Map<string, Stripe.Customer>();
  readonly methods = new Map<string, Stripe.PaymentMethod[]>();
  readonly intents = new Map<string, Stripe.PaymentIntent>();
  readonly charges = new Map<string, Stripe.Charge>();
  readonly sessions = new Map<string, Stripe.Checkout.Session>();
  /** What a session's intent will bear. */
  readonly intentData = new Map<
    string,
    { description: string; metadata: Stripe.Metadata; saves: boolean; hasInvoice: boolean }
  >();
  readonly refunds = new Map<string, Stripe.Refund>();
  readonly disputes = new Map<string, DisputeOnTheWire>();
  readonly invoices = new Map<string, Stripe.Invoice>();
  readonly items = new Map<string, InvoiceItemOnTheWire>();
  /** Customers whose address is known: 10% tax. */
  readonly addressed = new Set<string>();
  /** Whether an intent stays behind whose confirmation was refused as a request. */
  leavesRefused = false;
  private count = 0;

  id(prefix: string): string {
    this.count += 1;
    return `${prefix}_${String(this.count).padStart(4, "0")}`;
  }

  found<Thing>(things: ReadonlyMap<string, Thing>, id: string): Thing {
    const thing = things.get(id);
    if (thing === undefined)
      throw new ApiError(404, {
        type: "invalid_request_error",
        message: `No such object: '${id}'`,
        code: "resource_missing",
        param: "id",
      });
    return thing;
  }

  /** All money that was ever taken. */
  taken(): number {
    return [...this.charges.values()].reduce((sum, { amount }) => sum + amount, 0);
  }

  givenBack(): number {
    return [...this.refunds.values()]
      .filter(({ status }) => status !== "failed")
      .reduce((sum, { amount }) => sum + amount, 0);
  }

  save(customer: string, method: MethodId, isDefault = true): void {
    const saved = this.methods.get(customer) ?? [];
    this.methods.set(customer, [paymentMethodObject(method, customer, this.now), ...saved]);
    if (isDefault) this.found(this.customers, customer).invoice_settings.default_payment_method = method;
  }

  /** The bank is asked. @throws ApiError 402 where it says no */
  confirm(
    intent: Stripe.PaymentIntent,
    method: MethodId,
    terms: { offSession: boolean; returnUrl: string },
  ): void {
    if (intent.status !== "requires_payment_method" && intent.status !== "requires_confirmation")
      throw invalid(`It is ${intent.status}`, "payment_intent_unexpected_state");
    const answer = ANSWERS[method];
    switch (answer) {
      case "yes":
        this.collect(intent, method);
        return;
      case "later":
        Object.assign(intent, { status: "processing", payment_method: method });
        return;
      case "authentication_required":
        if (terms.offSession) throw this.decline(intent, method, "authentication_required");
        Object.assign(intent, {
          status: "requires_action",
          payment_method: method,
          last_payment_error: null,
          next_action: {
            type: "redirect_to_url",
            redirect_to_url: {
              url: `https://hooks.stripe.test/3ds/${intent.id}`,
              return_url: terms.returnUrl,
            },
          },
        });
        return;
      case "insufficient_funds":
        throw this.decline(intent, method, "card_declined", answer);
    }
  }

  private decline(
    intent: Stripe.PaymentIntent,
    method: MethodId,
    code: "authentication_required" | "card_declined",
    declineCode?: string,
  ): ApiError {
    const error: Stripe.PaymentIntent.LastPaymentError = {
      type: "card_error",
      code,
      ...(declineCode === undefined ? {} : { decline_code: declineCode }),
      message: "Your card was declined.",
      payment_method: paymentMethodObject(method, null, this.now),
    };
    Object.assign(intent, {
      status: "requires_payment_method",
      payment_method: null,
      next_action: null,
      last_payment_error: error,
    });
    return new ApiError(402, {
      type: "card_error",
      message: "Your card was declined.",
      code,
      decline_code: declineCode,
      payment_intent: structuredClone(intent),
    });
  }

  private collect(intent: Stripe.PaymentIntent, method: string): void {
    const id = this.id("ch");
    const charge = chargeObject(id, this.now, intent);
    this.charges.set(id, charge);
    Object.assign(intent, {
      status: "succeeded",
      amount_received: intent.amount,
      latest_charge: id,
      payment_method: method,
      last_payment_error: null,
      next_action: null,
    });
  }

  /** The customer confirms at the bank's page, or fails to. */
  authenticate(id: string, isRight: boolean): void {
    const intent = this.found(this.intents, id);
    if (intent.status !== "requires_action") throw new Error(`${id} is ${intent.status}`);
    if (isRight) {
      this.collect(intent, "pm_asks");
      return;
    }
    Object.assign(intent, {
      status: "requires_payment_method",
      next_action: null,
      last_payment_error: { type: "invalid_request_error", code: "payment_intent_authentication_failure" },
    });
  }

  /** The debit that took days comes through, or does not. */
  clear(id: string, isPaid: boolean): void {
    const intent = this.found(this.intents, id);
    if (isPaid) this.collect(intent, "pm_debit");
    else
      Object.assign(intent, {
        status: "requires_payment_method",
        last_payment_error: { type: "card_error", code: "payment_method_customer_decline" },
      });
    for (const session of this.sessions.values())
      if (session.payment_intent === id && isPaid) session.payment_status = "paid";
  }

  /** The customer pays on Stripe's page; a decline leaves it open. @returns the intent's id */
  pay(sessionId: string, method: MethodId): string {
    const session = this.found(this.sessions, sessionId);
    const data = this.intentData.get(sessionId);
    const customer = typeof session.customer === "string" ? session.customer : "";
    if (session.status !== "open" || data === undefined) throw new Error(`${sessionId} is ${session.status}`);
    const before = typeof session.payment_intent === "string" ? session.payment_intent : null;
    const intent =
      before === null
        ? intentObject({
            id: this.id("pi"),
            created: this.now,
            amount: session.amount_total ?? 0,
            currency: session.currency ?? "usd",
            customer,
            description: data.description,
            metadata: data.metadata,
          })
        : this.found(this.intents, before);
    this.intents.set(intent.id, intent);
    session.payment_intent = intent.id;
    try {
      this.confirm(intent, method, { offSession: false, returnUrl: session.success_url ?? "" });
    } catch (error) {
      if (error instanceof ApiError) return intent.id;
      throw error;
    }
    session.status = "complete";
    session.url = null;
    session.payment_status = intent.status === "succeeded" ? "paid" : "unpaid";
    if (data.hasInvoice) session.invoice = this.paidInvoice(session, customer);
    if (data.saves) this.save(customer, method, false);
    return intent.id;
  }

  private paidInvoice({ currency, metadata }: Stripe.Checkout.Session, customer: string): string {
    const id = this.id("in");
    const terms = { id, created: this.now, customer, currency: currency ?? "usd", isTaxed: false };
    const invoice = invoiceObject({ ...terms, collection: "charge_automatically", metadata: metadata ?? {} });
    this.invoices.set(id, {
      ...invoice,
      status: "paid",
      hosted_invoice_url: `https://invoice.stripe.test/${id}`,
    });
    return id;
  }

  /** The customer's bank takes the money back for now, or only asks (`warning_needs_response`). */
  dispute(chargeId: string, amount: number, status: Stripe.Dispute.Status = "needs_response"): string {
    const charge = this.found(this.charges, chargeId);
    charge.disputed = true;
    const id = this.id("dp");
    this.disputes.set(id, disputeObject(id, this.now, charge, { amount, status }));
    return id;
  }
}
