/**
 * `npm run test:histories -- --rounds 20 --calls 200`: eight processes on one database, two of them killed; each history
 * must have an order. `--only postgres,mariadb,better-sqlite3,libsql` picks some; `--seed 7` begins elsewhere.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkHistory } from "coffer/testing";
import mysql from "mysql2/promise";
import { type Target, reach } from "../support/load/target.js";
import { keep } from "../support/servers/keep.js";
import { readArgs } from "./args.js";
import { Crowd } from "./run.js";

const given = readArgs(process.argv.slice(2));

type Kind = (typeof given.only)[number];

async function withTargets(kind: Kind, work: (targetOf: (round: number) => Target) => Promise<void>) {
  if (kind === "better-sqlite3" || kind === "libsql") {
    const folder = await mkdtemp(join(tmpdir(), "coffer-histories-"));
    await work((round) => ({ kind: "sqlite", driver: kind, path: join(folder, `${round}.db`) }));
    return rm(folder, { recursive: true, force: true });
  }
  const server = await keep(kind);
  try {
    if (kind === "postgres") await work((round) => ({ kind, url: server.url, schema: `histories_${round}` }));
    else {
      const connection = await mysql.createConnection(server.url);
      for (let round = 0; round < given.rounds; round++)
        await connection.query(`CREATE DATABASE histories_${round}`);
      await connection.end();
      await work((round) => ({ kind: "mysql", url: `${server.url}/histories_${round}` }));
    }
  } finally {
    await server.stop();
  }
}

for (const kind of given.only)
  await withTargets(kind, async (targetOf) => {
    for (let round = 0; round < given.rounds; round++) {
      const target = targetOf(round);
      const { store, end } = reach(target);
      await store.migrate();
      await end();
      const crowd = await Crowd.gather();
      const history = await crowd.play(target, given.calls, given.seed + round);
      crowd.dismiss();
      const open = history.filter(({ outcome }) => outcome === null).length;
      const violations = checkHistory(history);
      console.log(`${kind}, round ${round}: ${history.length} calls, ${open} without an answer`);
      for (const { what } of violations) console.log(what);
      if (violations.length > 0) process.exitCode = 1;
    }
  });
