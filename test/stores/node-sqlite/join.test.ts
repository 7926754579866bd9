import { join } from "node:path";
import { expect, it } from "vitest";
import { classifySqlite } from "../../../src/stores/sql/failures/sqlite.js";
import { CREATE, errorOf, exercise } from "../sql/join/tricky.js";
import { freshFolder, joined, openAsApp } from "../sqlite/files.js";

it("a transaction of node:sqlite runs statements within it, and leaves nothing after a rollback", async () => {
  const folder = await freshFolder();
  const database = await openAsApp("node:sqlite", join(folder.path, "app.db"));
  database.exec(CREATE);
  database.exec("BEGIN IMMEDIATE");
  const tx = joined("node:sqlite", database);
  await exercise(tx);
  expect(classifySqlite(await errorOf(tx, "SELECT * FROM nowhere"))).toMatchObject({
    outcome: "undone",
    again: false,
    said: expect.stringMatching(/no such table: nowhere/u) as string,
  });
  expect(
    await tx.run({ text: "INSERT INTO coffer_join (id) VALUES (?) RETURNING id", values: ["a"] }),
  ).toEqual([expect.objectContaining({ id: "a" })]);
  database.exec("ROLLBACK");
  expect(database.prepare("SELECT id FROM coffer_join").all([])).toEqual([]);
  database.close();
  await folder.remove();
});
