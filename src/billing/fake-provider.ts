import { show } from "../catalog/parse-input.js";
import { minorPlaces, minorText } from "../core/money.js";
import { parseDecimal, roundRatio, toScaled } from "../core/amounts.js";
import type {
  BillingProvider,
  ChargeRequest,
  InvoiceAnswer,
  InvoiceRequest,
  Payment,
  PaymentRequest,
  PaymentStatus,
  PortMoney,
  Quote,
  QuoteRequest,
  RefundAnswer,
  RefundRequest,
} from "../engine/billing/port.js";

/** What the fake does with one charge. */
export interface FakeCharge {
  /** Default "succeeded". */
  readonly status?: PaymentStatus | undefined;
  /** Of a failure: "card_declined". */
  readonly reason?: string | undefined;
  /**
   * `unreached`: the request never arrives. `lost`: it is done, and the answer never comes. Both reject, as a broken
   * connection does.
   */
  readonly answer?: "given" | "lost" | "unreached" | undefined;
}

/** A notification, as it goes to `credits.recordPayment`. */
export interface FakeNotice {
  readonly topUpId: string;
  readonly payment: Payment;
}

/** A provider in memory, for tests: it keeps the port's laws, and can be told to misbehave in every way that they allow. */
export interface FakeProvider extends BillingProvider {
  charge(request: ChargeRequest): Promise<Payment>;
  refund(request: RefundRequest): Promise<RefundAnswer>;
  invoice(request: InvoiceRequest): Promise<InvoiceAnswer>;
  quote(request: QuoteRequest): Promise<Quote>;
  payment(request: PaymentRequest): Promise<Payment | null>;
  cancel(request: PaymentRequest): Promise<Payment | null>;
  /** What the next charges meet, one each; those after them succeed. */
  expect(...charges: readonly FakeCharge[]): void;
  /** As often as it was called, and with what. */
  readonly calls: { readonly charge: number; readonly refund: number; readonly invoice: number };
  /** All payments, oldest first, by their keys. */
  readonly payments: ReadonlyMap<string, Payment>;
  /** Money that was taken and not given back, by its currency: "100.00". */
  taken(currency: string): string;
  readonly invoices: readonly InvoiceRequest[];
  /** The customer pays, or confirms. */
  pay(key: string): FakeNotice;
  /** It will not be paid. */
  fail(key: string, reason?: string): FakeNotice;
  /** Money goes back by the provider's own hand: at its desk, or by a dispute. Default: all of it. */
  giveBack(key: string, amount?: string): FakeNotice;
  /** Every notification so far, in the order in which it came to be: deliver them twice, late, or backwards. */
  readonly notices: readonly FakeNotice[];
}

interface Kept {
  readonly request: ChargeRequest;
  payment: Payment;
}

/**
 * @param options `taxPercent`: what is added to each price, default 0, rounded half-up. `latency`: waited for in each call.
 * @example
 * ```ts
 * import { createCreditEngine, defineCatalog } from "coffer";
 * import { fakeProvider } from "coffer/billing";
 * import { memoryStore } from "coffer/memory";
 *
 * const billing = fakeProvider();
 * const shop = createCreditEngine({
 *   catalog: defineCatalog({ currencies: { tokens: { name: "Tokens", topUps: { USD: { price: "0.01" } } } } }),
 *   store: memoryStore(),
 *   billing,
 * });
 * billing.expect({ status: "failed", reason: "card_declined" });
 * const bought = await shop.topUp({ customerId: "acme", currency: "tokens", credits: 500, idempotencyKey: "buy-1" });
 * console.log(bought.status, bought.payment.reason);
 * ```
 */
export function fakeProvider(
  options: {
    readonly taxPercent?: number | undefined;
    readonly latency?: (() => Promise<void>) | undefined;
  } = {},
): FakeProvider {
  return new InMemory(
    BigInt(Math.round((options.taxPercent ?? 0) * 100)),
    options.latency ?? (async () => undefined),
  );
}

class InMemory implements FakeProvider {
  readonly calls = { charge: 0, refund: 0, invoice: 0 };
  readonly invoices: InvoiceRequest[] = [];
  readonly notices: FakeNotice[] = [];
  private readonly kept: Map<string, Kept> = new Map();
  private readonly refunds: Map<string, RefundAnswer> = new Map();
  private readonly sent: Map<string, InvoiceAnswer> = new Map();
  private script: FakeCharge[] = [];

  constructor(
    /** Hundredths of a percent. */
    private readonly taxRate: bigint,
    private readonly latency: () => Promise<void>,
  ) {}

  expect(...charges: readonly FakeCharge[]): void {
    this.script.push(...charges);
  }

  get payments(): ReadonlyMap<string, Payment> {
    return new Map([...this.kept].map(([key, { payment }]) => [key, payment]));
  }

  async quote({ subtotal }: QuoteRequest): Promise<Quote> {
    await this.latency();
    const tax = this.taxOf(subtotal);
    return { tax, total: sumOf(subtotal, tax) };
  }

