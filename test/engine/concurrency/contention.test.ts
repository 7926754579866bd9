/** A wallet that another process writes to as well is decided under its lock for a while. */
import type { CreditStore } from "coffer/store";
import { expect, test } from "vitest";
import { Contention } from "../../../src/engine/contention.js";
import { engineOn, gift, use, world } from "../support.js";

/** The same store, noting by which way each change went. */
function noting(beneath: CreditStore, ways: string[]): CreditStore {
  return new Proxy(beneath, {
    get: (store, name) => {
      const value: unknown = Reflect.get(store, name, store);
      if (typeof value !== "function") return value;
      return (...call: unknown[]): unknown => {
        if (name === "commit" || name === "transact") ways.push(name);
        return Reflect.apply(value, store, call) as unknown;
      };
    },
  });
}

async function twoProcesses() {
  const { credits: other, store, clock } = world();
  const ways: string[] = [];
  const credits = engineOn(noting(store, ways), clock);
  await gift(other, 1_000);
  await use(credits, 1);
  ways.length = 0;
  return { credits, other, ways };
}

const LOCKS = Array.from({ length: 8 }, () => "transact");

test("after a conflict eight locks in a row must find it as it was left, then it is decided without", async () => {
  const { credits, other, ways } = await twoProcesses();
  await use(other, 1);
  for (let turn = 0; turn < 9; turn++) await use(credits, 1);
  // The conflict's own second try is the first of the eight.
  expect(ways).toEqual(["commit", ...LOCKS, "commit"]);
});

test("a lock that finds it changed begins the count anew", async () => {
  const { credits, other, ways } = await twoProcesses();
  await use(other, 1);
  for (let turn = 0; turn < 4; turn++) await use(credits, 1);
  await use(other, 1);
  for (let turn = 0; turn < 10; turn++) await use(credits, 1);
  expect(ways).toEqual(["commit", ...LOCKS.slice(0, 4), "transact", ...LOCKS, "commit"]);
});

test("a denial that was decided on a state that has passed counts as contention, too", async () => {
  const { credits, other, ways } = await twoProcesses();
  await gift(other, 5_000);
  await use(credits, 3_000);
  expect(ways).toEqual(["transact"]);
});

test("of more wallets than can be fought over at once the others are forgotten", () => {
  const contention = new Contention();
  const wallet = (number: number) => ({ part: 0, id: String(number) });
  for (let number = 0; number <= 10_000; number++) contention.meet(wallet(number));
  expect([0, 9_999, 10_000].map((number) => contention.isMet(wallet(number)))).toEqual([false, false, true]);
  contention.locked(wallet(5), true);
  expect(contention.isMet(wallet(5))).toBe(false);
});
