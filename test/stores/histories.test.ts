import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkHistory, checkStore } from "coffer/testing";
import { expect, it } from "vitest";
import { Crowd } from "../histories/run.js";
import { freshMysql, freshPostgres, hasMysql } from "../support/databases.js";
import { type Target, reach } from "../support/load/target.js";

const CALLS_PER_CALLER = 12;
const SEED = 1;
const TIMEOUT_MS = 120_000;

async function expectOrder(target: Target): Promise<void> {
  const { store, end } = reach(target);
  try {
    await store.migrate();
    const crowd = await Crowd.gather();
    const history = await crowd.play(target, CALLS_PER_CALLER, SEED);
    crowd.dismiss();
    expect(history.length).toBeGreaterThan(150);
    expect(checkHistory(history).map(({ what }) => what)).toEqual([]);
    expect(await checkStore(store)).toEqual([]);
  } finally {
    await end();
  }
}

const LAW = "laws 2, 3 and 4: the answers of eight processes, two of them killed, are those of one wallet";

it(`${LAW}, on PostgreSQL`, { timeout: TIMEOUT_MS }, async () => {
  const { url, drop } = await freshPostgres();
  await expectOrder({ kind: "postgres", url, schema: "coffer" });
  await drop();
});

it(`${LAW}, on MariaDB`, { timeout: TIMEOUT_MS }, async () => {
  if (!(await hasMysql("histories on MariaDB"))) return;
  const { url, drop } = await freshMysql();
  await expectOrder({ kind: "mysql", url });
  await drop();
});

it(`${LAW}, in a file of SQLite`, { timeout: TIMEOUT_MS }, async () => {
  const folder = await mkdtemp(join(tmpdir(), "coffer-histories-"));
  await expectOrder({ kind: "sqlite", driver: "better-sqlite3", path: join(folder, "credits.db") });
  await rm(folder, { recursive: true, force: true });
});
