/** A process of its own that works on a store alone. */
import { sqliteStore } from "coffer/sqlite";
import { type Given, runChild, say } from "./child.js";
import { commitRounds } from "./rounds.js";

/** Commits until it is killed; says each round that was acknowledged. */
async function commit(given: Given): Promise<void> {
  const store = sqliteStore({ path: given.path, driver: given.driver });
  await commitRounds(store, (round) => say(String(round)));
}

/** Makes file and tables while others do. */
async function migrate(given: Given): Promise<void> {
  const store = sqliteStore({ path: given.path, driver: given.driver });
  await store.migrate();
  say("migrated");
  await store.close();
}

await runChild({ commit, migrate });