  async charge(request: ChargeRequest): Promise<Payment> {
    this.calls.charge++;
    const { status = "succeeded", reason, answer = "given" } = this.script.shift() ?? {};
    await this.latency();
    if (answer === "unreached") throw new Error("fake provider: the connection broke before the request");
    const before = this.kept.get(request.key);
    if (before !== undefined && !isSame(before.request, request))
      throw new Error(`fake provider: the key ${show(request.key)} came with another charge before`);
    const kept = before ?? this.begin(request, status, reason);
    if (answer === "lost") throw new Error("fake provider: the connection broke before the answer");
    return kept.payment;
  }

  private begin(request: ChargeRequest, status: PaymentStatus, reason: string | undefined): Kept {
    const { key, subtotal } = request;
    const tax = this.taxOf(subtotal);
    const id = `pay_${this.kept.size + 1}`;
    const payment: Payment = { id, status: "pending", tax, total: sumOf(subtotal, tax) };
    const kept = { request, payment };
    this.kept.set(key, kept);
    if (status === "succeeded") this.pay(key);
    else if (status === "failed" || status === "canceled")
      this.change(key, { status, reason: reason ?? "card_declined" });
    else this.change(key, { status, actionUrl: `https://pay.example/${id}` });
    return kept;
  }

  async payment({ key }: PaymentRequest): Promise<Payment | null> {
    await this.latency();
    return this.kept.get(key)?.payment ?? null;
  }

  async cancel({ key }: PaymentRequest): Promise<Payment | null> {
    await this.latency();
    const status = this.kept.get(key)?.payment.status;
    if (status === "pending" || status === "requires_action") this.change(key, { status: "canceled" });
    return this.kept.get(key)?.payment ?? null;
  }

  async refund({ key, paymentId, amount }: RefundRequest): Promise<RefundAnswer> {
    this.calls.refund++;
    await this.latency();
    const before = this.refunds.get(key);
    if (before !== undefined) return before;
    const [charge] = [...this.kept].find(([, { payment }]) => payment.id === paymentId) ?? [];
    if (charge === undefined) return { id: `re_${key}`, status: "failed", reason: "no_such_payment" };
    this.giveBack(charge, amount.amount);
    const answer: RefundAnswer = { id: `re_${this.refunds.size + 1}`, status: "succeeded" };
    this.refunds.set(key, answer);
    return answer;
  }

  async invoice(request: InvoiceRequest): Promise<InvoiceAnswer> {
    this.calls.invoice++;
    await this.latency();
    const before = this.sent.get(request.key);
    if (before !== undefined) return before;
    this.invoices.push(request);
    const id = `in_${this.invoices.length}`;
    const answer: InvoiceAnswer = { id, status: "open", url: `https://pay.example/${id}` };
    this.sent.set(request.key, answer);
    return answer;
  }

  taken(currency: string): string {
    let minor = 0n;
    for (const { payment } of this.kept.values()) {
      const { status, total, refunded } = payment;
      if (status !== "succeeded" || total?.currency !== currency) continue;
      minor += minorOf(total) - (refunded === undefined ? 0n : minorOf(refunded));
    }
    return minorText(minor, currency);
  }

  pay(key: string): FakeNotice {
    const { payment } = this.found(key);
    return this.change(key, { status: "succeeded", receiptUrl: `https://pay.example/${payment.id}/receipt` });
  }

  fail(key: string, reason: string = "card_declined"): FakeNotice {
    return this.change(key, { status: "failed", reason });
  }

  giveBack(key: string, amount?: string): FakeNotice {
    const { total, refunded } = this.found(key).payment;
    if (total === undefined) throw new Error("fake provider: nothing was taken");
    const { currency } = total;
    const already = refunded === undefined ? 0n : minorOf(refunded);
    const more = amount === undefined ? minorOf(total) - already : minorOf({ amount, currency });
    return this.change(key, { refunded: { amount: minorText(already + more, currency), currency } });
  }

  private change(key: string, facts: Partial<Payment>): FakeNotice {
    const kept = this.found(key);
    kept.payment = { ...kept.payment, ...facts };
    const notice = { topUpId: kept.request.metadata.topUpId, payment: kept.payment };
    this.notices.push(notice);
    return notice;
  }

  private found(key: string): Kept {
    const kept = this.kept.get(key);
    if (kept === undefined) throw new Error(`fake provider: no charge has the key ${show(key)}`);
    return kept;
  }

  private taxOf(subtotal: PortMoney): PortMoney {
    const { currency } = subtotal;
    const tax = roundRatio({ numerator: minorOf(subtotal) * this.taxRate, denominator: 10_000n }, "half-up");
    return { amount: minorText(tax, currency), currency };
  }
}

function isSame(a: ChargeRequest, b: ChargeRequest): boolean {
  return textOfCharge(a) === textOfCharge(b);
}

function textOfCharge(request: ChargeRequest): string {
  return JSON.stringify({ ...request, signal: null });
}

function sumOf(a: PortMoney, b: PortMoney): PortMoney {
  return { amount: minorText(minorOf(a) + minorOf(b), a.currency), currency: a.currency };
}

function minorOf({ amount, currency }: PortMoney): bigint {
  const parts = parseDecimal(amount);
  const minor = parts === undefined ? undefined : toScaled(parts, minorPlaces(currency));
  if (minor === undefined) throw new Error(`fake provider: ${show(amount)} ${show(currency)} is no money`);
  return minor;
}
