import type { SqlTransaction } from "../statement.js";
import { type DrizzleSqlite, overDrizzleSqlite } from "./drizzle.js";
import { type KnexTransaction, overKnex } from "./knex.js";
import { type KyselyTransaction, overKysely } from "./kysely.js";
import { type PrismaTransaction, overPrisma } from "./prisma.js";

export { fromBetterSqlite3, type BetterSqlite3Database } from "./better-sqlite3.js";
export { fromNodeSqlite, type NodeSqliteDatabase } from "./node-sqlite.js";
export type { DrizzleSqlite, KnexTransaction, KyselyTransaction, PrismaTransaction };

/**
 * Joins a transaction of Kysely over SQLite. Plugins of the app do not touch the statements.
 *
 * @example
 * ```ts
 * import { fromKysely } from "coffer/sqlite";
 *
 * await kysely.transaction().execute(async (trx) => {
 *   await trx.insertInto("orders").values({ id: orderId }).execute();
 *   await credits.withTransaction(fromKysely(trx)).withdraw(request);
 * });
 * ```
 */
export function fromKysely(trx: KyselyTransaction): SqlTransaction<"sqlite"> {
  return overKysely("sqlite", trx);
}

/**
 * Joins a transaction of Drizzle over SQLite. Over better-sqlite3 and libsql its own transactions never await:
 * there, begin and end one by statements on the database.
 *
 * @example
 * ```ts
 * import { fromDrizzle } from "coffer/sqlite";
 * import { sql } from "drizzle-orm";
 * import { drizzle } from "drizzle-orm/better-sqlite3";
 * import { sqliteTable, text } from "drizzle-orm/sqlite-core";
 *
 * const orders = sqliteTable("orders", { id: text().primaryKey() });
 * const db = drizzle("app.db");
 *
 * db.run(sql`BEGIN IMMEDIATE`);
 * try {
 *   db.insert(orders).values({ id: orderId }).run();
 *   await credits.withTransaction(fromDrizzle(db)).withdraw(request);
 *   db.run(sql`COMMIT`);
 * } catch (error) {
 *   db.run(sql`ROLLBACK`);
 *   throw error;
 * }
 * ```
 */
export function fromDrizzle(tx: DrizzleSqlite): SqlTransaction<"sqlite"> {
  return overDrizzleSqlite(tx);
}

/**
 * Joins an interactive transaction of Prisma over SQLite.
 *
 * @example
 * ```ts
 * import { fromPrisma } from "coffer/sqlite";
 *
 * await prisma.$transaction(async (tx) => {
 *   await tx.order.create({ data: { id: orderId } });
 *   await credits.withTransaction(fromPrisma(tx)).withdraw(request);
 * });
 * ```
 */
export function fromPrisma(tx: PrismaTransaction): SqlTransaction<"sqlite"> {
  return overPrisma("sqlite", tx);
}

/**
 * Joins a transaction of Knex over SQLite.
 *
 * @example
 * ```ts
 * import { fromKnex } from "coffer/sqlite";
 *
 * await knex.transaction(async (trx) => {
 *   await trx("orders").insert({ id: orderId });
 *   await credits.withTransaction(fromKnex(trx)).withdraw(request);
 * });
 * ```
 */
export function fromKnex(trx: KnexTransaction): SqlTransaction<"sqlite"> {
  return overKnex("sqlite", trx);
}
