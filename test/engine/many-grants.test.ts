/** Ten thousand open grants in one wallet: what is done costs what it touches, not what there is. */
import { memoryStore } from "coffer/memory";
import type { Change } from "coffer/store";
import { manualClock } from "coffer/testing";
import { beforeAll, describe, expect, test } from "vitest";
import { scriptedStore } from "./concurrency/scripted-store.js";
import { ACME, DAY, type Engine, START, engineOn, expectSound, gift, plain, use } from "./support.js";

const MANY = 10_000;

let dump: string;
beforeAll(async () => {
  const store = memoryStore();
  const credits = engineOn(store, () => START);
  const terms = (n: number) => ({
    expiresAt: START + DAY + (n % 100),
    priority: n % 7,
    displayName: `g${n}`,
  });
  await Promise.all(Array.from({ length: MANY }, (_, n) => gift(credits, 1, terms(n))));
  dump = store.dump();
});

/** An engine on such a wallet, and what it writes. */
function opened() {
  const beneath = memoryStore({ restore: dump });
  const store = scriptedStore(beneath);
  const clock = manualClock(START);
  const written: Change[] = [];
  const commit = store.commit.bind(store);
  store.commit = (changes) => {
    written.push(...changes);
    return commit(changes);
  };
  return { beneath, store, clock, credits: engineOn(store, clock), written };
}

const rows = ({ opened, moved, records, entries, receipts, usage }: Change) =>
  opened.length + moved.length + records.length + entries.length + receipts.length + usage.length;

async function everything(credits: Engine): Promise<readonly number[]> {
  const grants: number[] = [];
  let after: string | undefined;
  do {
    const page = await credits.grants({ ...ACME, limit: 1_000, after });
    grants.push(page.items.length);
    after = page.next ?? undefined;
  } while (after !== undefined);
  return grants;
}

test("one withdrawal writes the grants that it draws on, and reads the wallet once", async () => {
  const { credits, written, store } = opened();
  await use(credits, 2);
  for (let count = 0; count < 50; count++) await use(credits, 3);
  expect(written.map(({ moved }) => moved.length)).toEqual([2, ...Array.from({ length: 50 }, () => 3)]);
  expect(Math.max(...written.map(rows))).toBeLessThanOrEqual(8);
  expect(store.calls.filter((call) => call === "load")).toHaveLength(1);
});

test("one grant more writes that grant", async () => {
  const { credits, written } = opened();
  await use(credits, 0);
  await gift(credits, 1);
  expect(written.map(rows)).toEqual([3, 3]);
});

test("balance, check, estimate and explain read no more than the version", async () => {
  const { credits, store, beneath } = opened();
  expect(plain(await credits.balance(ACME))).toMatchObject({ available: "10000", balance: "10000" });
  const before = store.calls.length;
  expect((await credits.balance(ACME)).expiring).toHaveLength(100);
  expect(plain(await credits.check({ ...ACME, amount: MANY }))).toMatchObject({
    allowed: true,
    affordable: "10000",
  });
  expect((await credits.check({ ...ACME, amount: MANY + 1 })).allowed).toBe(false);
  expect(
    (await credits.estimate({ customerId: "acme", feature: "chat", quantity: 1_000 })).draws,
  ).toHaveLength(2);
  expect((await credits.explain(ACME)).grants).toHaveLength(1_000);
  expect(store.calls.slice(before)).toEqual(Array.from({ length: 6 }, () => "load"));
  expect(beneath.dump()).toBe(dump);
});

test("all of it can be drawn at once where the store takes as many rows", async () => {
  const { credits, written, beneath } = opened();
  const { draws } = await use(credits, 9_000);
  expect(draws).toHaveLength(9_000);
  expect(written).toHaveLength(1);
  await use(credits, 1_000);
  expect((await credits.balance(ACME)).balance.toString()).toBe("0");
  await expectSound(beneath);
});

describe("when all have expired", () => {
  test("they go in a few portions, then nothing is left to do", async () => {
    const { credits, written, clock, beneath } = opened();
    clock.advance({ days: 2 });
    expect(plain(await credits.balance(ACME))).toMatchObject({ available: "0", balance: "0", expiring: [] });
    expect(await credits.tryWithdraw({ ...ACME, amount: 1, idempotencyKey: "w" })).toMatchObject({
      ok: false,
    });
    const portions = written.length;
    expect(portions).toBeLessThan(10);
    expect(written.reduce((sum, { entries }) => sum + entries.length, 0)).toBe(MANY);
    await gift(credits, 1);
    await use(credits, 1);
    expect(written.slice(portions).map(rows)).toEqual([3, 4]);
    expect((await everything(credits)).slice(0, -1)).toEqual(Array.from({ length: 10 }, () => 1_000));
    expect(await credits.verifyLedger(ACME)).toMatchObject({ ok: true, entries: 2 * MANY + 2 });
    await expectSound(beneath);
  });

  test("use of before then brings back just what it draws on", async () => {
    const { credits, written, clock, beneath } = opened();
    clock.advance({ days: 2 });
    await credits.grants({ ...ACME, limit: 1 });
    const before = written.length;
    await credits.withdraw({ ...ACME, amount: 3, occurredAt: START, idempotencyKey: "late" });
    expect(written.slice(before).map(({ entries }) => entries.map(({ type }) => type))).toEqual([
      ["expiry_reversed", "consumed", "expiry_reversed", "consumed", "expiry_reversed", "consumed"],
    ]);
    await expectSound(beneath);
  });
});
