import type * as z from "zod";
import { parseInput } from "../../catalog/parse-input.js";
import { minorAmount, moneySchema } from "../../catalog/inputs.js";
import { invalidInput } from "../../core/errors.js";
import type { BillingProvider, ChargeRequest, PaymentRequest, PortMoney } from "./port.js";
import { type ParsedPayment, paymentAnswerSchema, quoteSchema, refundAnswerSchema } from "./schemas.js";

type Unsigned<Request> = Omit<Request, "signal">;

/**
 * The app's provider, held to the port: its answers are checked, and one that does not come in time counts as lost. What
 * it was asked may have happened then: the same key asks again.
 */
export class Provider {
  constructor(
    private readonly port: BillingProvider,
    private readonly timeoutMs: number,
  ) {}

  async quote(
    request: Unsigned<Parameters<NonNullable<BillingProvider["quote"]>>[0]>,
  ): Promise<z.output<typeof quoteSchema> | null> {
    const { port } = this;
    if (port.quote === undefined) return null;
    const answer = await this.inTime(async (signal) => port.quote?.({ ...request, signal }));
    const quote = parseInput(quoteSchema, answer, "the billing provider's quote");
    checkSum(quote, request.subtotal);
    return quote;
  }

  async charge(request: Unsigned<ChargeRequest>): Promise<ParsedPayment> {
    const answer = await this.inTime(async (signal) => this.port.charge({ ...request, signal }));
    return parseInput(paymentAnswerSchema, answer, "the billing provider's answer to charge");
  }

  /** Can it be asked about payments? Else only the charge's own key tells. */
  get tellsPayments(): boolean {
    return this.port.payment !== undefined;
  }

  get cancels(): boolean {
    return this.port.cancel !== undefined;
  }

  /** Null: it knows of none, or cannot say. */
  async payment(request: Unsigned<PaymentRequest>): Promise<ParsedPayment | null> {
    const { port } = this;
    if (port.payment === undefined) return null;
    const answer = await this.inTime(async (signal) => port.payment?.({ ...request, signal }));
    if (answer === null || answer === undefined) return null;
    return parseInput(paymentAnswerSchema, answer, "the billing provider's payment");
  }

  async cancel(request: Unsigned<PaymentRequest>): Promise<ParsedPayment | null> {
    const { port } = this;
    if (port.cancel === undefined) return null;
    const answer = await this.inTime(async (signal) => port.cancel?.({ ...request, signal }));
    if (answer === null || answer === undefined) return null;
    return parseInput(paymentAnswerSchema, answer, "the billing provider's answer to cancel");
  }

  async refund(
    request: Unsigned<Parameters<BillingProvider["refund"]>[0]>,
  ): Promise<z.output<typeof refundAnswerSchema>> {
    const answer = await this.inTime(async (signal) => this.port.refund({ ...request, signal }));
    return parseInput(refundAnswerSchema, answer, "the billing provider's answer to refund");
  }

  private async inTime<Answer>(call: (signal: AbortSignal) => Promise<Answer>): Promise<Answer> {
    const signal = AbortSignal.timeout(this.timeoutMs);
    const late = new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => {
        reject(new Error(`The billing provider did not answer within ${this.timeoutMs} ms.`));
      });
    });
    return Promise.race([call(signal), late]);
  }
}

function checkSum({ tax, total }: z.output<typeof quoteSchema>, { amount, currency }: PortMoney): void {
  const subtotal = parseInput(moneySchema, { amount, currency }, "the subtotal");
  const isOne = tax.currency === currency && total.currency === currency;
  const [taxed, all, net] = [tax, total, subtotal].map((money) => minorAmount(money, "quote"));
  if (isOne && taxed !== undefined && net !== undefined && all === net + taxed) return;
  throw invalidInput(
    `The billing provider's quote does not fit a subtotal of ${amount} ${currency}: \`tax\` and \`total\` must be in ${currency}, and \`total\` the sum of both.`,
    { field: "quote" },
  );
}
