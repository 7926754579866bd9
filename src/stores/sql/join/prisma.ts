import type { Dialect, SqlTransaction } from "../statement.js";
import { has, rowsOf, wrong } from "./given.js";
import { returnsRows } from "./returns-rows.js";

/** What is used of the client that Prisma gives to an interactive transaction. */
export interface PrismaTransaction {
  $queryRawUnsafe(text: string, ...values: (string | null)[]): PromiseLike<unknown>;
  $executeRawUnsafe(text: string, ...values: (string | null)[]): PromiseLike<number>;
  /** The whole client has it: its statements go to any connection. */
  readonly $connect?: never;
}

const INSTEAD = "pass the client that `prisma.$transaction(async (tx) => …)` gives.";

export function overPrisma<Of extends Dialect>(dialect: Of, tx: PrismaTransaction): SqlTransaction<Of> {
  if (!has(tx, "$queryRawUnsafe", "$executeRawUnsafe") || has(tx, "$connect")) {
    throw wrong("fromPrisma", tx, INSTEAD);
  }
  return {
    dialect,
    run: async ({ text, values }) => {
      if (returnsRows(text)) return rowsOf(await tx.$queryRawUnsafe(text, ...values));
      await tx.$executeRawUnsafe(text, ...values);
      return [];
    },
  };
}
