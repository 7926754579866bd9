/** What stands at the borders of a wallet: what is not known of it, and what a store leaves out. */
import { memoryStore } from "coffer/memory";
import type { CreditStore, Snapshot } from "coffer/store";
import { describe, expect, test } from "vitest";
import { scriptedStore } from "./concurrency/scripted-store.js";
import { ACME, DAY, START, engineOn, gift, newKey, plain, refusedWith, use, world } from "./support.js";

test("a reservation of nothing that ran out is written down with the next listing", async () => {
  const { credits, store, clock } = world();
  await credits.reserve({ ...ACME, amount: 0, expiresIn: { hours: 1 }, idempotencyKey: newKey() });
  clock.advance({ days: 1 });
  const before = store.dump();
  await credits.grants(ACME);
  expect(store.dump()).not.toBe(before);
});

test("records of a kind that a later version writes are left alone", async () => {
  const beneath = memoryStore();
  await gift(
    engineOn(beneath, () => START),
    5,
  );
  const store: CreditStore = {
    ...scriptedStore(beneath),
    load: async (reads) =>
      (await beneath.load(reads)).map((snapshot) => ({
        ...snapshot,
        records: [...snapshot.records, { kind: "subscription", id: "s", open: true, data: "{}" }],
      })),
  };
  expect(
    plain(
      await use(
        engineOn(store, () => START),
        2,
      ),
    ),
  ).toMatchObject({ available: "3" });
});

describe("a store that shows fewer wallets under the lock than were asked for", () => {
  const blind = (shown: (snapshots: readonly Snapshot[]) => readonly Snapshot[]) => {
    const beneath = memoryStore();
    const decided: number[] = [];
    const store: CreditStore = {
      ...scriptedStore(beneath),
      commit: async (changes) => changes.map(() => ({ status: "busy" as const })),
      transact: (reads, decide) =>
        beneath.transact(reads, (snapshots) => {
          const changes = decide(shown(snapshots));
          decided.push(changes.length);
          return changes;
        }),
    };
    return { credits: engineOn(store, () => START), decided };
  };

  test("decides nothing of one", async () => {
    const { credits, decided } = blind(() => []);
    await refusedWith(gift(credits, 1), "store_conflict");
    expect(new Set(decided)).toEqual(new Set([0]));
  });

  test.each([[0], [1]])("decides nothing of a transfer that sees %s of two", async (count) => {
    const { credits, decided } = blind((snapshots) => snapshots.slice(0, count));
    const move = { from: "acme", to: "beta", currency: "tokens", amount: 1, idempotencyKey: "t" } as const;
    await refusedWith(credits.transfer(move), "store_unavailable");
    expect(decided).toEqual([0]);
  });
});

describe("a reversal", () => {
  test.each([
    ["without a new grant", undefined, []],
    ["that wants none", false, []],
    ["with a new grant", true, [null]],
    ["with a new grant that never expires", {}, [null]],
    ["with a new grant that expires", { expiresAt: START + 9 * DAY }, ["2026-01-19T00:00:00.000Z"]],
  ] as const)("%s, of credits that expired meanwhile", async (_, regrant, expiries) => {
    const { credits, clock } = world();
    await gift(credits, 5, { expiresAt: START + DAY });
    const used = await use(credits, 5);
    clock.advance({ days: 2 });
    const back = await credits.reverse({
      withdrawalId: used.id,
      idempotencyKey: newKey(),
      ...(regrant === undefined ? {} : { regrant }),
    });
    expect(plain(back.grants.map(({ expiresAt }) => expiresAt))).toEqual(expiries);
  });
});

test("two late uses at once look back to the earlier of both, in whatever order they stand", async () => {
  for (const order of [
    [0, 1],
    [1, 0],
  ]) {
    const { credits, clock } = world();
    await gift(credits, 3, { expiresAt: START + DAY });
    await gift(credits, 4, { expiresAt: START + 3 * DAY });
    clock.advance({ days: 5 });
    await credits.grants(ACME);
    const late = [
      { ...ACME, amount: 3, occurredAt: START, idempotencyKey: newKey() },
      { ...ACME, amount: 4, occurredAt: START + 2 * DAY, idempotencyKey: newKey() },
    ];
    const asked = order.flatMap((at) => late[at] ?? []);
    expect((await credits.withdrawMany(asked)).map(({ ok }) => ok)).toEqual([true, true]);
  }
});
