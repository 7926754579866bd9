/**
 * One of the processes that share a wallet: `process.ts URL NAME CONNECTIONS`. It says `ready`, and answers each order by
 * what it did.
 */
import { createInterface } from "node:readline";
import { postgresStore } from "coffer/postgres";
import { engineOn, withdrawals } from "./contenders/coffer.js";
import { naiveWithdrawals } from "./contenders/naive-postgres.js";
import { drive } from "./measure/drive.js";
import { openPool } from "./pool.js";
import { CALLERS_PER_PROCESS, type Order } from "./processes/order.js";

const [, , connectionString = "", name = "", connections = ""] = process.argv;
const pool = openPool(connectionString, Number(connections));
const credits = engineOn(postgresStore({ pool, schema: "coffer" }));
const naive = await naiveWithdrawals(pool, name);
const calls = {
  coffer: withdrawals(credits, ["acme"], name),
  naive: () => naive(pool),
};

process.stdout.write("ready\n");
for await (const line of createInterface(process.stdin)) {
  const { who, ms } = JSON.parse(line) as Order;
  process.stdout.write(`${JSON.stringify(await drive(CALLERS_PER_PROCESS, ms, calls[who]))}\n`);
}
await pool.end();
