import { PGlite } from "@electric-sql/pglite";
import { postgresStore } from "coffer/postgres";
import { afterEach, beforeEach, expect, it } from "vitest";
import { change, key } from "../rows.js";

let database: PGlite;
beforeEach(async () => {
  database = await PGlite.create();
});
afterEach(() => database.close());

it("a call whose time is up while the app's transaction is open leaves the session free", async () => {
  const store = postgresStore({ pool: database });
  await store.migrate();
  await store.load([{ key: key(1) }]);
  let finish = () => {};
  const open = database.transaction(() => new Promise<void>((resolve) => (finish = resolve)));
  const write = () => store.transact([{ key: key(1) }], () => [change(key(1), 0)], { timeoutMs: 200 });
  await expect(write()).rejects.toMatchObject({ kind: "transient" });
  finish();
  await open;
  const { rows } = await database.query("SELECT 1 AS one");
  expect(rows).toEqual([{ one: 1 }]);
  const [snapshot] = await store.load([{ key: key(1) }]);
  expect(snapshot?.version).toBe(0);
}, 20_000);
