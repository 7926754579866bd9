/** The oldest PostgreSQL that the store claims. */
import pg from "pg";
import { describe, expect, it } from "vitest";
import { freshPostgres13, isHere } from "../../support/databases.js";
import { lawsThroughPg } from "./laws.js";

describe.runIf(await isHere("postgres13", "the laws on PostgreSQL 13"))("the oldest PostgreSQL", () => {
  it("is 13", async () => {
    const { url, drop } = await freshPostgres13();
    const client = new pg.Client(url);
    await client.connect();
    const { rows } = await client.query("SHOW server_version");
    expect(rows).toEqual([{ server_version: expect.stringMatching(/^13\./) as string }]);
    await client.end();
    await drop();
  });

  lawsThroughPg("PostgreSQL 13", { fresh: freshPostgres13, histories: 3 });
});
