import { PGlite } from "@electric-sql/pglite";
import { postgresStore } from "coffer/postgres";
import { afterAll } from "vitest";
import { fromPglite } from "../../src/stores/sql/join/pglite.js";
import { AppTransactions } from "./contract/app-transactions.js";
import type { AppTransaction } from "./contract/harness.js";
import { PostgresSchema } from "./contract/postgres-schema.js";
import { contractSuite } from "./contract/suite.js";

const database = await PGlite.create();
const schema = new PostgresSchema(
  "coffer",
  async (text) => (await database.query<{ name: string }>(text)).rows,
);
afterAll(() => database.close());

/** A transaction whose callback waits to be told how to end. */
async function begin(open: AppTransactions): Promise<AppTransaction> {
  return await new Promise((give, fail) => {
    const done = database.transaction(async (tx) => {
      const how = await new Promise<"commit" | "rollback">((tell) => {
        const end = async (how: "commit" | "rollback") => {
          tell(how);
          await done;
        };
        give(open.add(fromPglite(tx), end));
      });
      if (how === "rollback") await tx.rollback();
    });
    done.catch(fail);
  });
}

contractSuite("PGlite", {
  // One connection in one process: whoever is in a transaction is alone.
  capabilities: { isShared: false, hasRowLocks: false, joinsTransactions: true },
  // Its decoder drops a mark at the start of a text that stands in a column of its own.
  alteredByDriver: ["a byte order mark"],
  open: async () => {
    const store = postgresStore({ pool: database, schema: schema.name });
    const open = new AppTransactions();
    await schema.prepare(() => store.migrate());
    return {
      store,
      begin: () => begin(open),
      dispose: async () => {
        await open.rollbackAll();
        await store.close();
        await schema.empty();
      },
    };
  },
});
