/** A store that can work on several commits at once is given as many: each of wallets of its own parts. */
import { createCreditEngine } from "coffer";
import { memoryStore } from "coffer/memory";
import type { Change, CreditStore } from "coffer/store";
import { manualClock } from "coffer/testing";
import { expect, test } from "vitest";
import { START, catalog, expectSound } from "../support.js";
import { virtualPace } from "../virtual-pace.js";

/** Every commit takes some turns; how many are under way at once is counted, and the wallets of each are looked at. */
function slow(commitsAtOnce: number | undefined) {
  const beneath = memoryStore();
  const underWay = new Set<readonly Change[]>();
  const seen = { most: 0, mixed: 0, ofOneWallet: 0 };
  const limits = commitsAtOnce === undefined ? beneath.limits : { ...beneath.limits, commitsAtOnce };
  const commit: CreditStore<unknown>["commit"] = async (changes, options) => {
    for (const others of underWay)
      if (others.some(({ key }) => changes.some((change) => change.key.id === key.id))) seen.ofOneWallet++;
    underWay.add(changes);
    seen.most = Math.max(seen.most, underWay.size);
    if (new Set(changes.map(({ key }) => key.part % (commitsAtOnce ?? 1))).size > 1) seen.mixed++;
    for (let turns = 0; turns < 5; turns++) await new Promise((resolve) => void setImmediate(resolve));
    underWay.delete(changes);
    return beneath.commit(changes, options);
  };
  const instead: Partial<CreditStore<unknown>> = { limits, commit };
  const store = new Proxy<CreditStore<unknown>>(beneath, {
    get: (_, name: keyof CreditStore<unknown>) => {
      const own = beneath[name];
      return instead[name] ?? (typeof own === "function" ? own.bind(beneath) : own);
    },
  });
  return { store, beneath, seen };
}

test.each([
  [undefined, 1],
  [1, 1],
  [2, 2],
  [4, 4],
])("where the store says %s, %i are under way at most", async (commitsAtOnce, most) => {
  const { store, beneath, seen } = slow(commitsAtOnce);
  const credits = createCreditEngine({ catalog, store, clock: manualClock(START), pace: virtualPace() });
  const customers = Array.from({ length: 40 }, (_, index) => `customer-${index}`);
  const rounds = Array.from({ length: 5 }, (_, round) => round);
  const grant = (customerId: string, round: string) =>
    credits.grant({
      customerId,
      currency: "tokens",
      amount: 1,
      category: "promotional",
      idempotencyKey: `grant-${customerId}-${round}`,
    });
  // Births have a line of their own.
  await Promise.all(customers.map((customerId) => grant(customerId, "birth")));
  Object.assign(seen, { most: 0, mixed: 0, ofOneWallet: 0 });
  await Promise.all(
    rounds.flatMap((round) => customers.map((customerId) => grant(customerId, String(round)))),
  );
  expect(seen).toEqual({ most, mixed: 0, ofOneWallet: 0 });
  for (const customerId of customers)
    expect((await credits.balance({ customerId, currency: "tokens" })).balance.toString()).toBe("6");
  await expectSound(beneath);
});
