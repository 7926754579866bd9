import { type CreditEngine, type CreditEvent, createCreditEngine, defineCatalog } from "coffer";
import { type FakeProvider, type Payment, fakeProvider } from "coffer/billing";
import { memoryStore } from "coffer/memory";
import type { CreditStore } from "coffer/store";
import { type ManualClock, checkStore, manualClock } from "coffer/testing";
import { expect } from "vitest";
import { HOUR, START } from "../support.js";
import { virtualPace } from "../virtual-pace.js";

export const catalog = defineCatalog({
  currencies: {
    tokens: {
      name: "tokens",
      scale: 2,
      policy: { mode: "soft" },
      topUps: {
        USD: {
          price: [{ upTo: 999, price: "0.01" }, { upTo: 9_999, price: "0.009" }, { price: "0.008" }],
          packages: { small: { credits: 500, price: "4.50" }, pack: { credits: 50, price: "5.00" } },
          minimum: 10,
          maximum: 100_000,
        },
        EUR: { price: "0.02", expiresIn: { months: 1 }, priority: 40 },
        JPY: { price: 2 },
      },
    },
    unsold: { name: "Unsold" },
  },
  features: { chat: { currency: "tokens", rate: { credits: 1 } } },
});

export type Engine = CreditEngine<typeof catalog>;

export interface Shop {
  readonly credits: Engine;
  readonly billing: FakeProvider;
  readonly store: CreditStore;
  readonly clock: ManualClock;
  /** What happened, read off the outbox. */
  readonly told: () => Promise<readonly CreditEvent[]>;
}

export const ACME = { customerId: "acme", currency: "tokens" } as const;

export function shop(options: Parameters<typeof fakeProvider>[0] = {}): Shop {
  const store = memoryStore();
  const clock = manualClock(START);
  const billing = fakeProvider(options);
  const credits = openShop(store, clock, billing);
  return { credits, billing, store, clock, told: () => toldBy(credits) };
}

export function openShop(store: CreditStore, clock: ManualClock, billing?: FakeProvider): Engine {
  const made = { catalog, store, clock, pace: virtualPace() };
  return createCreditEngine(billing === undefined ? made : { ...made, billing });
}

let readers = 0;

async function toldBy(credits: Engine): Promise<readonly CreditEvent[]> {
  const events: CreditEvent[] = [];
  readers += 1;
  for await (const event of credits.events({ consumer: `reader-${readers}`, follow: false }))
    events.push(event);
  return events;
}

export async function typesOf({ told }: Shop): Promise<readonly string[]> {
  return (await told()).map(({ type }) => type).filter((type) => type.includes("top_up"));
}

/** Lets what the engine does by itself, after a commit, come to its end. */
export async function quiet(): Promise<void> {
  for (let turns = 0; turns < 50; turns++)
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
}

/** Time passes, and then the runner of a process looks. */
export async function later(here: Shop, ms: number, credits: Engine = here.credits): Promise<void> {
  here.clock.set(here.clock() + ms);
  await credits.runDue();
  await quiet();
}

/** The runner looks every hour. */
export async function hourly(here: Shop, hours: number, credits: Engine = here.credits): Promise<void> {
  for (let hour = 0; hour < hours; hour++) await later(here, HOUR, credits);
}

/** The charge of a top-up, long on its way, arrives at the provider, and nobody hears the answer. */
export function arrives({ billing }: Shop, topUpId: string, amount = "1.00"): Promise<Payment> {
  return billing.charge({
    key: topUpId,
    customerId: ACME.customerId,
    subtotal: { amount, currency: "USD" },
    description: "tokens",
    offSession: false,
    metadata: { topUpId },
    signal: new AbortController().signal,
  });
}

export async function availableTo(credits: Engine): Promise<string> {
  return (await credits.balance(ACME)).available.toString();
}

/** Every law of conservation holds, and each ledger verifies. */
export async function expectSound({ store, credits }: Pick<Shop, "store" | "credits">): Promise<void> {
  expect(await checkStore(store)).toEqual([]);
  expect(await credits.verifyLedger(ACME)).toMatchObject({ ok: true });
}
