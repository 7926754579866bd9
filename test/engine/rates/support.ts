import { type CreditEngine, createCreditEngine, defineCatalog } from "coffer";
import { type MemoryStore, memoryStore } from "coffer/memory";
import { type ManualClock, checkStore, manualClock } from "coffer/testing";
import { expect } from "vitest";
import { newKey } from "../support.js";
import { type VirtualPace, virtualPace } from "../virtual-pace.js";

export const catalog = defineCatalog({
  currencies: { tokens: { name: "Tokens", scale: 0 }, gold: { name: "Gold", scale: 2 } },
  features: {
    chat: { currency: "tokens", rate: { credits: 10 } },
    image: { currency: "tokens", rate: { credits: 40 } },
    gilt: { currency: "gold", rate: { credits: "0.5" } },
    storage: {
      currency: "tokens",
      rate: { tiers: [{ upTo: 10, credits: 5 }, { upTo: 20, credits: 3 }, { credits: 1 }], over: "period" },
    },
  },
  plans: {
    basic: { name: "Basic", rank: 1, rates: { chat: { credits: 9 } } },
    pro: { name: "Pro", rank: 2, every: { months: 1 }, rates: { chat: { credits: 8 } } },
    team: { name: "Team", rank: 3, policy: { tokens: { mode: "soft" } } },
  },
});

export const START = Date.parse("2026-01-10T00:00:00Z");

export interface World {
  readonly credits: CreditEngine<typeof catalog>;
  readonly store: MemoryStore;
  readonly clock: ManualClock;
  readonly pace: VirtualPace;
  /** Charges one use. */
  readonly cost: (feature: "chat" | "image" | "storage", more?: More) => Promise<number>;
  readonly another: (options?: { readonly ratesMaxStaleMs?: number }) => CreditEngine<typeof catalog>;
  readonly sound: () => Promise<void>;
}

interface More {
  readonly customerId?: string;
  readonly quantity?: number;
  readonly occurredAt?: string | number;
  readonly on?: CreditEngine<typeof catalog>;
}

/** Customers with all the credits they need. */
export async function world(customers: readonly string[] = ["acme"]): Promise<World> {
  const store = memoryStore();
  const clock = manualClock(START);
  const pace = virtualPace();
  const another: World["another"] = (options = {}) =>
    createCreditEngine({ catalog, store, clock, pace, ...options });
  const credits = another();
  for (const customerId of customers)
    await credits.grant({
      customerId,
      currency: "tokens",
      amount: 1_000_000,
      category: "promotional",
      idempotencyKey: newKey(),
      priority: 1,
    });
  return {
    credits,
    store,
    clock,
    pace,
    another,
    cost: async (feature, { customerId = "acme", quantity = 1, occurredAt, on = credits } = {}) =>
      (
        await on.withdraw({ customerId, feature, quantity, occurredAt, idempotencyKey: newKey() })
      ).amount.toNumber(),
    sound: async () => expect(await checkStore(store, { catalog })).toEqual([]),
  };
}
