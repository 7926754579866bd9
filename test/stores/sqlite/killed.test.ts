import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { sqliteStore } from "coffer/sqlite";
import type { SqliteDriver, SqliteStore } from "coffer/sqlite";
import type { WalletKey } from "coffer/store";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { all } from "../../../src/testing/laws/bench.js";
import { startChild } from "./children.js";
import { freshFolder } from "./files.js";
import { WALLETS } from "./rounds.js";

// Processes take their time to load where the machine has much to do.
vi.setConfig({ testTimeout: 120_000 });

let folder: Awaited<ReturnType<typeof freshFolder>>;
beforeEach(async () => {
  folder = await freshFolder();
});
afterEach(() => folder.remove());

/** Lets a process commit, kills it in the middle, and gives the last round that it was told of. */
async function roundsUntilKilled(path: string, driver: SqliteDriver, rounds: number): Promise<number> {
  const child = await startChild("commit", path, driver);
  child.begin();
  let last = 0;
  for (let count = 0; count < rounds; count++) last = Number(await child.line());
  await setTimeout(Math.random() * 20);
  child.kill();
  for (let line = await child.line(); line !== null; line = await child.line()) last = Number(line);
  return last;
}

/** How many rows of each kind a wallet has. */
async function countsOf(store: SqliteStore, wallet: WalletKey): Promise<readonly number[]> {
  const where = { wallet };
  const rows = await Promise.all([
    all(store, { kind: "grants", where }),
    all(store, { kind: "receipts", where }),
    all(store, { kind: "entries", where }),
  ]);
  const { items } = await store.events({ part: wallet.part, after: 0, limit: 100_000 });
  const [point] = await store.usage({ key: wallet, bounds: [0, 1] });
  return [...rows.map(({ length }) => length), items.length, point?.count ?? 0];
}

describe.each<SqliteDriver>(["better-sqlite3", "libsql"])("a process that is killed, by %s", (driver) => {
  it("laws 2 and 20: every acknowledged commit is there, and each that is there is whole", async () => {
    const path = join(folder.path, "credits.db");
    for (const rounds of [3, 11, 6]) {
      const acknowledged = await roundsUntilKilled(path, driver, rounds);
      const store = sqliteStore({ path, driver });
      const snapshots = await store.load(WALLETS.map((key) => ({ key })));
      const version = snapshots[0]?.version ?? 0;
      // What was committed when its process died may not have been acknowledged.
      expect(version - acknowledged === 0 || version - acknowledged === 1).toBe(true);
      expect(snapshots.map((snapshot) => snapshot.version)).toEqual(WALLETS.map(() => version));
      for (const { key, records } of snapshots) {
        expect(records[0]?.data).toBe(`{"round":${version - 1}}`);
        expect(await countsOf(store, key)).toEqual([version, version, 2 * version, version, version]);
      }
      await store.close();
    }
  });
});
