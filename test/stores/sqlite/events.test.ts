/** Consumers over SQLite: the outbox of a real database. */
import BetterSqlite3 from "better-sqlite3";
import { sqliteStore } from "coffer/sqlite";
import { consumers } from "../../engine/events/consumers.js";

consumers(async () => {
  const database = new BetterSqlite3(":memory:");
  const store = sqliteStore({ database });
  await store.migrate();
  const close = async () => {
    await store.close();
    database.close();
  };
  return { store, close };
});
