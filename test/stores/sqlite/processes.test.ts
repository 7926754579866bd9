import { join } from "node:path";
import { createCreditEngine } from "coffer";
import { sqliteStore } from "coffer/sqlite";
import type { SqliteDriver } from "coffer/sqlite";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { catalog } from "./catalog.js";
import { startChild } from "./children.js";
import type { Child, Work } from "./children.js";

import { freshFolder, PACKAGED_DRIVERS } from "./files.js";

// Processes take their time to load where the machine has much to do.
vi.setConfig({ testTimeout: 120_000 });

const PROCESSES = 4;
const wallet = { customerId: "acme", currency: "tokens" } as const;

let folder: Awaited<ReturnType<typeof freshFolder>>;
let path: string;
beforeEach(async () => {
  folder = await freshFolder();
  path = join(folder.path, "credits.db");
});
afterEach(() => folder.remove());

/** Starts that many processes at once, and gives the line that each answers. */
async function answers(work: Work, driver: SqliteDriver, count = PROCESSES, forMs = 0): Promise<string[]> {
  const names = Array.from({ length: count }, (_, index) => `p${index}`);
  const children = await Promise.all(names.map((name) => startChild(work, path, driver, name, forMs)));
  for (const child of children) child.begin();
  return Promise.all(children.map(answerOf));
}

async function answerOf(child: Child): Promise<string> {
  const line = await child.line();
  await child.ended();
  return line ?? "";
}

describe.each(PACKAGED_DRIVERS)("several processes on one file, by %s", (driver) => {
  async function withCredits<Result>(
    amount: number,
    use: (credits: ReturnType<typeof engine>) => Promise<Result>,
  ): Promise<Result> {
    const store = sqliteStore({ path, driver });
    const credits = engine(store);
    if (amount > 0)
      await credits.grant({ ...wallet, amount, category: "promotional", idempotencyKey: "welcome" });
    const result = await use(credits);
    await store.close();
    return result;
  }

  it("spend exactly what there is", async () => {
    await withCredits(200, () => Promise.resolve());
    const counts = (await answers("drain", driver)).map(Number);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(200);
    const { available } = await withCredits(0, (credits) => credits.balance(wallet));
    expect(available.toNumber()).toBe(0);
  });

  it("law 12: none is left behind", async () => {
    await withCredits(1_000_000, () => Promise.resolve());
    const counts = (await answers("drain", driver, PROCESSES, 5_000)).map(Number);
    const mean = counts.reduce((sum, count) => sum + count, 0) / PROCESSES;
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(mean / 3);
  });

  it("charge each key once, whoever asks, and give all the same answers", async () => {
    await withCredits(100, () => Promise.resolve());
    const [first, ...others] = await answers("retry", driver);
    for (const other of others) expect(other).toBe(first);
    const { available } = await withCredits(0, (credits) => credits.balance(wallet));
    expect(available.toNumber()).toBe(60);
  });

  it("make file and tables at the same time", async () => {
    expect(await answers("migrate", driver, 6)).toEqual(Array(6).fill("migrated"));
    const { available } = await withCredits(5, (credits) => credits.balance(wallet));
    expect(available.toNumber()).toBe(5);
  });
});

function engine(store: ReturnType<typeof sqliteStore>) {
  return createCreditEngine({ catalog, store });
}
