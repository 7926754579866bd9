/**
 * An order and the credits that pay for it, in one transaction of PostgreSQL: they are committed together, or not at all.
 * PGlite is PostgreSQL within the process, so this runs anywhere. With DATABASE_URL set, a server is used as well, and what
 * happens there is told on stderr.
 */
import { PGlite } from "@electric-sql/pglite";
import { createCreditEngine, CreditError, defineCatalog } from "coffer";
import {
  fromDrizzle,
  fromKysely,
  fromPg,
  fromPglite,
  fromPrisma,
  type PostgresPool,
  postgresStore,
  type PrismaTransaction,
  type SqlTransaction,
} from "coffer/postgres";
import { manualClock } from "coffer/testing";
import { sql } from "drizzle-orm";
import { drizzle as drizzleOverPg } from "drizzle-orm/node-postgres";
import { drizzle } from "drizzle-orm/pglite";
import { Kysely, PostgresDialect } from "kysely";
import { Pool } from "pg";

const catalog = defineCatalog({
  currencies: { tokens: { name: "AI tokens" } },
  features: { image: { currency: "tokens", rate: { credits: 40 } } }, // 40 credits an image
});
const SCHEMA = "coffer_example";
const PREPARE = [
  `DROP SCHEMA IF EXISTS ${SCHEMA} CASCADE`,
  `CREATE SCHEMA ${SCHEMA}`,
  `CREATE TABLE ${SCHEMA}.orders (id text PRIMARY KEY, images int NOT NULL)`,
];
const INSERT = `INSERT INTO ${SCHEMA}.orders (id, images) VALUES ($1, $2)`;
const LIST = `SELECT id FROM ${SCHEMA}.orders ORDER BY id`;

interface Order {
  readonly id: string;
  readonly images: number;
}

/** The app's part of an order, within its transaction: it inserts the row. */
type Insert = (order: Order) => PromiseLike<unknown>;
/** Runs `work` in a transaction of one library, and commits unless it throws. */
type Transact = (work: (tx: SqlTransaction<"postgres">, insert: Insert) => Promise<void>) => Promise<void>;

async function startShop(pool: PostgresPool, say: (text: string) => void) {
  const store = postgresStore({ pool, schema: SCHEMA });
  await store.migrate();
  const credits = createCreditEngine({ catalog, store, clock: manualClock("2026-01-01T00:00:00Z") });
  const wallet = { customerId: "acme", currency: "tokens" } as const;
  await credits.grant({ ...wallet, amount: 1000, category: "promotional", idempotencyKey: "welcome" });

  async function place(transact: Transact, order: Order): Promise<void> {
    let scoped: ReturnType<typeof credits.withTransaction> | undefined;
    try {
      await transact(async (tx, insert) => {
        scoped = credits.withTransaction(tx);
        await insert(order);
        await scoped.withdraw({
          customerId: "acme",
          feature: "image",
          quantity: order.images,
          idempotencyKey: order.id,
        });
      });
      scoped?.committed();
    } catch (error) {
      scoped?.rolledBack();
      throw error;
    }
  }

  /** Places an order that can be paid and one that cannot. */
  async function placeTwo(library: string, transact: Transact): Promise<void> {
    await place(transact, { id: `${library}-1`, images: 3 });
    try {
      await place(transact, { id: `${library}-2`, images: 100 });
    } catch (error) {
      if (!CreditError.is(error, "insufficient_credits")) throw error;
      say(`${library}: the second order is rolled back, ${error.code}`);
    }
    const { available } = await credits.balance(wallet);
    say(`${library}: ${available.toString()} credits left`);
  }

  return { credits, placeTwo };
}

const db = new PGlite();
for (const statement of PREPARE) await db.query(statement);
const shop = await startShop(db, console.log);

// PGlite has one session: within its transaction use the scoped engine only, for all else waits until it ends.
await shop.placeTwo("pglite", (work) =>
  db.transaction((tx) => work(fromPglite(tx), ({ id, images }) => tx.query(INSERT, [id, images]))),
);

const overDrizzle = drizzle(db);
await shop.placeTwo("drizzle", (work) =>
  overDrizzle.transaction((tx) =>
    work(fromDrizzle(tx), ({ id, images }) =>
      tx.execute(sql`INSERT INTO ${sql.raw(SCHEMA)}.orders (id, images) VALUES (${id}, ${images})`),
    ),
  ),
);

// What is used of Prisma's client, over PGlite here: your app passes the client of `prisma.$transaction`.
await shop.placeTwo("prisma", (work) =>
  db.transaction((tx) => {
    const client: PrismaTransaction = {
      $queryRawUnsafe: async (text, ...values) => (await tx.query(text, values)).rows,
      $executeRawUnsafe: async (text, ...values) => (await tx.query(text, values)).affectedRows ?? 0,
    };
    return work(fromPrisma(client), ({ id, images }) => client.$executeRawUnsafe(INSERT, id, String(images)));
  }),
);

console.log("orders:", (await db.query<{ id: string }>(LIST)).rows.map(({ id }) => id).join(", "));
await shop.credits.close();
await db.close();

const url = process.env["DATABASE_URL"];
if (url !== undefined) await onServer(url);

async function onServer(connectionString: string): Promise<void> {
  const pool = new Pool({ connectionString });
  for (const statement of PREPARE) await pool.query(statement);
  const { credits, placeTwo } = await startShop(pool, console.error);

  await placeTwo("pg", async (work) => {
    const client = await pool.connect();
    try {
      await client.query("BEGIN");
      await work(fromPg(client), ({ id, images }) => client.query(INSERT, [id, images]));
      await client.query("COMMIT");
    } catch (error) {
      await client.query("ROLLBACK");
      throw error;
    } finally {
      client.release();
    }
  });

  const kysely = new Kysely<Record<"orders", Order>>({ dialect: new PostgresDialect({ pool }) });
  await placeTwo("kysely", (work) =>
    kysely
      .transaction()
      .execute((trx) =>
        work(fromKysely(trx), (order) => trx.withSchema(SCHEMA).insertInto("orders").values(order).execute()),
      ),
  );

  await placeTwo("drizzle over pg", (work) =>
    drizzleOverPg(pool).transaction((tx) =>
      work(fromDrizzle(tx), ({ id, images }) =>
        tx.execute(sql`INSERT INTO ${sql.raw(SCHEMA)}.orders (id, images) VALUES (${id}, ${images})`),
      ),
    ),
  );

  console.error("orders:", (await pool.query<{ id: string }>(LIST)).rows.map(({ id }) => id).join(", "));
  await credits.close();
  await pool.query(`DROP SCHEMA ${SCHEMA} CASCADE`);
  await kysely.destroy(); // ends the pool
}
