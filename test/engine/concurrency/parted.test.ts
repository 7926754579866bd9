/** What waits for one wallet and is too much for one change goes in several: each is decided on what the last one left. */
import type { Change } from "coffer/store";
import { memoryStore } from "coffer/memory";
import { manualClock } from "coffer/testing";
import { describe, expect, test } from "vitest";
import { ACME, START, type Verbs, engineOn, expectSound, gift, newKey, refusal, use } from "../support.js";
import { scriptedStore } from "./scripted-store.js";

/** An engine over a store that takes few rows at once, and all changes that were sent to it. */
function narrow(rowsPerChange: number) {
  const beneath = memoryStore({ limits: { rowsPerChange } });
  const store = scriptedStore(beneath);
  const sent: Change[] = [];
  const { commit } = store;
  const watched = Object.assign(store, {
    commit: (...[changes, options]: Parameters<typeof commit>) => {
      sent.push(...changes);
      return commit(changes, options);
    },
  });
  return { beneath, sent, credits: engineOn(watched, manualClock(START)) };
}

test("a part of a withdrawal and then the rest of it, in two changes, take it back once", async () => {
  const { beneath, sent, credits } = narrow(8);
  await gift(credits, 100);
  const { id: withdrawalId } = await use(credits, 40);
  sent.length = 0;
  const [, part, rest] = await Promise.all([
    use(credits, 1),
    credits.reverse({ withdrawalId, amount: 30, idempotencyKey: newKey() }),
    credits.reverse({ withdrawalId, idempotencyKey: newKey() }),
  ]);
  expect(sent.map(({ receipts }) => receipts.length)).toEqual([1, 1, 1]);
  expect([part.amount.toString(), rest.amount.toString()]).toEqual(["30", "10"]);
  expect((await credits.balance(ACME)).available.toString()).toBe("99");
  await expectSound(beneath);
});

describe("however many wait, no change has more rows than the store takes", () => {
  const ROWS = 20;
  const reserving = (credits: Verbs) =>
    credits.reserve({ ...ACME, amount: 1, expiresIn: { hours: 1 }, idempotencyKey: newKey() });

  test.each<readonly [what: string, call: (credits: Verbs) => Promise<unknown>]>([
    ["withdrawals", (credits) => use(credits, 1)],
    ["reservations", reserving],
    ["grants", (credits) => gift(credits, 1)],
  ])("%s", async (_, call) => {
    const { beneath, sent, credits } = narrow(ROWS);
    await gift(credits, 100);
    sent.length = 0;
    await Promise.all(Array.from({ length: 30 }, () => call(credits)));
    const rows = sent.map(rowsOf);
    expect(Math.max(...rows)).toBeLessThanOrEqual(ROWS);
    expect(sent.length).toBeLessThan(15);
    await expectSound(beneath);
  });
});

function rowsOf({ opened, moved, records, entries, receipts, usage }: Change): number {
  return [opened, moved, records, entries, receipts, usage].reduce((sum, rows) => sum + rows.length, 1);
}

test("what alone has more rows than the store takes is refused, and nothing is written", async () => {
  const { beneath, credits } = narrow(8);
  for (let count = 0; count < 10; count++) await gift(credits, 1);
  const before = beneath.dump();
  expect(await refusal(use(credits, 10))).toMatchObject({
    code: "over_limit",
    details: { rowsPerChange: 8 },
  });
  expect(beneath.dump()).toBe(before);
});
