/** What is no transaction of SQLite is refused with the name of what makes one. */
import { createCreditEngine, defineCatalog } from "coffer";
import { sqliteStore } from "coffer/sqlite";
import { expect, test } from "vitest";

const catalog = defineCatalog({ currencies: { tokens: { name: "Tokens" } } });

test.each([
  ["an object of none", {}, "an object"],
  ["one of another database", { dialect: "postgres" }, "postgres"],
  ["a text", "BEGIN", "a string"],
])("%s", async (_, tx, named) => {
  const store = sqliteStore({ path: ":memory:" });
  const credits = createCreditEngine({ catalog, store });
  const scoped = credits.withTransaction(tx as never);
  const refused = scoped.balance({ customerId: "acme", currency: "tokens" });
  await expect(refused).rejects.toMatchObject({ code: "unsupported" });
  await expect(refused).rejects.toThrow(`got one of ${named}`);
  await expect(refused).rejects.toThrow("fromBetterSqlite3");
  await store.close();
});
