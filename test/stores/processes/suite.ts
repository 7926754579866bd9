import { createCreditEngine } from "coffer";
import type { CreditStore, WalletKey } from "coffer/store";
import { checkStore } from "coffer/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Database } from "../../support/databases.js";
import { all } from "../../../src/testing/laws/bench.js";
import { catalog } from "./catalog.js";
import { Crew, startChild } from "./children.js";
import { REFILLED_AT, REFILLS_BEGIN, REFILL_DAYS } from "./refills.js";
import { WALLETS } from "./rounds.js";
import { type Reached, storeAt } from "./store-at.js";

const PROCESSES = 8;
/** More of them make the tables. */
const MIGRATING = 10;
/** Rounds that a process is told were committed before it is killed. */
const ROUNDS = [3, 11, 6];
const wallet = { customerId: "acme", currency: "tokens" } as const;
const TIMEOUT_MS = 120_000;

/** Real processes on one database. */
export function processSuite(name: string, fresh: () => Promise<Database>): void {
  describe(`processes on ${name}`, { timeout: TIMEOUT_MS }, () => {
    let database: Database;
    let reached: Reached;
    let crew: Crew;
    beforeAll(async () => {
      crew = await Crew.of(MIGRATING);
    });
    afterAll(() => crew.dismiss());
    beforeEach(async () => {
      database = await fresh();
      reached = storeAt(database.url);
    });
    afterEach(async () => {
      await reached.end();
      await database.drop();
    });

    const engine = () => createCreditEngine({ catalog, store: reached.store });

    async function welcome(amount: number): Promise<void> {
      await reached.store.migrate();
      await engine().grant({ ...wallet, amount, category: "promotional", idempotencyKey: "welcome" });
    }

    async function expectLeft(amount: number): Promise<void> {
      expect((await engine().balance(wallet)).available.toNumber()).toBe(amount);
      expect(await checkStore(reached.store)).toEqual([]);
    }

    it("spend exactly what there is", async () => {
      await welcome(1_000);
      const counts = (await crew.answers(PROCESSES, "drain", database)).map(Number);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1_000);
      await expectLeft(0);
    });

    it("law 12: none is left behind", async () => {
      await welcome(1_000_000);
      const counts = (await crew.answers(PROCESSES, "drain", { ...database, forMs: 3_000 })).map(Number);
      const spent = counts.reduce((sum, count) => sum + count, 0);
      expect(Math.min(...counts)).toBeGreaterThanOrEqual(spent / PROCESSES / 3);
      await expectLeft(1_000_000 - spent);
    });

    it("charge each key once, whoever asks, and give all the same answers", async () => {
      await welcome(100);
      const [first, ...others] = await crew.answers(PROCESSES, "retry", database);
      for (const other of others) expect(other).toBe(first);
      await expectLeft(60);
    });

    it("issue each refill exactly once, whoever comes first", async () => {
      await reached.store.migrate();
      const first = createCreditEngine({ catalog, store: reached.store, clock: () => REFILLS_BEGIN });
      await first.schedule({
        ...wallet,
        amount: 10,
        every: { days: 1 },
        rollover: { max: 3 },
        category: "promotional",
        idempotencyKey: "daily",
      });
      await crew.answers(PROCESSES, "refill", database);
      const later = createCreditEngine({ catalog, store: reached.store, clock: () => REFILLED_AT });
      // Today's 10 and yesterday's 3, less what the processes spent.
      expect((await later.balance(wallet)).available.toNumber()).toBe(13 - PROCESSES);
      const { items } = await later.ledger({ ...wallet, types: ["granted"], limit: 1_000 });
      expect(items.map(({ recordedAt }) => recordedAt.getTime())).toEqual(
        Array.from({ length: REFILL_DAYS + 1 }, (_, day) => REFILLS_BEGIN + day * 86_400_000),
      );
      expect(await checkStore(reached.store)).toEqual([]);
    });

    it("make the tables at the same time", async () => {
      const answers = await crew.answers(MIGRATING, "migrate", database);
      expect(answers).toEqual(Array(MIGRATING).fill("migrated"));
      await welcome(5);
      await expectLeft(5);
    });

    it("laws 2 and 20: what a process had acknowledged when it was killed is there, and whole", async () => {
      await reached.store.migrate();
      for (const rounds of ROUNDS) {
        const acknowledged = await roundsUntilKilled(database.url, rounds);
        // What was on its way when its process died may still land: wait for it by taking the wallets' locks.
        const reads = WALLETS.map((key) => ({ key }));
        await reached.store.transact(reads, () => []);
        const [first] = await reached.store.load(reads);
        const version = first?.version ?? 0;
        expect([0, 1]).toContain(version - acknowledged);
        for (const key of WALLETS) await expectRounds(reached.store, key, version);
      }
    });
  });
}

/** Every round wrote rows of every kind. */
async function expectRounds(store: CreditStore, wallet: WalletKey, rounds: number): Promise<void> {
  const where = { wallet };
  const [snapshot] = await store.load([{ key: wallet }]);
  expect(snapshot?.version).toBe(rounds);
  expect(snapshot?.records[0]?.data).toBe(`{"round":${rounds - 1}}`);
  expect(await all(store, { kind: "grants", where })).toHaveLength(rounds);
  expect(await all(store, { kind: "receipts", where })).toHaveLength(rounds);
  expect(await all(store, { kind: "entries", where })).toHaveLength(2 * rounds);
  const { items } = await store.events({ part: wallet.part, after: 0, limit: 5_000 });
  expect(items).toHaveLength(rounds);
  expect(await store.usage({ key: wallet, bounds: [0, 1] })).toMatchObject([{ count: rounds }]);
}

/** Lets a process commit, kills it in the middle, and gives the last round that it said was acknowledged. */
async function roundsUntilKilled(url: string, rounds: number): Promise<number> {
  const child = await startChild();
  child.order({ work: "commit", url, name: "killed", forMs: 0 });
  let last = 0;
  for (let count = 0; count < rounds; count++) last = Number(await child.line());
  child.kill();
  for (let line = await child.line(); line !== null; line = await child.line()) last = Number(line);
  return last;
}
