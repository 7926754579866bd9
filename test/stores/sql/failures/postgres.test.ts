import { PGlite } from "@electric-sql/pglite";
import { beforeAll, describe, expect, it } from "vitest";
import { classifyPostgres } from "../../../../src/stores/sql/failures/postgres.js";
import { driverError } from "./driver-errors.js";
import { ALL_SQLSTATES } from "./sqlstates.js";

const AGAIN = new Set(
  "08001 08003 08004 25006 25P03 25P04 26000 40000 40001 40P01 42P05 53000 53200 53300 55006 55P03 57000 57014 57P03 57P05 72000".split(
    " ",
  ),
);
const UNKNOWN = new Set("08000 08006 08007 08P01 40003 57P01 57P02".split(" "));

describe("classifyPostgres", () => {
  it.each(ALL_SQLSTATES)("has a rule for %s", (code) => {
    const failure = classifyPostgres(driverError(`what ${code} says`, { code }));
    expect(failure).toMatchObject({
      outcome: UNKNOWN.has(code) ? "unknown" : "undone",
      again: AGAIN.has(code) || UNKNOWN.has(code),
      said: `what ${code} says`,
    });
  });

  it("leaves codes of classes that PostgreSQL does not have unclassified", () => {
    expect(
      classifyPostgres(driverError("raised by somebody", { code: "AB123", severity: "ERROR" })),
    ).toBeNull();
  });

  it.each(["53100", "53200", "58030", "XX000", "XX001"])(
    "takes %s for rolled back only from a server that goes on",
    (code) => {
      expect(classifyPostgres(driverError("", { code, severity: "ERROR" }))?.outcome).toBe("undone");
      expect(classifyPostgres(driverError("", { code, severity: "FATAL" }))?.outcome).toBe("unknown");
      expect(classifyPostgres(driverError("", { code, severity: "PANIC" }))?.outcome).toBe("unknown");
      expect(classifyPostgres(driverError("", { code, severity: "ОШИБКА" }))?.outcome).toBe("unknown");
    },
  );

  it("takes a login that the server has no room for as undone", () => {
    expect(
      classifyPostgres(driverError("too many clients", { code: "53300", severity: "FATAL" })),
    ).toMatchObject({
      outcome: "undone",
      again: true,
      drop: true,
    });
  });

  it("tells a badly made message from a broken pooler", () => {
    expect(classifyPostgres(driverError("bind", { code: "08P01", severity: "ERROR" }))?.outcome).toBe(
      "undone",
    );
    expect(
      classifyPostgres(driverError("server conn crashed?", { code: "08P01", severity: "FATAL" }))?.outcome,
    ).toBe("unknown");
  });

  it("tries again over another connection when a cached plan is of no more use", () => {
    expect(
      classifyPostgres(driverError("cached plan must not change result type", { code: "0A000" })),
    ).toMatchObject({
      outcome: "undone",
      again: true,
      drop: true,
    });
    expect(classifyPostgres(driverError("no such feature", { code: "0A000" }))?.again).toBe(false);
  });

  it.each([
    ["Connection terminated unexpectedly", "unknown", true],
    ["Connection terminated", "unknown", true],
    ["Query read timeout", "unknown", true],
    ["Received unexpected commandComplete message from backend.", "unknown", true],
    ["Client has encountered a connection error and is not queryable", "undone", true],
    ["Client was closed and is not queryable", "undone", false],
    ["Cannot use a pool after calling end on the pool", "undone", false],
    ["timeout exceeded when trying to connect", "undone", true],
    ["timeout expired", "undone", true],
    ["The server does not support SSL connections", "undone", false],
    ["There was an error establishing an SSL connection", "undone", false],
    ["SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string", "undone", false],
    ["PGlite is closed", "undone", false],
    ["PGlite is closing", "undone", false],
    ["Transaction is closed", "undone", false],
    ["Transaction is already committed", "undone", false],
  ])("knows %j", (message, outcome, again) => {
    expect(classifyPostgres(driverError(message))).toMatchObject({ outcome, again });
  });

  it.each([
    ["CONNECTION_CLOSED", "unknown", true],
    ["CONNECTION_DESTROYED", "unknown", true],
    ["CONNECTION_ENDED", "undone", false],
    ["CONNECT_TIMEOUT", "undone", true],
    ["SASL_SIGNATURE_MISMATCH", "undone", false],
    ["MAX_PARAMETERS_EXCEEDED", "undone", false],
  ])("knows %s of postgres.js", (code, outcome, again) => {
    expect(classifyPostgres(driverError(`write ${code} localhost:5432`, { code }))).toMatchObject({
      outcome,
      again,
    });
  });

  it("asks the error within when it does not know the one around it", () => {
    const inner = driverError("deadlock detected", { code: "40P01" });
    const drizzle = new Error('Failed query: insert into "wallet" …', { cause: inner });
    expect(classifyPostgres(drizzle)).toMatchObject({ again: true, said: "deadlock detected (40P01)" });
    const prisma = driverError("Invalid `prisma.$queryRawUnsafe()` invocation", {
      code: "P2010",
      meta: {
        driverAdapterError: { cause: { originalCode: "40001", originalMessage: "could not serialize" } },
      },
    });
    expect(classifyPostgres(prisma)).toMatchObject({ again: true, said: "could not serialize (40001)" });
  });

  it("does not go round in circles", () => {
    const error = new Error("about itself");
    error.cause = error;
    expect(classifyPostgres(error)).toBeNull();
    expect(classifyPostgres("a word")).toBeNull();
    expect(classifyPostgres(undefined)).toBeNull();
  });

  it("keeps the end of a message that quotes its statement", () => {
    const error = driverError(`insert into t values (${"1, ".repeat(1_000)}) - relation "t" does not exist`, {
      code: "42P01",
    });
    const { said } = classifyPostgres(error) ?? { said: "" };
    expect(said.length).toBeLessThan(450);
    expect(said).toMatch(/relation "t" does not exist \(42P01\)$/u);
  });
});

describe("what PGlite throws", () => {
  let db: PGlite;
  beforeAll(async () => {
    db = await PGlite.create();
  });

  async function failureOf(statement: string): Promise<ReturnType<typeof classifyPostgres>> {
    return await db.query(statement).then(
      () => null,
      (error: unknown) => classifyPostgres(error),
    );
  }

  it("is classed", async () => {
    expect(await failureOf("SELECT * FROM nowhere")).toMatchObject({
      outcome: "undone",
      again: false,
      said: 'relation "nowhere" does not exist (42P01)',
      advice: expect.stringContaining("store.migrate()"),
    });
    await db.exec("CREATE TABLE t (v text PRIMARY KEY); INSERT INTO t VALUES ('a')");
    expect(await failureOf("INSERT INTO t VALUES ('a')")).toMatchObject({ outcome: "undone", again: false });
    await db.close();
    expect(await failureOf("SELECT 1")).toMatchObject({ outcome: "undone", again: false });
  });
});
