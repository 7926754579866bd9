/**
 * Every call of a store fails once, in every way there is: a story of all verbs is told again for each call and each
 * fault. Its client tries again until it is answered. Whatever failed, the books end as if nothing had.
 */
import { type CreditEngine, CreditError, createCreditEngine, defineCatalog } from "coffer";
import { memoryStore } from "coffer/memory";
import {
  FAULTS,
  type FaultyStore,
  checkStore,
  type FaultPlan,
  faultAt,
  faultyStore,
  manualClock,
} from "coffer/testing";
import { describe, expect, test } from "vitest";
import { faultFor } from "../../src/testing/faulty-store/faults.js";
import { virtualPace } from "../engine/virtual-pace.js";

const catalog = defineCatalog({
  currencies: { tokens: { name: "Tokens" } },
  features: { chat: { currency: "tokens", rate: { credits: 2, per: 3 } } },
});
type Engine = CreditEngine<typeof catalog>;

const ACME = { customerId: "acme", currency: "tokens" } as const;
const BETA = { customerId: "beta", currency: "tokens" } as const;
const HOUR = 3_600_000;
const clockAt = () => manualClock("2026-01-10T00:00:00Z");

interface Told {
  readonly store: FaultyStore;
  /** Everything that was answered, without ids. */
  readonly answers: readonly unknown[];
  readonly books: unknown;
  readonly violations: readonly unknown[];
}

const MOST_TRIES = 5;

/** Tells the story with two processes in turn, so that each meets what the other has changed. */
async function tell(plan: FaultPlan): Promise<Told> {
  const beneath = memoryStore();
  const pace = virtualPace();
  const store = faultyStore(beneath, { plan, pace, delayMs: 100 });
  const clock = clockAt();
  let ids = 0;
  const engine = (on = store) =>
    createCreditEngine({
      catalog,
      store: on,
      clock,
      pace,
      ids: () => String((ids += 1)).padStart(6, "0"),
    });
  const [one, other] = [engine(), engine()];
  const answers: unknown[] = [];
  let turn = 0;
  const ask = async <Value>(verb: (credits: Engine) => Promise<Value>): Promise<Value> => {
    const credits = turn++ % 2 === 0 ? one : other;
    for (let tries = 1; ; tries++)
      try {
        const value = await verb(credits);
        if (hasNoAnswer(value) && tries < MOST_TRIES) continue;
        answers.push(value);
        return value;
      } catch (error) {
        if (!CreditError.is(error)) throw error;
        if (error.code === "store_unavailable" && tries < MOST_TRIES) continue;
        answers.push(error.code);
        throw error;
      }
  };
  await story(ask, () => clock.advance({ hours: 2 }), clock);
  await store.landed();
  const fresh = engine(faultyStore(beneath, { plan: () => undefined }));
  const books: unknown[] = [];
  for (const wallet of [ACME, BETA]) {
    const { version: _, ...balance } = await fresh.balance(wallet);
    books.push(
      balance,
      (await fresh.grants(wallet)).items,
      (await fresh.ledger({ ...wallet, limit: 500 })).items,
    );
    expect(await fresh.verifyLedger(wallet)).toMatchObject({ ok: true });
  }
  return { store, answers: answers.map(bare), books: bare(books), violations: await checkStore(beneath) };
}

/** `tryWithdraw` and `withdrawMany` give failures as values. */
function hasNoAnswer(value: unknown): boolean {
  const attempts: readonly unknown[] = Array.isArray(value) ? value : [value];
  return attempts.some((attempt) =>
    CreditError.is((attempt as { readonly error?: unknown }).error, "store_unavailable"),
  );
}

type Ask = <Value>(verb: (credits: Engine) => Promise<Value>) => Promise<Value>;

