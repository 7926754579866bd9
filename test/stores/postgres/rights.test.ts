import { postgresStore } from "coffer/postgres";
import pg from "pg";
import { expect, it } from "vitest";
import { freshPostgres } from "../../support/databases.js";
import { change, key } from "../rows.js";

it("a role that may only work with the rows starts as any other, once the tables are there", async () => {
  const database = await freshPostgres();
  const owner = new pg.Pool({ connectionString: database.url, max: 1 });
  const role = `app_${new URL(database.url).pathname.slice(-8)}`;
  const url = new URL(database.url);
  url.username = role;
  url.password = "app";
  const pool = new pg.Pool({ connectionString: url.href, max: 1 });
  try {
    await postgresStore({ pool: owner }).migrate();
    await owner.query(`CREATE ROLE ${role} LOGIN PASSWORD 'app'`);
    await owner.query(`GRANT USAGE ON SCHEMA coffer TO ${role}`);
    await owner.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA coffer TO ${role}`);
    const store = postgresStore({ pool });
    await store.migrate();
    expect(await store.commit([change(key(), 0)])).toEqual([{ status: "committed" }]);
  } finally {
    await pool.end();
    await owner.query(`DROP OWNED BY ${role}`);
    await owner.query(`DROP ROLE ${role}`);
    await owner.end();
    await database.drop();
  }
});
