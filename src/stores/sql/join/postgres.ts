import type { SqlTransaction } from "../statement.js";
import { type DrizzleTransaction, overDrizzle } from "./drizzle.js";
import { type KnexTransaction, overKnex } from "./knex.js";
import { type KyselyTransaction, overKysely } from "./kysely.js";
import { type PrismaTransaction, overPrisma } from "./prisma.js";

export { fromPg, type PgClient } from "./pg.js";
export { fromPostgresJs, type PostgresJsSql } from "./postgres-js.js";
export { fromPglite, type PgliteTransaction } from "./pglite.js";
export type { DrizzleTransaction, KnexTransaction, KyselyTransaction, PrismaTransaction };

/**
 * Joins a transaction of Kysely over PostgreSQL. Plugins of the app do not touch the statements.
 *
 * @example
 * ```ts
 * import { fromKysely } from "coffer/postgres";
 *
 * await kysely.transaction().execute(async (trx) => {
 *   await trx.insertInto("orders").values({ id: orderId }).execute();
 *   await credits.withTransaction(fromKysely(trx)).withdraw(request);
 * });
 * ```
 */
export function fromKysely(trx: KyselyTransaction): SqlTransaction<"postgres"> {
  return overKysely("postgres", trx);
}

/**
 * Joins a transaction of Drizzle over node-postgres, postgres.js or PGlite.
 *
 * @example
 * ```ts
 * import { fromDrizzle } from "coffer/postgres";
 * import { pgTable, text } from "drizzle-orm/pg-core";
 * import { drizzle } from "drizzle-orm/node-postgres";
 *
 * const orders = pgTable("orders", { id: text().primaryKey() });
 * const db = drizzle(process.env["DATABASE_URL"] ?? "");
 *
 * await db.transaction(async (tx) => {
 *   await tx.insert(orders).values({ id: orderId });
 *   await credits.withTransaction(fromDrizzle(tx)).withdraw(request);
 * });
 * ```
 */
export function fromDrizzle(tx: DrizzleTransaction): SqlTransaction<"postgres"> {
  return overDrizzle("postgres", tx);
}

/**
 * Joins an interactive transaction of Prisma over PostgreSQL.
 *
 * @example
 * ```ts
 * import { fromPrisma } from "coffer/postgres";
 *
 * await prisma.$transaction(async (tx) => {
 *   await tx.order.create({ data: { id: orderId } });
 *   await credits.withTransaction(fromPrisma(tx)).withdraw(request);
 * });
 * ```
 */
export function fromPrisma(tx: PrismaTransaction): SqlTransaction<"postgres"> {
  return overPrisma("postgres", tx);
}

/**
 * Joins a transaction of Knex over PostgreSQL.
 *
 * @example
 * ```ts
 * import { fromKnex } from "coffer/postgres";
 *
 * await knex.transaction(async (trx) => {
 *   await trx("orders").insert({ id: orderId });
 *   await credits.withTransaction(fromKnex(trx)).withdraw(request);
 * });
 * ```
 */
export function fromKnex(trx: KnexTransaction): SqlTransaction<"postgres"> {
  return overKnex("postgres", trx);
}
