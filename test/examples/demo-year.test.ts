/** `npm run demo -- --year`: what it prints, and that its books are those of the ledger. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryStore } from "coffer/memory";
import { checkStore } from "coffer/testing";
import { afterAll, expect, test } from "vitest";
import { catalog } from "../../examples/demo/year/catalog.js";
import { liveYear } from "../../examples/demo/year/run.js";
import { bundled } from "../support/bundled.js";
import { beanCheck, hasLedgerTools, hledgerBalances } from "../support/ledger-tools.js";

const ROOT = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "coffer-year-"));
afterAll(() => rmSync(folder, { recursive: true }));

const program = await bundled(join(ROOT, "examples/demo/main.ts"));

function demo(...args: readonly string[]) {
  return spawnSync(process.execPath, [program, "--year", ...args], {
    cwd: ROOT,
    encoding: "utf8",
    env: { ...process.env, TMPDIR: folder },
  });
}

test("one seed gives one year, to the byte", { timeout: 120_000 }, async () => {
  const { stdout, stderr, status } = demo("--customers", "60");
  const [, file = ""] = /^Journal in (.*)\nKept in .*\n$/.exec(stderr) ?? [];
  expect(file).toMatch(/2026\.journal$/);
  expect(status).toBe(0);
  await expect(stdout).toMatchFileSnapshot("demo-year.out");
  if (hasLedgerTools("hledger reads the demo's journal"))
    expect(hledgerBalances(readFileSync(file, "utf8"))).toEqual(printedBalances(stdout));
});

/** Of the table of balances, those that are not zero. */
function printedBalances(text: string): Readonly<Record<string, readonly string[]>> {
  const rows = text.matchAll(/^([A-Z]\w+(?::\w+)+) +(-?[\d,]+\.\d\d)$/gm);
  return Object.fromEntries(
    [...rows].map(([, account = "", balance = ""]) => [account, [`${balance.replaceAll(",", "")} USD`]]),
  );
}

test("whatever the store, and all that it keeps is sound", { timeout: 120_000 }, async () => {
  const store = memoryStore();
  const file = join(folder, "year.beancount");
  const { books, deeds, events, delivered } = await liveYear(
    { customers: 25, seed: 3, journal: file },
    store,
    () => undefined,
  );
  expect(books.broken).toEqual([]);
  if (hasLedgerTools("bean-check reads the demo's journal"))
    expect(beanCheck(readFileSync(file, "utf8"))).toBe("");
  expect(deeds.get("prices changed")).toBe(1);
  for (const [type, count] of delivered) expect(count).toBe(events.get(type));
  expect(delivered.size).toBeGreaterThan(0);
  expect(await checkStore(store, { catalog })).toEqual([]);
});

test("options that make no sense are refused", () => {
  const { stderr, status } = demo("--customers", "0");
  expect(status).toBe(2);
  expect(stderr).toContain("--customers must be a whole number from 1 to 100000");
  expect(demo("--journal", join(folder, "none/2026.journal")).stderr).toContain("there is no folder");
});
