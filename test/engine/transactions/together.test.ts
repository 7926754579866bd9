/** Credits within a transaction of the app: they move with it, or not at all, and it sees what it did. */
import type { WalletRef } from "coffer";
import { manualClock } from "coffer/testing";
import { beforeEach, describe, expect, test } from "vitest";
import { MUTATIONS, VERBS, call, stage } from "../bad-input/verbs.js";
import {
  ACME,
  DAY,
  START,
  type Verbs,
  type catalog,
  engineOn,
  expectSound,
  gift,
  newKey,
  refusedWith,
  use,
} from "../support.js";
import { type AppStore, appStore } from "./app-store.js";

const clock = manualClock(START);
const BETA = { ...ACME, customerId: "beta" };
let store: AppStore;
let credits: ReturnType<typeof engine>;

function engine() {
  return engineOn(store, clock);
}

beforeEach(async () => {
  clock.set(START);
  store = appStore();
  credits = engine();
  await gift(credits, 100);
});

async function available(
  reader: Verbs = engine(),
  wallet: WalletRef<typeof catalog> = ACME,
): Promise<string> {
  return (await reader.balance(wallet)).available.toString();
}

describe.each(["commit", "rollback"] as const)("after a %s", (how) => {
  const kept = how === "commit";

  test("all that was done in it holds, or none of it", async () => {
    const tx = store.begin();
    const scoped = credits.withTransaction(tx);
    await use(scoped, 30);
    await gift(scoped, 7, { customerId: "beta" });
    await use(scoped, 20);
    expect([await available(), await available(engine(), BETA)]).toEqual(["100", "0"]);
    await store.end(tx, how);
    if (kept) scoped.committed();
    else scoped.rolledBack();
    for (const reader of [engine(), credits])
      expect([await available(reader), await available(reader, BETA)]).toEqual(
        kept ? ["50", "7"] : ["100", "0"],
      );
    expect(await credits.verifyLedger(ACME)).toMatchObject({ ok: true, entries: kept ? 3 : 1 });
    await expectSound(store);
  });

  test("a key that it used is used, or free", async () => {
    const tx = store.begin();
    const scoped = credits.withTransaction(tx);
    const first = await use(scoped, 30, "k");
    await store.end(tx, how);
    if (kept) scoped.committed();
    else scoped.rolledBack();
    const again = await use(credits, 30, "k");
    expect(again.replayed).toBe(kept);
    // An id that was rolled back is free again, like its place in the ledger.
    expect(again.id).toBe(first.id);
    expect(await available()).toBe("70");
  });

  test("a transfer holds on both sides, or on neither", async () => {
    const tx = store.begin();
    const scoped = credits.withTransaction(tx);
    const move = { from: "acme", to: "beta", currency: "tokens", amount: 40, idempotencyKey: "t" } as const;
    expect(await scoped.transfer(move)).toMatchObject({ replayed: false });
    expect(await scoped.transfer(move)).toMatchObject({ replayed: true });
    expect([await available(scoped), await available(scoped, BETA)]).toEqual(["60", "40"]);
    expect(await available()).toBe("100");
    await store.end(tx, how);
    expect([await available(), await available(engine(), BETA)]).toEqual(kept ? ["60", "40"] : ["100", "0"]);
    await expectSound(store);
  });
});

