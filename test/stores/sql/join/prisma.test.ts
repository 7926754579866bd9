import { describe, expect, it } from "vitest";
import { fromPrisma as fromPrismaMysql } from "../../../../src/stores/sql/join/mysql.js";
import { fromPrisma } from "../../../../src/stores/sql/join/postgres.js";
import { fromPrisma as fromPrismaSqlite } from "../../../../src/stores/sql/join/sqlite.js";

/** As Prisma's client for a transaction: rows of a query, the number of rows of a statement, no connection to open. */
function transactionOf(sent: unknown[]): Parameters<typeof fromPrisma>[0] {
  return {
    $queryRawUnsafe: async (...statement) => {
      sent.push(["query", ...statement]);
      return [{ id: "a" }];
    },
    $executeRawUnsafe: async (...statement) => {
      sent.push(["execute", ...statement]);
      return 1;
    },
  };
}

describe("fromPrisma", () => {
  it("asks for rows where there are some, and for a number where there are none", async () => {
    const sent: unknown[] = [];
    const tx = fromPrisma(transactionOf(sent));
    expect(tx.dialect).toBe("postgres");
    expect(await tx.run({ text: "SELECT id FROM t WHERE v = $1", values: ["?"] })).toEqual([{ id: "a" }]);
    expect(await tx.run({ text: "INSERT INTO t VALUES ($1, $2)", values: ["b", null] })).toEqual([]);
    expect(sent).toEqual([
      ["query", "SELECT id FROM t WHERE v = $1", "?"],
      ["execute", "INSERT INTO t VALUES ($1, $2)", "b", null],
    ]);
  });

  it("knows its dialect", () => {
    expect(fromPrismaMysql(transactionOf([])).dialect).toBe("mysql");
    expect(fromPrismaSqlite(transactionOf([])).dialect).toBe("sqlite");
  });

  it("refuses the client itself, whose statements go to any connection", () => {
    const client = { ...transactionOf([]), $connect: async () => {} };
    // @ts-expect-error - the client
    expect(() => fromPrisma(client)).toThrow(
      "fromPrisma got an object: pass the client that `prisma.$transaction(",
    );
  });
});
