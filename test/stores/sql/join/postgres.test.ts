import { drizzle as drizzleNodePg } from "drizzle-orm/node-postgres";
import { drizzle as drizzlePglite } from "drizzle-orm/pglite";
import { drizzle as drizzlePostgresJs } from "drizzle-orm/postgres-js";
import { PGlite } from "@electric-sql/pglite";
import Knex from "knex";
import { CamelCasePlugin, Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { classifyPostgres } from "../../../../src/stores/sql/failures/postgres.js";
import {
  fromDrizzle,
  fromKnex,
  fromKysely,
  fromPg,
  fromPglite,
  fromPostgresJs,
} from "../../../../src/stores/sql/join/postgres.js";
import type { SqlTransaction } from "../../../../src/stores/sql/statement.js";
import { freshPostgres, type Database } from "../../../support/databases.js";
import { andThen, CREATE, errorOf, exercise, rolledBack, RolledBack } from "./tricky.js";

type Within = (act: (tx: SqlTransaction<"postgres">) => Promise<void>) => Promise<void>;

let database: Database;
let pool: pg.Pool;
let sql: postgres.Sql;
let pglite: PGlite;
const ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  database = await freshPostgres();
  pool = new pg.Pool({ connectionString: database.url, max: 2 });
  sql = postgres(database.url, { max: 2, onnotice: () => {} });
  pglite = await PGlite.create();
  await pool.query(CREATE);
  await pglite.exec(CREATE);
});

afterAll(async () => {
  for (const end of ends) await end();
  await sql.end();
  await pool.end();
  await pglite.close();
  await database.drop();
});

async function rowsLeft(): Promise<unknown> {
  const { rows } = await pool.query("SELECT id FROM coffer_join");
  const { rows: inPglite } = await pglite.query("SELECT id FROM coffer_join");
  return [...rows, ...inPglite];
}

const kysely = (): Kysely<unknown> =>
  new Kysely<unknown>({ dialect: new PostgresDialect({ pool }), plugins: [new CamelCasePlugin()] });

const WITHIN: Readonly<Record<string, Within>> = {
  fromPg: async (act) => {
    const client = await pool.connect();
    await client.query("BEGIN");
    await andThen(act(fromPg(client)), async () => {
      await client.query("ROLLBACK");
      client.release();
    });
  },
  "fromPg, a client of its own": async (act) => {
    const client = new pg.Client(database.url);
    await client.connect();
    await client.query("BEGIN");
    await andThen(act(fromPg(client)), () => client.end());
  },
  fromPostgresJs: (act) =>
    rolledBack(() =>
      sql.begin(async (tx) => {
        await act(fromPostgresJs(tx));
        throw new RolledBack();
      }),
    ),
  "fromPostgresJs, reserved": async (act) => {
    const reserved = await sql.reserve();
    await reserved`BEGIN`;
    await andThen(act(fromPostgresJs(reserved)), async () => {
      await reserved`ROLLBACK`;
      reserved.release();
    });
  },
  fromPglite: (act) =>
    rolledBack(() =>
      pglite.transaction(async (tx) => {
        await act(fromPglite(tx));
        throw new RolledBack();
      }),
    ),
  "fromKysely, with plugins": (act) =>
    rolledBack(() =>
      kysely()
        .transaction()
        .execute(async (trx) => {
          await act(fromKysely(trx));
          throw new RolledBack();
        }),
    ),
  "fromKysely, controlled": async (act) => {
    const trx = await kysely().startTransaction().execute();
    await andThen(act(fromKysely(trx)), () => trx.rollback().execute());
  },
  "fromDrizzle over node-postgres": (act) =>
    rolledBack(() =>
      drizzleNodePg(pool).transaction(async (tx) => {
        await act(fromDrizzle(tx));
        throw new RolledBack();
      }),
    ),
  "fromDrizzle over postgres.js": (act) => {
    const client = postgres(database.url, { max: 1 }); // Drizzle changes its parsers
    ends.push(() => client.end());
    return rolledBack(() =>
      drizzlePostgresJs(client).transaction(async (tx) => {
        await act(fromDrizzle(tx));
        throw new RolledBack();
      }),
    );
  },
  "fromDrizzle over PGlite": (act) =>
    rolledBack(() =>
      drizzlePglite(pglite).transaction(async (tx) => {
        await act(fromDrizzle(tx));
        throw new RolledBack();
      }),
    ),
  fromKnex: (act) => {
    const knex = Knex({ client: "pg", connection: database.url, pool: { min: 0, max: 1 } });
    ends.push(() => knex.destroy());
    return rolledBack(() =>
      knex.transaction(async (trx) => {
        await act(fromKnex(trx));
        throw new RolledBack();
      }),
    );
  },
};

describe.each(Object.entries(WITHIN))("%s", (_name, within) => {
  it("runs statements within the app's transaction, and nothing of it is left after a rollback", async () => {
    await within(exercise);
    expect(await rowsLeft()).toEqual([]);
  });

  it("sends texts for every type that the server infers, and binds a value twice that stands twice", async () => {
    await within(async (tx) => {
      const text =
        "SELECT ($1::text = '1')::text AS flag, encode(decode($2::text, 'hex'), 'hex') AS bytes, " +
        "($3::text::int8 + 1)::text AS sum, ($4::text::json ->> 0) AS first, $2::text AS again, $1::text AS one";
      const values = ["1", "00ff", "9007199254740993", '["a"]'];
      const [row] = await tx.run({ text, values });
      expect({ ...row }).toEqual({
        flag: "true",
        bytes: "00ff",
        sum: "9007199254740994",
        first: "a",
        again: "00ff",
        one: "1",
      });
    });
  });

  it("answers a write with the rows that it returns", async () => {
    await within(async (tx) => {
      const insert = "INSERT INTO coffer_join (id, v) VALUES ($1, $2) RETURNING id";
      expect((await tx.run({ text: insert, values: ["a", "b"] })).map((row) => ({ ...row }))).toEqual([
        { id: "a" },
      ]);
    });
  });

  it("passes errors on so that they can be classed", async () => {
    let error: unknown;
    await within(async (tx) => {
      error = await errorOf(tx, "SELECT * FROM nowhere");
    });
    expect(classifyPostgres(error)).toMatchObject({
      outcome: "undone",
      again: false,
      said: expect.stringMatching(/relation "nowhere" does not exist \(42P01\)$/u),
    });
  });
});

describe("what are no transactions of PostgreSQL", () => {
  it("are refused with what to pass", () => {
    // @ts-expect-error - a pool
    expect(() => fromPg(pool)).toThrow("fromPg got an object of class BoundPool: check out a client");
    // @ts-expect-error - nothing
    expect(() => fromPg(undefined)).toThrow("fromPg got undefined: ");
    // Its type says that it could be a reserved one, which has all of its methods.
    expect(() => fromPostgresJs(sql)).toThrow(
      "fromPostgresJs got a function: pass the `sql` that `sql.begin(",
    );
    // @ts-expect-error - the database
    expect(() => fromPglite(pglite)).toThrow("fromPglite got an object: pass the transaction");
    // @ts-expect-error - the database
    expect(() => fromKysely(kysely())).toThrow("fromKysely got an object of class Kysely: ");
    // @ts-expect-error - the database
    expect(() => fromDrizzle(drizzleNodePg(pool))).toThrow(
      "fromDrizzle got an object of class NodePgDatabase: ",
    );
    const knex = Knex({ client: "pg" });
    ends.push(() => knex.destroy());
    // @ts-expect-error - the database
    expect(() => fromKnex(knex)).toThrow("fromKnex got a function: ");
  });
});
