import { postgresStore } from "coffer/postgres";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { classifyPostgres } from "../../../../src/stores/sql/failures/postgres.js";
import { freshPostgres, type Database } from "../../../support/databases.js";
import { type Level, ordersAreRetried, ordersKeepTogether, type Shop } from "./orders.js";
import { generatePrismaApp, type GeneratedApp, type PrismaApp } from "./prisma-app.js";
import { CREATE, errorOf, exercise, rolledBack, RolledBack } from "./tricky.js";

const LEVELS: Readonly<Record<Level, string | undefined>> = {
  default: undefined,
  "repeatable read": "RepeatableRead",
  serializable: "Serializable",
};

let database: Database;
let generated: GeneratedApp<"postgres">;
let app: PrismaApp<"postgres">;
let pools: readonly pg.Pool[];
let shop: Shop<"postgres">;

beforeAll(async () => {
  [database, generated] = await Promise.all([freshPostgres(), generatePrismaApp("postgres")]);
  app = generated.open(database.url);
  pools = [1, 2].map(() => new pg.Pool({ connectionString: database.url, max: 3 }));
  const [store, another] = pools.map((pool) => postgresStore({ pool }));
  if (store === undefined || another === undefined) throw new Error("there are two pools");
  await store.migrate();
  await pools[0]?.query("CREATE TABLE public.orders (id text PRIMARY KEY)");
  await pools[0]?.query(CREATE);
  shop = {
    store,
    another,
    orders: app.orders,
    transact: (work, level) => app.transact(work, LEVELS[level]),
  };
});

afterAll(async () => {
  await app.close();
  await Promise.all(pools.map((pool) => pool.end()));
  generated.remove();
  await database.drop();
});

describe("Prisma over PostgreSQL", () => {
  it("has a client whose transaction fits without a cast", () => {
    expect(generated.wrongLines()).toEqual([]);
  }, 120_000);

  it("refuses the client itself, whose statements go to any connection", () => {
    expect(() => app.passClient()).toThrow("pass the client that `prisma.$transaction(");
  });

  it("runs statements within the app's transaction, and passes errors on so that they can be classed", async () => {
    const inTransaction = (act: Parameters<typeof app.transact>[0]) =>
      rolledBack(() =>
        app.transact(async (tx, insert) => {
          await act(tx, insert);
          throw new RolledBack();
        }),
      );
    await inTransaction((tx) => exercise(tx));
    let error: unknown;
    await inTransaction(async (tx) => {
      error = await errorOf(tx, "SELECT * FROM nowhere");
    });
    expect(classifyPostgres(error)).toMatchObject({
      outcome: "undone",
      again: false,
      said: expect.stringMatching(/relation "nowhere" does not exist \(42P01\)$/u),
    });
  });

  ordersKeepTogether(() => shop);
  ordersAreRetried(() => shop, ["repeatable read", "serializable"]);
});
