import { PGlite } from "@electric-sql/pglite";
import {
  fromDrizzle,
  fromKnex,
  fromKysely,
  fromPg,
  fromPglite,
  fromPostgresJs,
  postgresStore,
} from "coffer/postgres";
import { drizzle as drizzleNodePg } from "drizzle-orm/node-postgres";
import { pgTable, text } from "drizzle-orm/pg-core";
import { drizzle as drizzlePglite } from "drizzle-orm/pglite";
import { drizzle as drizzlePostgresJs } from "drizzle-orm/postgres-js";
import Knex from "knex";
import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import postgres from "postgres";
import { afterAll, beforeAll, describe } from "vitest";
import { freshPostgres, type Database } from "../../../support/databases.js";
import { ordersAreRetried, ordersKeepTogether, type Level, type Shop } from "./orders.js";

type Transact = Shop<"postgres">["transact"];

const TABLE = "CREATE TABLE orders (id text PRIMARY KEY)";
const INSERT = "INSERT INTO orders (id) VALUES ($1)";
const LIST = "SELECT id FROM orders ORDER BY id";
const orders = pgTable("orders", { id: text("id").primaryKey() });
const ends: (() => Promise<unknown>)[] = [];

let database: Database;
let server: Omit<Shop<"postgres">, "transact">;
let within: Omit<Shop<"postgres">, "transact">;
let pglite: PGlite;

const ids = (rows: readonly { readonly id: string }[]) => rows.map(({ id }) => id);

function pool(max = 3): pg.Pool {
  const opened = new pg.Pool({ connectionString: database.url, max });
  ends.push(() => opened.end());
  return opened;
}

/** Drizzle changes the parsers of what it is given: each has one of its own. */
function sqlOfOwn(): postgres.Sql {
  const sql = postgres(database.url, { max: 2, onnotice: () => {} });
  ends.push(() => sql.end());
  return sql;
}

const isolation = (level: Level) => (level === "default" ? "read committed" : level);

const overPg = async (): Promise<Transact> => {
  const clients = pool();
  return async (work, level) => {
    const client = await clients.connect();
    try {
      await client.query(`BEGIN ISOLATION LEVEL ${isolation(level)}`);
      await work(fromPg(client), (id) => client.query(INSERT, [id]));
      await client.query("COMMIT");
    } catch (error) {
      await client.query("ROLLBACK");
      throw error;
    } finally {
      client.release();
    }
  };
};

const overPostgresJs = async (): Promise<Transact> => {
  const sql = sqlOfOwn();
  return (work, level) =>
    sql.begin(`isolation level ${isolation(level)}`, async (tx) => {
      await work(fromPostgresJs(tx), (id) => tx`INSERT INTO orders (id) VALUES (${id})`);
    });
};

const overKysely = async (): Promise<Transact> => {
  const db = new Kysely<Record<"orders", { id: string }>>({ dialect: new PostgresDialect({ pool: pool() }) });
  return (work, level) =>
    db
      .transaction()
      .setIsolationLevel(isolation(level))
      .execute((trx) => work(fromKysely(trx), (id) => trx.insertInto("orders").values({ id }).execute()));
};

const overDrizzle = async (): Promise<Transact> => {
  const db = drizzleNodePg(pool());
  return (work, level) =>
    db.transaction((tx) => work(fromDrizzle(tx), (id) => tx.insert(orders).values({ id })), {
      isolationLevel: isolation(level),
    });
};

const overDrizzleOnPostgresJs = async (): Promise<Transact> => {
  const db = drizzlePostgresJs(sqlOfOwn());
  return (work, level) =>
    db.transaction((tx) => work(fromDrizzle(tx), (id) => tx.insert(orders).values({ id })), {
      isolationLevel: isolation(level),
    });
};

const overKnex = async (): Promise<Transact> => {
  const knex = Knex({ client: "pg", connection: database.url, pool: { min: 0, max: 2 } });
  ends.push(() => knex.destroy());
  return (work, level) =>
    knex.transaction((trx) => work(fromKnex(trx), (id) => trx("orders").insert({ id })), {
      isolationLevel: isolation(level),
    });
};

beforeAll(async () => {
  database = await freshPostgres();
  const clients = pool();
  const store = postgresStore({ pool: clients });
  await store.migrate();
  await clients.query(TABLE);
  server = {
    store,
    another: postgresStore({ pool: pool() }),
    orders: async () => ids((await clients.query<{ id: string }>(LIST)).rows),
  };
  pglite = await PGlite.create();
  await pglite.exec(TABLE);
  const inPglite = postgresStore({ pool: pglite });
  await inPglite.migrate();
  within = {
    store: inPglite,
    another: postgresStore({ pool: pglite }),
    orders: async () => ids((await pglite.query<{ id: string }>(LIST)).rows),
  };
});

afterAll(async () => {
  for (const end of ends) await end();
  await pglite.close();
  await database.drop();
});

describe.each([
  ["pg", overPg],
  ["postgres.js", overPostgresJs],
  ["Kysely", overKysely],
  ["Drizzle over node-postgres", overDrizzle],
  ["Drizzle over postgres.js", overDrizzleOnPostgresJs],
  ["Knex", overKnex],
])("%s on PostgreSQL", (_name, open) => {
  let shop: Shop<"postgres">;
  beforeAll(async () => {
    shop = { ...server, transact: await open() };
  });
  ordersKeepTogether(() => shop);
  ordersAreRetried(() => shop, ["repeatable read", "serializable"]);
});

describe("PGlite, whose one session knows no others that write", () => {
  ordersKeepTogether(() => ({
    ...within,
    transact: (work) => pglite.transaction((tx) => work(fromPglite(tx), (id) => tx.query(INSERT, [id]))),
  }));
});

describe("Drizzle over PGlite", () => {
  ordersKeepTogether(() => ({
    ...within,
    transact: (work) =>
      drizzlePglite(pglite).transaction((tx) =>
        work(fromDrizzle(tx), (id) => tx.insert(orders).values({ id })),
      ),
  }));
});
