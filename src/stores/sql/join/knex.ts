import type { Dialect, SqlTransaction } from "../statement.js";
import { given, has, rowsOf, wrong } from "./given.js";
import { asQuestionMarks } from "./placeholders.js";

/** What is used of a `Transaction` of Knex. */
export interface KnexTransaction {
  raw(text: string, values: (string | null)[]): PromiseLike<unknown>;
  readonly isTransaction?: boolean;
  isCompleted(): boolean;
}

const INSTEAD = "pass the transaction that `knex.transaction(async (trx) => …)` gives.";

/** mysql2 answers with rows and the description of their columns, or with a header where there are no rows. */
function answered(dialect: Dialect, answer: unknown): unknown {
  return dialect === "mysql" && Array.isArray(answer) ? (answer as readonly unknown[])[0] : answer;
}

export function overKnex<Of extends Dialect>(dialect: Of, trx: KnexTransaction): SqlTransaction<Of> {
  if (!has(trx, "raw", "isCompleted") || given(trx)["isTransaction"] !== true) {
    throw wrong("fromKnex", trx, INSTEAD);
  }
  return {
    dialect,
    run: async (statement) => {
      const { text, values } = asQuestionMarks(dialect, statement);
      return rowsOf(answered(dialect, await trx.raw(text, [...values])));
    },
  };
}
