import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sqliteStore, type SqliteStore } from "coffer/sqlite";
import Libsql from "libsql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { classifySqlite } from "../../../../src/stores/sql/failures/sqlite.js";
import { ordersAreRetried, ordersKeepTogether, type Shop } from "./orders.js";
import { generatePrismaApp, type GeneratedApp, type PrismaApp } from "./prisma-app.js";
import { CREATE, errorOf, exercise, rolledBack, RolledBack } from "./tricky.js";

let folder: string;
let generated: GeneratedApp<"sqlite">;
let app: PrismaApp<"sqlite">;
let stores: readonly SqliteStore[];
let shop: Shop<"sqlite">;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "coffer-prisma-"));
  const path = join(folder, "app.db");
  const database = new Libsql(path);
  database.exec("PRAGMA journal_mode = WAL; CREATE TABLE orders (id TEXT PRIMARY KEY)");
  database.exec(CREATE);
  database.close();
  const open = () => sqliteStore({ path, driver: "libsql" });
  const [store, another] = [open(), open()];
  stores = [store, another];
  generated = await generatePrismaApp("sqlite");
  app = generated.open(`file:${path}`);
  shop = { store, another, orders: app.orders, transact: (work) => app.transact(work) };
});

afterAll(async () => {
  await app.close();
  for (const store of stores) await store.close();
  generated.remove();
  rmSync(folder, { recursive: true, force: true });
});

describe("Prisma over SQLite", () => {
  it("has a client whose transaction fits without a cast", () => {
    expect(generated.wrongLines()).toEqual([]);
  }, 120_000);

  it("refuses the client itself, whose statements go to any connection", () => {
    expect(() => app.passClient()).toThrow("pass the client that `prisma.$transaction(");
  });

  it("runs statements within the app's transaction, and passes errors on so that they can be classed", async () => {
    let error: unknown;
    await rolledBack(() =>
      app.transact(async (tx) => {
        await exercise(tx);
        error = await errorOf(tx, "SELECT * FROM nowhere");
        throw new RolledBack();
      }),
    );
    expect(classifySqlite(error)).toMatchObject({
      outcome: "undone",
      again: false,
      said: expect.stringMatching(/no such table: nowhere/u),
    });
  });

  ordersKeepTogether(() => shop);
  ordersAreRetried(() => shop, ["serializable"]);
});
