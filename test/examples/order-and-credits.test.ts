/** `examples/order-and-credits.ts` with a server: the order and its credits stand or fall together through each library. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundled } from "../support/bundled.js";
import { type Database, freshPostgres } from "../support/databases.js";

const ROOT = join(import.meta.dirname, "../..");
const EXAMPLE = join(ROOT, "examples/order-and-credits");

let database: Database;
beforeAll(async () => {
  database = await freshPostgres();
});
afterAll(() => database.drop());

async function runExample(url: string) {
  return promisify(execFile)(process.execPath, [await bundled(`${EXAMPLE}.ts`)], {
    cwd: ROOT,
    env: { ...process.env, DATABASE_URL: url, NO_COLOR: "1", NODE_OPTIONS: "" },
  });
}

test(
  "with DATABASE_URL the example orders through pg, Kysely and Drizzle too, and leaves nothing behind",
  { timeout: 240_000 },
  async () => {
    const { stdout, stderr } = await runExample(database.url);

    expect(stdout).toBe(readFileSync(`${EXAMPLE}.out`, "utf8"));
    expect(stderr.trim().split("\n")).toEqual([
      "pg: the second order is rolled back, insufficient_credits",
      "pg: 880 credits left",
      "kysely: the second order is rolled back, insufficient_credits",
      "kysely: 760 credits left",
      "drizzle over pg: the second order is rolled back, insufficient_credits",
      "drizzle over pg: 640 credits left",
      "orders: drizzle over pg-1, kysely-1, pg-1",
    ]);

    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query("SELECT 1 FROM pg_namespace WHERE nspname = 'coffer_example'");
    await client.end();
    expect(rows).toEqual([]);
  },
);
