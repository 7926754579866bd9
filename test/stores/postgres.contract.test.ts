import { postgresStore } from "coffer/postgres";
import type { PostgresPool } from "coffer/postgres";
import pg from "pg";
import postgres from "postgres";
import { afterAll } from "vitest";
import { fromPg } from "../../src/stores/sql/join/pg.js";
import { fromPostgresJs } from "../../src/stores/sql/join/postgres-js.js";
import { freshPostgres } from "../support/databases.js";
import { AppTransactions } from "./contract/app-transactions.js";
import type { AppTransaction, Harness } from "./contract/harness.js";
import { PostgresSchema } from "./contract/postgres-schema.js";
import { contractSuite } from "./contract/suite.js";

const database = await freshPostgres();
const pool = new pg.Pool({ connectionString: database.url, max: 20 });
const sql = postgres(database.url, { max: 20, onnotice: () => undefined });
// Connections of their own, as other processes have.
const otherPool = new pg.Pool({ connectionString: database.url, max: 10 });
const otherSql = postgres(database.url, { max: 10, onnotice: () => undefined });

afterAll(async () => {
  await Promise.all([pool.end(), otherPool.end(), sql.end(), otherSql.end()]);
  await database.drop();
});

function inSchema(
  name: string,
  pools: { readonly own: PostgresPool; readonly others: PostgresPool },
  begin: (open: AppTransactions) => Promise<AppTransaction>,
): Harness {
  const schema = new PostgresSchema(name, async (text) => (await pool.query<{ name: string }>(text)).rows);
  return {
    capabilities: { isShared: true, hasRowLocks: true, joinsTransactions: true },
    open: async () => {
      const store = postgresStore({ pool: pools.own, schema: name });
      const open = new AppTransactions();
      await schema.prepare(() => store.migrate());
      return {
        store,
        another: () => Promise.resolve(postgresStore({ pool: pools.others, schema: name })),
        begin: () => begin(open),
        dispose: async () => {
          await open.rollbackAll();
          await store.close();
          await schema.empty();
        },
      };
    },
  };
}

contractSuite(
  "PostgreSQL through pg",
  inSchema("through_pg", { own: pool, others: otherPool }, async (open) => {
    const client = await pool.connect();
    await client.query("BEGIN");
    return open.add(fromPg(client), async (how) => {
      await client.query(how);
      client.release();
    });
  }),
);

contractSuite(
  "PostgreSQL through postgres.js",
  inSchema("through_postgres_js", { own: sql, others: otherSql }, async (open) => {
    const connection = await sql.reserve();
    await connection`BEGIN`;
    return open.add(fromPostgresJs(connection), async (how) => {
      await connection.unsafe(how);
      connection.release();
    });
  }),
);
