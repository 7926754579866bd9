import type { SqlTransaction } from "../statement.js";
import { type DrizzleTransaction, overDrizzle } from "./drizzle.js";
import { type KnexTransaction, overKnex } from "./knex.js";
import { type KyselyTransaction, overKysely } from "./kysely.js";
import { type PrismaTransaction, overPrisma } from "./prisma.js";

export { fromMysql2, type Mysql2Connection } from "./mysql2.js";
export type { DrizzleTransaction, KnexTransaction, KyselyTransaction, PrismaTransaction };

/**
 * Joins a transaction of Kysely over MySQL or MariaDB. Plugins of the app do not touch the statements.
 *
 * @example
 * ```ts
 * import { fromKysely } from "coffer/mysql";
 *
 * await kysely.transaction().execute(async (trx) => {
 *   await trx.insertInto("orders").values({ id: orderId }).execute();
 *   await credits.withTransaction(fromKysely(trx)).withdraw(request);
 * });
 * ```
 */
export function fromKysely(trx: KyselyTransaction): SqlTransaction<"mysql"> {
  return overKysely("mysql", trx);
}

/**
 * Joins a transaction of Drizzle over mysql2.
 *
 * @example
 * ```ts
 * import { fromDrizzle } from "coffer/mysql";
 * import { mysqlTable, varchar } from "drizzle-orm/mysql-core";
 * import { drizzle } from "drizzle-orm/mysql2";
 *
 * const orders = mysqlTable("orders", { id: varchar({ length: 64 }).primaryKey() });
 * const db = drizzle(process.env["DATABASE_URL"] ?? "");
 *
 * await db.transaction(async (tx) => {
 *   await tx.insert(orders).values({ id: orderId });
 *   await credits.withTransaction(fromDrizzle(tx)).withdraw(request);
 * });
 * ```
 */
export function fromDrizzle(tx: DrizzleTransaction): SqlTransaction<"mysql"> {
  return overDrizzle("mysql", tx);
}

/**
 * Joins an interactive transaction of Prisma over MySQL or MariaDB.
 *
 * @example
 * ```ts
 * import { fromPrisma } from "coffer/mysql";
 *
 * await prisma.$transaction(async (tx) => {
 *   await tx.order.create({ data: { id: orderId } });
 *   await credits.withTransaction(fromPrisma(tx)).withdraw(request);
 * });
 * ```
 */
export function fromPrisma(tx: PrismaTransaction): SqlTransaction<"mysql"> {
  return overPrisma("mysql", tx);
}

/**
 * Joins a transaction of Knex over MySQL or MariaDB.
 *
 * @example
 * ```ts
 * import { fromKnex } from "coffer/mysql";
 *
 * await knex.transaction(async (trx) => {
 *   await trx("orders").insert({ id: orderId });
 *   await credits.withTransaction(fromKnex(trx)).withdraw(request);
 * });
 * ```
 */
export function fromKnex(trx: KnexTransaction): SqlTransaction<"mysql"> {
  return overKnex("mysql", trx);
}
