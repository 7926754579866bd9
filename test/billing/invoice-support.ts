/** A firm that bills use past zero: tokens at $0.015 a credit, minutes at ¥3. Its plan gives 100 tokens for $10 a month. */
import { type CreditEngine, createCreditEngine, defineCatalog } from "coffer";
import { type FakeProvider, fakeProvider } from "coffer/billing";
import { memoryStore } from "coffer/memory";
import type { CreditStore } from "coffer/store";
import { type ManualClock, manualClock } from "coffer/testing";
import { virtualPace } from "../engine/virtual-pace.js";

const catalog = defineCatalog({
  currencies: {
    tokens: {
      name: "Tokens",
      scale: 0,
      policy: { mode: "overage", price: { amount: "0.015", currency: "USD" } },
      topUps: { USD: { price: "0.01" } },
    },
    minutes: {
      name: "Minutes",
      scale: 0,
      policy: { mode: "overage", price: { amount: "3", currency: "JPY" } },
    },
  },
  features: {
    chat: { currency: "tokens", rate: { credits: 1 } },
    image: { currency: "tokens", rate: { credits: 10 } },
    call: { currency: "minutes", rate: { credits: 1 } },
  },
  plans: {
    pro: {
      name: "Pro",
      grants: [
        {
          id: "monthly",
          currency: "tokens",
          amount: 100,
          every: { months: 1 },
          category: "paid",
          cost: { amount: "10.00", currency: "USD" },
          rollover: { fraction: "0.4" },
        },
      ],
    },
  },
});

export type Engine = CreditEngine<typeof catalog>;

export interface Firm {
  readonly credits: Engine;
  readonly provider: FakeProvider;
  readonly clock: ManualClock;
  readonly store: CreditStore;
}

export const FEBRUARY = "2026-02-01T00:00:00Z";
export const MARCH = "2026-03-01T00:00:00Z";

export function firm(store: CreditStore = memoryStore()): Firm {
  const clock = manualClock(Date.UTC(2026, 0, 10));
  const provider = fakeProvider();
  return { credits: openFirm(store, clock, provider), provider, clock, store };
}

/** Another process of the firm, with a clock of its own. */
export function openFirm(store: CreditStore, clock: ManualClock, billing: FakeProvider): Engine {
  return createCreditEngine({ catalog, store, clock, billing, pace: virtualPace() });
}

let keys = 0;
export const key = (): { readonly idempotencyKey: string } => ({ idempotencyKey: `k${(keys += 1)}` });
export const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
export const acme = { customerId: "acme" };
