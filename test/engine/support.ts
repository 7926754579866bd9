import {
  type CreditErrorCode,
  type CreditEngine,
  type CreditVerbs,
  CreditError,
  type Pace,
  createCreditEngine,
  defineCatalog,
} from "coffer";
import type { BillingProvider } from "coffer/billing";
import { type MemoryStore, memoryStore } from "coffer/memory";
import type { CreditStore } from "coffer/store";
import { type ManualClock, checkStore, manualClock } from "coffer/testing";
import { expect } from "vitest";
import { virtualPace } from "./virtual-pace.js";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** 10 January 2026, 00:00 UTC. */
export const START: number = Date.UTC(2026, 0, 10);

/** Two currencies, so that there is always a stranger. */
export const catalog = defineCatalog({
  currencies: {
    tokens: { name: "Tokens", topUps: { USD: { price: "0.01" } } },
    gold: { name: "Gold", scale: 0 },
  },
  features: {
    chat: { currency: "tokens", rate: { credits: "2", per: 1000 } },
    image: { currency: "tokens", rate: { credits: 40 } },
    unit: { currency: "tokens", rate: { credits: 1 } },
    model: {
      currency: "tokens",
      rate: { match: [{ when: { size: ["s", "m"] }, rate: { credits: 3 } }] },
    },
    gilt: { currency: "gold", rate: { credits: 1 } },
  },
  plans: {
    pro: {
      name: "Pro",
      rank: 2,
      grants: [
        {
          id: "monthly",
          currency: "tokens",
          amount: 1_000,
          every: { months: 1 },
          category: "paid",
          cost: { amount: "20.00", currency: "USD" },
        },
      ],
    },
    extra: {
      name: "Extra",
      grants: [{ id: "extra", currency: "gold", amount: 5, every: { months: 1 }, category: "promotional" }],
    },
    more: { name: "More", rates: { unit: { credits: 2 } } },
  },
});

export type Engine = CreditEngine<typeof catalog>;
export type Verbs = CreditVerbs<typeof catalog>;

export interface World {
  readonly credits: Engine;
  readonly store: MemoryStore;
  readonly clock: ManualClock;
}

/** An engine over a new store, at a clock that stands still. */
export function world(
  limits: NonNullable<Parameters<typeof memoryStore>[0]>["limits"] = {},
  options: { readonly billing?: BillingProvider } = {},
): World {
  const store = memoryStore({ limits });
  const clock = manualClock(START);
  return { credits: engineOn(store, clock, options), store, clock };
}

/** An engine whose pauses take no real time. */
export function engineOn<Tx = never>(
  store: CreditStore<Tx>,
  clock: () => number,
  options: { readonly pace?: Pace; readonly timeoutMs?: number; readonly billing?: BillingProvider } = {},
): CreditEngine<typeof catalog, Tx> {
  return createCreditEngine({ catalog, store, clock, pace: virtualPace(), ...options });
}

let keys = 0;

/** A key that no other call has. */
export function newKey(): string {
  keys += 1;
  return `key-${keys}`;
}

export const ACME = { customerId: "acme", currency: "tokens" } as const;

/** Promotional credits for acme. */
export function gift(
  credits: Verbs,
  amount: number | string,
  more: Partial<Parameters<Verbs["grant"]>[0]> = {},
): ReturnType<Verbs["grant"]> {
  const request = { ...ACME, amount, category: "promotional", idempotencyKey: newKey(), ...more };
  return credits.grant(request as Parameters<Verbs["grant"]>[0]);
}

export function use(
  credits: Verbs,
  amount: number | string,
  idempotencyKey: string = newKey(),
): ReturnType<Verbs["withdraw"]> {
  return credits.withdraw({ ...ACME, amount, idempotencyKey });
}

/** The error of a call that must fail, which is always a CreditError. */
export async function refusal(call: Promise<unknown> | (() => unknown)): Promise<CreditError> {
  try {
    await (typeof call === "function" ? call() : call);
  } catch (error) {
    if (CreditError.is(error)) return error;
    throw new Error(`not a CreditError: ${String(error)}`, { cause: error });
  }
  throw new Error("it was not refused");
}

export async function refusedWith(call: Promise<unknown>, code: CreditErrorCode): Promise<CreditError> {
  const error = await refusal(call);
  expect(error).toMatchObject({ code });
  return error;
}

/** A result as a caller far away reads it. */
export function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** What a replay must equal: all but the mark. */
export function unmarked(value: object): unknown {
  return { ...(plain(value) as object), replayed: undefined };
}

/** Every law of conservation holds in what is stored. */
export async function expectSound(store: CreditStore): Promise<void> {
  expect(await checkStore(store)).toEqual([]);
}
