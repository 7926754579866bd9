import { CompiledQuery } from "kysely";
import type { Dialect, SqlTransaction } from "../statement.js";
import { given, has, rowsOf, wrong } from "./given.js";
import { withoutQuestionMarks } from "./placeholders.js";

/** What is used of a `Transaction` of Kysely, a controlled one too. */
export interface KyselyTransaction {
  readonly isTransaction: true;
  withoutPlugins(): {
    executeQuery(query: CompiledQuery): Promise<{ readonly rows: readonly unknown[] }>;
  };
}

const INSTEAD = "pass the transaction that `db.transaction().execute(async (trx) => …)` gives.";

/** Plugins are left out: one that renames columns would rename the library's, too. */
export function overKysely<Of extends Dialect>(dialect: Of, trx: KyselyTransaction): SqlTransaction<Of> {
  if (!has(trx, "withoutPlugins") || given(trx)["isTransaction"] !== true) {
    throw wrong("fromKysely", trx, INSTEAD);
  }
  const plain = trx.withoutPlugins();
  return {
    dialect,
    run: async (statement) => {
      // Its MySQL driver puts values into the text itself.
      const { text, values } = dialect === "mysql" ? withoutQuestionMarks(statement) : statement;
      return rowsOf(await plain.executeQuery(CompiledQuery.raw(text, [...values])));
    },
  };
}
