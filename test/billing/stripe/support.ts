/** A shop that sells credits by Stripe, with a customer whom Stripe knows. */
import type { ChargeRequest, Payment, RefundAnswer } from "../../../src/engine/billing/port.js";
import { type StripeBilling, type StripeBillingOptions, stripeBilling } from "coffer/billing/stripe";
import { type Misfortune, StripeServer } from "./server/server.js";
import type { Account, MethodId } from "./server/state.js";

export interface Shop {
  readonly server: StripeServer;
  readonly account: Account;
  readonly billing: StripeBilling;
  /** Stripe's id of the customer "acme". */
  readonly acme: string;
  charge(more?: Partial<ChargeRequest>): Promise<Payment>;
  refund(amount: string, paymentId: string, key?: string): Promise<RefundAnswer>;
}

export const signal = new AbortController().signal;

export const SALE: ChargeRequest = {
  key: "tu_1",
  customerId: "acme",
  subtotal: { amount: "85.00", currency: "USD" },
  description: "500 AI tokens",
  offSession: true,
  metadata: { topUpId: "tu_1" },
  signal,
};

export async function shop(
  { saved, ...options }: Partial<StripeBillingOptions> & { saved?: MethodId } = {},
  server?: StripeServer,
): Promise<Shop> {
  const started = server ?? (await StripeServer.start());
  const { account, stripe } = started;
  const billing = stripeBilling({
    stripe,
    successUrl: "https://app.example.com/paid",
    cancelUrl: "https://app.example.com/credits",
    ...options,
  });
  const { id: acme } = await stripe.customers.create({ metadata: { cofferCustomerId: "acme" } });
  account.found(account.customers, acme).email = "billing@acme.example";
  account.now += 600;
  if (saved !== undefined) account.save(acme, saved);
  started.calls.length = 0;
  return {
    server: started,
    account,
    billing,
    acme,
    charge: (more) => billing.charge({ ...SALE, signal: new AbortController().signal, ...more }),
    refund: (amount, paymentId, key = "rf_1") =>
      billing.refund({
        key,
        paymentId,
        amount: { amount, currency: "USD" },
        reason: "not needed",
        signal: new AbortController().signal,
      }),
  };
}

/** The same call again, until it is answered. */
export async function untilAnswered<Answer>(
  ask: () => Promise<Answer>,
  meanwhile: () => void = () => undefined,
): Promise<Answer> {
  for (let tries = 0; tries < 100; tries += 1)
    try {
      return await ask();
    } catch {
      meanwhile();
    }
  return ask();
}

export const MISFORTUNES: readonly NonNullable<Misfortune>[] = ["lost", "unheard", "broken", "down", "busy"];
export const HOUR = 3_600;
