import { fromPg, postgresStore } from "coffer/postgres";
import pg from "pg";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Database, freshPostgres } from "../../support/databases.js";
import { change, key } from "../rows.js";

let database: Database;
let pool: pg.Pool;
beforeEach(async () => {
  database = await freshPostgres();
  pool = new pg.Pool({ connectionString: database.url, max: 2 });
  await postgresStore({ pool }).migrate();
});
afterEach(async () => {
  await pool.end();
  await database.drop();
});

it("a transaction that was not begun, or has ended, is refused: no statement of it commits by itself", async () => {
  const store = postgresStore({ pool });
  const client = await pool.connect();
  try {
    const write = () => store.transact([{ key: key(1) }], () => [change(key(1), 0)], { tx: fromPg(client) });
    await expect(write()).rejects.toMatchObject({
      kind: "permanent",
      message: expect.stringMatching(/is not open/u),
    });
    await client.query("BEGIN");
    await client.query("COMMIT");
    await expect(write()).rejects.toMatchObject({
      kind: "permanent",
      message: expect.stringMatching(/is not open/u),
    });
    const rows = await client.query("SELECT FROM coffer.wallet");
    expect(rows.rowCount).toBe(0);

    await client.query("BEGIN");
    await write();
    await client.query("COMMIT");
  } finally {
    client.release();
  }
  const [snapshot] = await store.load([{ key: key(1) }]);
  expect(snapshot?.version).toBe(1);
});