describe("within it", () => {
  test("every read sees what it wrote, and nobody else does", async () => {
    const scoped = credits.withTransaction(store.begin());
    const grant = await gift(scoped, 5, { displayName: "mine" });
    const { id } = await use(scoped, 101);
    expect(await available(scoped)).toBe("4");
    expect(await scoped.check({ ...ACME, amount: 5 })).toMatchObject({ allowed: false });
    expect((await scoped.estimate({ ...ACME, amount: 4 })).draws).toHaveLength(1);
    expect((await scoped.explain(ACME)).grants).toMatchObject([{ displayName: "mine" }]);
    expect((await scoped.grants(ACME)).items.map((item) => item.id)).toContain(grant.id);
    expect((await scoped.ledger(ACME)).items).toHaveLength(4);
    expect((await scoped.audit({ customerId: "acme" })).items).toHaveLength(3);
    expect(await scoped.verifyLedger(ACME)).toMatchObject({ ok: true, entries: 4 });
    expect(await available(credits)).toBe("100");
    expect((await credits.ledger(ACME)).items).toHaveLength(1);
    await refusedWith(credits.voidGrant({ grantId: grant.id }), "grant_not_found");
    expect((await scoped.reverse({ withdrawalId: id, idempotencyKey: newKey() })).amount.toString()).toBe(
      "101",
    );
  });

  test("a repeat is a replay, of this transaction or of an earlier time", async () => {
    const before = await use(credits, 1, "before");
    const scoped = credits.withTransaction(store.begin());
    const first = await use(scoped, 2, "k");
    expect([first.replayed, (await use(scoped, 2, "k")).replayed]).toEqual([false, true]);
    expect(await use(scoped, 1, "before")).toMatchObject({ replayed: true, id: before.id });
    await refusedWith(use(scoped, 3, "k"), "idempotency_conflict");
    expect(await available(scoped)).toBe("97");
  });

  test("a denial leaves it usable", async () => {
    const tx = store.begin();
    const scoped = credits.withTransaction(tx);
    await refusedWith(use(scoped, 101), "insufficient_credits");
    await refusedWith(scoped.voidGrant({ grantId: "gr_none" }), "grant_not_found");
    const move = { from: "beta", to: "acme", currency: "tokens", amount: 1 } as const;
    await refusedWith(scoped.transfer({ ...move, idempotencyKey: "t" }), "insufficient_credits");
    expect(await scoped.tryWithdraw({ ...ACME, amount: 101, idempotencyKey: "w" })).toMatchObject({
      ok: false,
    });
    await use(scoped, 100);
    await store.end(tx, "commit");
    expect(await available()).toBe("0");
  });

  test("a listing writes what is due, in the transaction", async () => {
    await gift(credits, 11, { expiresAt: START + DAY });
    clock.advance({ days: 2 });
    const tx = store.begin();
    const scoped = credits.withTransaction(tx);
    expect((await scoped.ledger({ ...ACME, types: ["expired"] })).items).toHaveLength(1);
    expect((await scoped.grants({ ...ACME, status: "expired" })).items).toHaveLength(1);
    expect(tx.changes).toHaveLength(1);
    await store.end(tx, "rollback");
    scoped.rolledBack();
    expect((await credits.ledger({ ...ACME, types: ["expired"] })).items).toHaveLength(1);
    await expectSound(store);
  });

  test("calls are done one at a time, in the order in which they were made", async () => {
    const scoped = credits.withTransaction(store.begin());
    const amounts = [9, 1, 50, 3];
    const [first, , third] = await Promise.all([
      ...amounts.map((amount, n) => use(scoped, amount, `k${n}`)),
      gift(scoped, 5, { customerId: "beta" }),
      scoped.transfer({ from: "beta", to: "acme", currency: "tokens", amount: 5, idempotencyKey: "t" }),
      scoped.balance(ACME),
    ]);
    expect([first, third].map((used) => (used as { available: unknown }).available?.toString())).toEqual([
      "91",
      "40",
    ]);
    const keys = (await scoped.audit({ customerId: "acme" })).items.map(
      ({ idempotencyKey }) => idempotencyKey,
    );
    expect(keys.slice(1, 5)).toEqual(["k0", "k1", "k2", "k3"]);
    expect(await available(scoped)).toBe("42");
  });

  test("many withdrawals, each for itself, in order", async () => {
    const scoped = credits.withTransaction(store.begin());
    const request = (amount: number) => ({ ...ACME, amount, idempotencyKey: newKey() });
    const outcomes = await scoped.withdrawMany([request(60), request(60), request(40)]);
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, false, true]);
  });

  test("nothing is done outside of it", async () => {
    const { accepted } = await stage();
    store.outside.length = 0;
    const scoped = credits.withTransaction(store.begin());
    // The ids of another store are unknown here, which takes a read all the same.
    for (const verb of VERBS) await call(scoped, verb, accepted[verb]).catch(() => undefined);
    expect(store.outside).toEqual([]);
    expect(store.calls.length).toBeGreaterThanOrEqual(MUTATIONS.length);
  });

  test("a plain withdrawal is one call", async () => {
    const scoped = credits.withTransaction(store.begin());
    await use(scoped, 1);
    expect(store.calls.map(({ name }) => name)).toEqual(["transact"]);
  });
});
