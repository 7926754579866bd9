import { createCreditEngine } from "coffer";
import { checkStore } from "coffer/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Database } from "../../support/databases.js";
import { catalog } from "../sqlite/catalog.js";
import { WALLETS } from "../sqlite/rounds.js";
import { Crew, startChild } from "./children.js";
import { type Reached, storeAt } from "./store-at.js";

const PROCESSES = 8;
const wallet = { customerId: "acme", currency: "tokens" } as const;
const TIMEOUT_MS = 120_000;

/** Real processes on one database. */
export function processSuite(name: string, fresh: () => Promise<Database>): void {
  describe(`eight processes on one wallet, on ${name}`, { timeout: TIMEOUT_MS }, () => {
    let database: Database;
    let reached: Reached;
    let crew: Crew;
    beforeAll(async () => {
      crew = await Crew.of(PROCESSES);
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
      const counts = (await crew.answers("drain", database.url)).map(Number);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1_000);
      await expectLeft(0);
    });

    it("law 12: none is left behind", async () => {
      await welcome(1_000_000);
      const counts = (await crew.answers("drain", database.url, 5_000)).map(Number);
      const spent = counts.reduce((sum, count) => sum + count, 0);
      expect(Math.min(...counts)).toBeGreaterThanOrEqual(spent / PROCESSES / 3);
      await expectLeft(1_000_000 - spent);
    });

    it("charge each key once, whoever asks, and give all the same answers", async () => {
      await welcome(100);
      const [first, ...others] = await crew.answers("retry", database.url);
      for (const other of others) expect(other).toBe(first);
      await expectLeft(60);
    });

    it("make the tables at the same time", async () => {
      expect(await crew.answers("migrate", database.url)).toEqual(Array(PROCESSES).fill("migrated"));
      await welcome(5);
      await expectLeft(5);
    });

    it("laws 2 and 20: what a process had acknowledged when it was killed is there, and whole", async () => {
      await reached.store.migrate();
      for (const rounds of [3, 11, 6]) {
        const acknowledged = await roundsUntilKilled(database.url, rounds);
        // What was on its way when its process died may still land: wait for it by taking the wallets' locks.
        await reached.store.transact(
          WALLETS.map((key) => ({ key })),
          () => [],
        );
        const snapshots = await reached.store.load(WALLETS.map((key) => ({ key })));
        const version = snapshots[0]?.version ?? 0;
        expect([0, 1]).toContain(version - acknowledged);
        for (const snapshot of snapshots) {
          expect(snapshot.version).toBe(version);
          expect(snapshot.records[0]?.data).toBe(`{"round":${version - 1}}`);
          const { items } = await reached.store.list({
            kind: "entries",
            where: { wallet: snapshot.key },
            limit: 5_000,
          });
          expect(items).toHaveLength(2 * version);
        }
      }
    });
  });
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