async function story(ask: Ask, timePasses: () => void, now: () => number): Promise<void> {
  const paid = await ask((credits) =>
    credits.grant({
      ...ACME,
      amount: 100,
      category: "paid",
      cost: { amount: "10.00", currency: "USD" },
      idempotencyKey: "g1",
    }),
  );
  const gift = { ...ACME, amount: 20, category: "promotional", expiresAt: now() + HOUR } as const;
  const short = await ask((credits) => credits.grant({ ...gift, idempotencyKey: "g2" }));
  const used = await ask((credits) =>
    credits.withdraw({ customerId: "acme", feature: "chat", quantity: 9, idempotencyKey: "w1" }),
  );
  await ask((credits) => credits.tryWithdraw({ ...ACME, amount: 1_000, idempotencyKey: "w2" }));
  await ask((credits) => credits.withdraw({ ...ACME, amount: 5, partial: true, idempotencyKey: "w3" }));
  await ask((credits) =>
    credits.withdrawMany([
      { ...ACME, amount: 1, idempotencyKey: "m1" },
      { ...BETA, amount: 1, idempotencyKey: "m2" },
      { ...ACME, amount: 2, idempotencyKey: "m3" },
    ]),
  );
  const hold = await ask((credits) =>
    credits.reserve({ ...ACME, amount: 10, expiresIn: { minutes: 30 }, idempotencyKey: "r1" }),
  );
  await ask((credits) =>
    credits.capture({ reservationId: hold.id, amount: 4, final: false, idempotencyKey: "c1" }),
  );
  await ask((credits) =>
    credits.extend({ reservationId: hold.id, expiresIn: { hours: 3 }, idempotencyKey: "x1" }),
  );
  await ask((credits) => credits.check({ ...ACME, amount: 3 }));
  timePasses();
  await ask((credits) => credits.capture({ reservationId: hold.id, idempotencyKey: "c2" }));
  await ask((credits) => credits.capture({ reservationId: hold.id, idempotencyKey: "c3" })).catch(
    () => undefined,
  );
  await ask((credits) =>
    credits.withdraw({ ...ACME, amount: 3, occurredAt: now() - 2 * HOUR, idempotencyKey: "l1" }),
  );
  const kept = await ask((credits) =>
    credits.reserve({ ...ACME, amount: 2, expiresIn: { minutes: 5 }, idempotencyKey: "r2" }),
  );
  await ask((credits) => credits.release({ reservationId: kept.id, idempotencyKey: "x2" }));
  await ask((credits) =>
    credits.reverse({ withdrawalId: used.id, amount: 2, regrant: true, idempotencyKey: "v1" }),
  );
  await ask((credits) =>
    credits.transfer({ from: "acme", to: "beta", currency: "tokens", amount: 12, idempotencyKey: "t1" }),
  );
  await ask((credits) =>
    credits.adjust({ ...BETA, amount: -2, actor: "ann", reason: "test", idempotencyKey: "a1" }),
  );
  await ask((credits) => credits.amendGrant({ grantId: paid.id, priority: 5, idempotencyKey: "n1" }));
  await ask((credits) => credits.refundGrant({ grantId: paid.id, amount: 10, idempotencyKey: "f1" }));
  await ask((credits) => credits.voidGrant({ grantId: short.id, idempotencyKey: "d1" })).catch(
    () => undefined,
  );
  await ask((credits) =>
    credits.setPolicy({ ...BETA, policy: { mode: "soft", limit: 10 }, idempotencyKey: "p1" }),
  );
  await ask((credits) => credits.withdraw({ ...BETA, amount: 15, idempotencyKey: "w4" }));
  await ask((credits) =>
    credits.transfer({ from: "acme", to: "beta", currency: "tokens", amount: 4, idempotencyKey: "t2" }),
  );
  await ask((credits) => credits.audit({ customerId: "acme" }));
  await ask((credits) => credits.ledger({ ...ACME, limit: 5 }));
}

const ID = /\b(gr|wd|rs|en|op)_[0-9a-f]{18}_[\w-]+/g;

/** Without what a second try may change: ids, their hashes, and whether the caller was told before. */
function bare(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (name, part: unknown) =>
      ["hash", "next", "replayed", "version", "message"].includes(name) ? undefined : part,
    ).replaceAll(ID, "$1"),
  );
}

const undisturbed = await tell(() => undefined);
const calls = undisturbed.store.calls.length;

test("the story is long enough, and sound by itself", () => {
  expect(calls).toBeGreaterThanOrEqual(40);
  expect(undisturbed.violations).toEqual([]);
  expect(undisturbed.store.faults.size).toBe(0);
  expect(new Set(undisturbed.store.calls.map(({ method }) => method))).toEqual(
    new Set(["load", "commit", "transact", "list"]),
  );
});

describe("whichever call fails, the books end as if none had", () => {
  test.each(FAULTS)(
    "%s",
    async (fault) => {
      let met = 0;
      for (const { number, method } of undisturbed.store.calls) {
        // Where a call cannot meet it as it is, it is another one's turn.
        if (faultFor(method, fault) !== fault) continue;
        const told = await tell(faultAt(number, fault));
        const where = `${fault} at call ${number}`;
        met += told.store.faults.size;
        expect(told.violations, where).toEqual([]);
        expect(told.answers, where).toEqual(undisturbed.answers);
        expect(told.books, where).toEqual(undisturbed.books);
      }
      expect(met).toBeGreaterThan(0);
    },
    120_000,
  );
});
