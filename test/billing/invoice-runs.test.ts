/** Runs of several processes at once, and runs that die midway: each invoice is sent once, each entry stands in one. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Decimal } from "coffer";
import { fakeProvider, invoices, sendInvoices } from "coffer/billing";
import { memoryStore } from "coffer/memory";
import { sqliteStore } from "coffer/sqlite";
import type { CreditStore } from "coffer/store";
import { manualClock } from "coffer/testing";
import { describe, expect, test } from "vitest";
import { type Engine, FEBRUARY, MARCH, key, openFirm } from "./invoice-support.js";

const CUSTOMERS = ["acme", "beta", "gamma"];

interface Firms {
  readonly engines: readonly [Engine, Engine, Engine];
  readonly provider: ReturnType<typeof fakeProvider>;
  readonly clock: ReturnType<typeof manualClock>;
  /** Keys as the provider saw them, repeats and all. */
  readonly keys: readonly string[];
  /** What befalls the next calls: the process dies before the provider hears of it, or before its answer is kept. */
  readonly dies: ("before" | "after")[];
}

const DEATH = "the process died";

async function during(
  open: () => CreditStore | Promise<CreditStore>,
  run: (firms: Firms) => Promise<void>,
): Promise<void> {
  const clock = manualClock(Date.UTC(2026, 0, 10));
  const provider = fakeProvider();
  const [first, second, third] = [await open(), await open(), await open()];
  const engines = [
    openFirm(first, clock, provider),
    openFirm(second, clock, provider),
    openFirm(third, clock, provider),
  ] as const;
  const keys: string[] = [];
  const dies: Firms["dies"] = [];
  const { invoice } = provider;
  provider.invoice = async (request) => {
    keys.push(request.key);
    const death = dies.shift();
    if (death === "before") throw new Error(DEATH);
    const answer = await invoice.call(provider, request);
    if (death === "after") throw new Error(DEATH);
    return answer;
  };
  try {
    await run({ engines, provider, clock, keys, dies });
  } finally {
    await Promise.all(engines.map((engine) => engine.close()));
  }
}

async function use(credits: Engine, quantity: number): Promise<void> {
  for (const customerId of CUSTOMERS) {
    await credits.withdraw({ customerId, feature: "chat", quantity, ...key() });
    await credits.withdraw({ customerId, scope: "team", feature: "call", quantity, ...key() });
  }
}

async function sendAll(credits: Engine, provider: Firms["provider"], to: string): Promise<void> {
  for await (const _ of sendInvoices(credits, { to, provider })) continue;
}

/** Of each customer: number, money, credits and entries of its invoices. */
async function booked(credits: Engine): Promise<readonly string[]> {
  const told: string[] = [];
  for (const customerId of CUSTOMERS)
    for (const { number, money, status, lines } of await invoices(credits, { customerId }))
      told.push(
        [
          customerId,
          money,
          number,
          status,
          ...lines.map((line) => `${line.credits?.toFixed()}/${line.entries?.count}`),
        ].join(" "),
      );
  return told;
}

const sent = (number: number, line: string): readonly string[] =>
  CUSTOMERS.flatMap((customerId) =>
    ["JPY", "USD"].map((money) => `${customerId} ${money} ${number} sent ${line}`),
  );

async function atOnce({ engines, provider, clock, keys }: Firms): Promise<void> {
  const [credits] = engines;
  await use(credits, 100);
  clock.set(Date.parse(FEBRUARY));
  await Promise.all(engines.map((engine) => sendAll(engine, provider, FEBRUARY)));
  await use(credits, 7);
  clock.set(Date.parse(MARCH));
  await Promise.all(engines.map((engine) => sendAll(engine, provider, MARCH)));
  expect([...(await booked(credits))].sort()).toEqual([...sent(1, "100/1"), ...sent(2, "7/1")].sort());
  expect(provider.invoices).toHaveLength(12);
  expect(new Set(keys).size).toBe(12);
}

/** Runs that see different books: what one of them covers, no other does. */
async function toThreeEnds({ engines, provider, clock }: Firms): Promise<void> {
  const [credits] = engines;
  const ends = ["2026-02-01T00:00:00Z", "2026-02-02T00:00:00Z", "2026-02-03T00:00:00Z"];
  for (const [index, end] of ends.entries()) {
    await use(credits, 100 * 2 ** index);
    clock.set(Date.parse(end));
  }
  await Promise.all(engines.map((engine, index) => sendAll(engine, provider, ends[index] ?? FEBRUARY)));
  for (const customerId of CUSTOMERS) {
    const all = await invoices(credits, { customerId });
    for (const [money, due] of [
      ["USD", "10.5"],
      ["JPY", "2100"],
    ]) {
      const stored = all.filter((invoice) => invoice.money === money);
      const zero = new Decimal(0);
      expect(stored.reduce((sum, invoice) => sum.plus(invoice.due.amount), zero).toFixed()).toBe(due);
      const asked = provider.invoices.filter(
        (one) => one.customerId === customerId && one.currency === money,
      );
      const amounts = asked.flatMap(({ lines }) => lines.map(({ amount }) => amount.amount));
      expect(amounts.reduce((sum, amount) => sum.plus(amount), zero).toFixed()).toBe(due);
      expect(asked).toHaveLength(stored.length);
    }
  }
}

async function diesMidway(
  { engines, provider, clock, keys, dies }: Firms,
  death: "before" | "after",
): Promise<void> {
  const [dead, next, last] = engines;
  await use(dead, 100);
  clock.set(Date.parse(FEBRUARY));
  dies.push(death);
  await expect(sendAll(dead, provider, FEBRUARY)).rejects.toThrow(DEATH);
  expect((await booked(next)).filter((text) => text.includes("pending")).length).toBeGreaterThan(0);
  await use(next, 7);
  clock.set(Date.parse(MARCH));
  await sendAll(next, provider, MARCH);
  await sendAll(last, provider, MARCH);
  const [unlucky] = keys;
  expect(keys.filter((one) => one === unlucky)).toHaveLength(2);
  expect(provider.invoices.map((request) => request.key).filter((one) => one === unlucky)).toHaveLength(1);
  expect(provider.invoices).toHaveLength(new Set(keys).size);
  // The one who was begun on has January and February apart; the others, whom the dead run never reached, in one.
  const all = await booked(last);
  expect(all.every((text) => text.includes(" sent "))).toBe(true);
  const begun = all.filter((text) => text.includes(" sent 100/1"));
  expect(begun).toHaveLength(2);
  expect(all.filter((text) => text.includes(" 2 sent 7/1"))).toHaveLength(2);
  expect(all.filter((text) => text.includes(" 1 sent 107/2"))).toHaveLength(4);
}

const RUNS = {
  "three at once, in two periods: one invoice each": atOnce,
  "three at once, to three ends: 700 × $0.015 = $10.50 in all": toThreeEnds,
  "one that dies before the provider hears of it": (firms: Firms) => diesMidway(firms, "before"),
  "one that dies before the answer is kept": (firms: Firms) => diesMidway(firms, "after"),
};

describe.each(Object.entries(RUNS))("%s", (_, run) => {
  test("in memory", async () => {
    const store = memoryStore();
    await during(() => store, run);
  });

  test("on SQLite, each process with a connection of its own", async () => {
    const folder = mkdtempSync(join(tmpdir(), "coffer-invoices-"));
    try {
      await during(async () => {
        const store = sqliteStore({ path: join(folder, "credits.db"), driver: "libsql" });
        await store.migrate();
        return store;
      }, run);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
