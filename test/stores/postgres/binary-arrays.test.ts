/** What is sent in the binary format is what the server reads: asked of the server itself. */
import fc from "fast-check";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BytePool } from "../../../src/store/intake/byte-pool.js";
import { binaryArray } from "../../../src/stores/postgres/binary-arrays.js";
import type { ColumnKind } from "../../../src/stores/sql/columns.js";
import { type Database, freshPostgres } from "../../support/databases.js";

let database: Database;
let client: pg.Client;
beforeAll(async () => {
  database = await freshPostgres();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

/** The elements as the server writes them down. */
async function read(
  kind: ColumnKind,
  type: string,
  values: readonly unknown[],
): Promise<readonly (string | null)[]> {
  const element = type === "bytea" ? "encode(x, 'hex')" : "x::text";
  const { rows } = await client.query<{ element: string | null }>(
    `select ${element} as element from unnest($1::${type}[]) with ordinality as a (x, n) order by n`,
    [binaryArray(kind, values)],
  );
  return rows.map((row) => row.element);
}

describe("an array in the binary format", () => {
  it("holds integers of up to 64 bits, as numbers, bigints or a wallet's hex digits, and nulls", async () => {
    const values = [
      0,
      -1,
      2 ** 53 - 1,
      -(2 ** 53 - 1),
      2 ** 32,
      -(2 ** 32) - 1,
      2n ** 63n - 1n,
      -(2n ** 63n),
    ];
    expect(await read("integer", "int8", [...values, null, "00000000000000ff", "7fffffffffffffff"])).toEqual([
      ...values.map(String),
      null,
      "255",
      "9223372036854775807",
    ]);
  });

  it("holds parts, flags and bytes", async () => {
    expect(await read("part", "int2", [0, 255])).toEqual(["0", "255"]);
    expect(await read("flag", "bool", [true, false, null])).toEqual(["true", "false", null]);
    const kept = new BytePool().keep(Uint8Array.of(0, 255, 16));
    expect(await read("bytes", "bytea", [kept, Uint8Array.of(), null, Uint8Array.of(1)])).toEqual([
      "00ff10",
      "",
      null,
      "01",
    ]);
  });

  it("is empty, too", async () => {
    expect(await read("text", "text", [])).toEqual([]);
  });

  it("holds any well-formed text and any integer as it is", async () => {
    const text = fc.string({ unit: "grapheme", maxLength: 40 }).filter((one) => !one.includes("\0"));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.option(text)),
        fc.array(fc.option(fc.maxSafeInteger())),
        async (texts, numbers) => {
          expect(await read("key512", "text", texts)).toEqual(texts);
          expect(await read("integer", "int8", numbers)).toEqual(
            numbers.map((one) => (one === null ? null : String(one))),
          );
        },
      ),
      { numRuns: 100 },
    );
  });
});
