/** `npm run demo`: what it prints, what it refuses, and that its audit can fail. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Decimal } from "coffer";
import type { Grant, LedgerEntry } from "coffer";
import { memoryStore } from "coffer/memory";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { parseOptions } from "../../examples/demo/args.js";
import { audit } from "../../examples/demo/audit.js";
import type { Evidence } from "../../examples/demo/audit.js";
import { sumTallies } from "../../examples/demo/book.js";
import type { Tally } from "../../examples/demo/book.js";
import { conclude } from "../../examples/demo/conclude.js";
import { createProgress } from "../../examples/demo/progress.js";
import { run } from "../../examples/demo/run.js";
import type { Run } from "../../examples/demo/run.js";
import type { Statement } from "../../examples/demo/statements.js";
import { traceArrivals } from "../../examples/demo/trace.js";
import type { Arrival } from "../../examples/demo/workload.js";
import { bundled } from "../support/bundled.js";

const ROOT = join(import.meta.dirname, "../..");
/** Enough that every customer's story is told: denials, top-ups, overdraft, overage, expiry. */
const REQUESTS = 1500;

const folder = mkdtempSync(join(tmpdir(), "coffer-demo-"));
afterAll(() => rmSync(folder, { recursive: true }));

const program = await bundled(join(ROOT, "examples/demo/main.ts"));

function demo(...args: readonly string[]) {
  return spawnSync(process.execPath, [program, ...args], {
    cwd: ROOT,
    encoding: "utf8",
    env: { ...process.env, TMPDIR: folder },
    maxBuffer: 1e8,
  });
}

/** All that stderr says of a run that went well: where its credits are. */
const KEPT = /^Kept in .*credits\.db \(SQLite\)\..*\n$/;

function traceFile(text: string): string {
  const file = join(mkdtempSync(join(folder, "trace-")), "trace.csv");
  writeFileSync(file, text);
  return file;
}

const silent = createProgress({ isTTY: false, write: () => true });

describe("the built-in stream", () => {
  test("prints the same report for the same seed, and nothing but the report", async () => {
    const { stdout, stderr, status } = demo("--requests", String(REQUESTS));
    expect(stderr).toMatch(KEPT);
    expect(status).toBe(0);
    await expect(stdout).toMatchFileSnapshot("demo.out");
  });

  test("of another seed is another run, whose books balance too", async () => {
    const options = { ...parseOptions([]), requests: 200 };
    const one = await run({ ...options, seed: 1 }, memoryStore(), silent);
    const two = await run({ ...options, seed: 2 }, memoryStore(), silent);
    expect([audit(one), audit(two)]).toEqual([[], []]);
    expect(two.customers.get("alder")).not.toEqual(one.customers.get("alder"));
  });
});

const reportSchema = z.object({
  workload: z.object({ from: z.string() }),
  total: z.object({ requests: z.number(), charged: z.number(), denied: z.number(), failed: z.number() }),
  wallets: z.array(z.object({ verified: z.boolean() })),
  broken: z.array(z.string()),
});

const HEADER = "TIMESTAMP,ContextTokens,GeneratedTokens";
const LINES = [
  "2023-11-16 18:17:03.9799600,4808,10",
  "2023-11-16 18:17:04.0319600,3180,8",
  "2023-11-16 18:17:04.0781490,110,27",
];

async function arrivalsOf(text: string): Promise<readonly Arrival[]> {
  const arrivals: Arrival[] = [];
  for await (const arrival of traceArrivals(traceFile(text), () => {})) arrivals.push(arrival);
  return arrivals;
}

describe("a trace", () => {
  test("is metered whole; --json reports it as JSON", () => {
    const file = traceFile([HEADER, ...LINES].join("\r\n"));
    const { stdout, stderr, status } = demo("--trace", file, "--json");
    expect(stderr).toMatch(KEPT);
    expect(status).toBe(0);
    const { workload, total, wallets, broken } = reportSchema.parse(JSON.parse(stdout));
    expect(workload.from).toBe("2023-11-16T18:17:03.979Z");
    expect(total).toMatchObject({ requests: 3, denied: 0 });
    expect(total.charged + total.failed).toBe(3);
    expect(wallets.every(({ verified }) => verified)).toBe(true);
    expect(broken).toEqual([]);
  });

  test("is metered in part where --requests says so", async () => {
    const options = parseOptions(["--trace", traceFile([HEADER, ...LINES].join("\n")), "--requests", "2"]);
    const { customers } = await run(options, memoryStore(), silent);
    expect(sumTallies(customers.values()).requests).toBe(2);
  });

  test.each([
    ["LF, ending in a newline", `${[HEADER, ...LINES].join("\n")}\n`],
    ["LF, ending without one", [HEADER, ...LINES].join("\n")],
    ["CRLF, ending in a newline", `${[HEADER, ...LINES].join("\r\n")}\r\n`],
    ["CRLF, ending without one", [HEADER, ...LINES].join("\r\n")],
  ])("may have lines of either kind: %s", async (_, text) => {
    expect(await arrivalsOf(text)).toEqual([
      { at: Date.UTC(2023, 10, 16, 18, 17, 3, 979), inputTokens: 4808, outputTokens: 10 },
      { at: Date.UTC(2023, 10, 16, 18, 17, 4, 31), inputTokens: 3180, outputTokens: 8 },
      { at: Date.UTC(2023, 10, 16, 18, 17, 4, 78), inputTokens: 110, outputTokens: 27 },
    ]);
  });

  test.each([
    [
      "a line that is cut short",
      [HEADER, ...LINES, "2023-11-16 18:17:04.07"],
      /line 5: expected a line like/,
    ],
    ["a quantity below zero", [HEADER, "2023-11-16 18:17:03.9799600,-4,10"], /line 2: expected a line like/],
    [
      "a day that does not exist",
      [HEADER, "2023-02-30 18:17:03.9799600,4,10"],
      /line 2: expected a line like/,
    ],
    ["an empty line in the middle", [HEADER, "", ...LINES], /line 2: expected a line like/],
    ["time that runs backwards", [HEADER, ...LINES.toReversed()], /line 3: earlier than the line before/],
    ["another header", ["a,b,c", ...LINES], /line 1: expected the header TIMESTAMP/],
    ["no requests", [HEADER], /it holds no requests/],
  ])("is refused, naming the line: %s", async (_, lines, message) => {
    await expect(arrivalsOf(lines.join("\n"))).rejects.toThrow(message);
  });

  test("that is wrong ends the demo with status 1, however far it came", () => {
    const { stdout, stderr, status } = demo("--trace", traceFile([HEADER, ...LINES, "?"].join("\n")));
    expect(stdout).toBe("");
    expect(stderr).toMatch(
      /^Kept in .*\ndemo: cannot replay the trace: line 5: expected a line like .*; got "\?"\.\n$/,
    );
    expect(status).toBe(1);
  });

  test("that is not there, or no file, is refused", async () => {
    const read = (file: string) => traceArrivals(file, () => {}).next();
    await expect(read(join(folder, "absent.csv"))).rejects.toThrow(/no such file/);
    await expect(read(folder)).rejects.toThrow(/it is not a file/);
  });
});

describe("options", () => {
  test("are told by --help", () => {
    const { stdout, status } = demo("--help");
    expect(stdout).toContain("--trace FILE");
    expect(status).toBe(0);
  });

  test("that do not exist end the demo with status 2", () => {
    const { stdout, stderr, status } = demo("--speed");
    expect(stdout).toBe("");
    expect(stderr).toMatch(/Unknown option '--speed'[^]*Try --help/);
    expect(status).toBe(2);
  });

  test("that name a store which cannot be used end the demo with status 1, in one line", () => {
    const { stdout, stderr, status } = demo("--store", "mysql://me:secret@127.0.0.1:1/credits");
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^demo: cannot use the store: mysql:\/\/me@127\.0\.0\.1:1\/credits: .*\n$/);
    expect(status).toBe(1);
  });

  test("that name no store at all end the demo with status 2", () => {
    const { stderr, status } = demo("--store", "redis://127.0.0.1");
    expect(stderr).toMatch(/^demo: --store takes a file.*\nTry --help\.\n$/);
    expect(status).toBe(2);
  });

  test.each([
    [["--requests", "0"], /--requests must be a whole number from 1/],
    [["--requests", "many"], /got "many"/],
    [["--requests", "1.5"], /--requests must be a whole number/],
    [["--seed", "4294967296"], /--seed must be a whole number from 0 to 4294967295/],
    [["--trace", ""], /--trace needs a file/],
    [["--trace"], /argument missing/],
    [["trace.csv"], /Unexpected argument/],
  ])("%j are refused", (argv, message) => {
    expect(() => parseOptions(argv)).toThrow(message);
  });
});

test("a progress bar is for a terminal, not for a pipe", () => {
  const written: string[] = [];
  const write = (text: string | Uint8Array): boolean => written.push(String(text)) > 0;
  for (const isTTY of [false, true]) {
    const progress = createProgress({ isTTY, write });
    progress.metered(5, 10);
    progress.done();
    expect(written.length > 0).toBe(isTTY);
  }
  expect(written[0]).toMatch(/ 50 % {2}5 requests$/);
});

describe("the audit", () => {
  const options = { ...parseOptions([]), requests: REQUESTS };
  let evidence: Run;

  beforeAll(async () => {
    evidence = await run(options, memoryStore(), silent);
  });

  test("finds nothing in an honest run", () => {
    expect(audit(evidence)).toEqual([]);
    expect(conclude(options, evidence)).toMatchObject({ complaints: "", status: 0 });
  });

  test("fails the demo, saying why, if one thing is wrong", () => {
    const tampered = { ...evidence, repeats: evidence.repeats.slice(1) };
    const { output, complaints, status } = conclude(options, tampered);
    expect(complaints).toMatch(/^broken: two replayed mutations for each duplicate: \d+ ≠ \d+\n$/);
    expect(output).toContain("Audit: 1 invariant is broken");
    expect(status).toBe(1);
  });

  const tally = (change: (tally: Tally) => Partial<Tally>) => (): Evidence => {
    const customers = new Map(evidence.customers);
    const birch = customers.get("birch");
    if (birch) customers.set("birch", { ...birch, ...change(birch) });
    return { ...evidence, customers };
  };

  const statement =
    (change: (statement: Statement) => Partial<Statement>, customerId = "birch") =>
    (): Evidence => ({
      ...evidence,
      statements: evidence.statements.map((one) =>
        one.customerId === customerId ? { ...one, ...change(one) } : one,
      ),
    });

  const grant = (change: (grant: Grant) => Partial<Grant>, customerId?: string) =>
    statement(({ grants }) => ({ grants: grants.map((one) => ({ ...one, ...change(one) })) }), customerId);

  const entry = (type: string, change: (entry: LedgerEntry) => Partial<LedgerEntry>, customerId?: string) =>
    statement(({ entries }) => {
      const index = entries.findLastIndex((one) => one.type === type);
      expect(index).toBeGreaterThan(-1);
      return { entries: entries.map((one, at) => (at === index ? { ...one, ...change(one) } : one)) };
    }, customerId);

  const cent = new Decimal("0.01");
  const millionth = new Decimal("0.000001");

  test.each<[what: string, tampered: () => Evidence, finding: RegExp]>([
    [
      "a request without an outcome",
      tally(({ charged }) => ({ charged: charged - 1 })),
      /requests = charged \+ denied/,
    ],
    [
      "a request that only its customer saw",
      tally(({ requests }) => ({ requests: requests + 1 })),
      /by customer = requests by model/,
    ],
    [
      "a millionth of a credit charged too much",
      tally(({ credits }) => ({ credits: credits.plus(millionth) })),
      /charged = consumed/,
    ],
    [
      "a duplicate that was metered twice",
      () => ({ ...evidence, repeats: evidence.repeats.map((one) => ({ ...one, replayed: false })) }),
      /marked as replayed/,
    ],
    [
      "a duplicate with another answer",
      () => ({ ...evidence, repeats: evidence.repeats.map((one) => ({ ...one, again: "{}" })) }),
      /given the first answer/,
    ],
    [
      "a duplicate that was lost",
      () => ({ ...evidence, repeats: evidence.repeats.slice(1) }),
      /two replayed mutations/,
    ],
    [
      "a price that is not the list's",
      () => ({
        ...evidence,
        prices: {
          ...evidence.prices,
          models: evidence.prices.models.map((price) => ({ ...price, input: price.input.times(2) })),
        },
      }),
      /tokens at list price/,
    ],
    [
      "a wallet left out",
      () => ({ ...evidence, statements: evidence.statements.slice(1) }),
      /customers = wallets/,
    ],
    [
      "an entry that is gone",
      statement(({ entries }) => ({ entries: entries.toSpliced(3, 1) })),
      /numbered without a gap/,
    ],
    [
      "a ledger that does not verify",
      statement(() => ({
        verification: { ok: false, entries: 7, wrong: { seq: 7, entryId: null, problem: "hash differs" } },
      })),
      /the ledger does not verify: hash differs/,
    ],
    [
      "a verified ledger that is another one",
      statement(({ entries }) => ({
        verification: { ok: true, entries: entries.length, head: "0".repeat(64) },
      })),
      /the verified head is the last entry's hash/,
    ],
    [
      "another balance",
      statement(({ balance }) => ({ balance: { ...balance, balance: balance.balance.plus(1) } })),
      /sum of its entries = balance/,
    ],
    [
      "a hold that nobody ended",
      statement(({ balance }) => ({ balance: { ...balance, held: new Decimal(1) } })),
      /nothing is held/,
    ],
    [
      "credits that an entry took unseen",
      entry("consumed", ({ amount }) => ({ amount: amount.minus(millionth) })),
      /what is open of it/,
    ],
    [
      "a grant whose parts do not add up",
      grant(({ consumed }) => ({ consumed: consumed.plus(1) })),
      /its parts = its amount/,
    ],
    [
      "a grant drawn below zero",
      grant(({ remaining, consumed }) => ({
        remaining: new Decimal(-1),
        consumed: consumed.plus(remaining).plus(1),
      })),
      /no part is negative/,
    ],
    [
      "a cent recognised that no entry recognises",
      grant(({ recognised }) => ({
        recognised: recognised && { ...recognised, amount: recognised.amount.plus(cent) },
      })),
      /what its entries recognise/,
    ],
    [
      "a cent deferred too much",
      grant(({ deferred }) => ({
        deferred: deferred && { ...deferred, amount: deferred.amount.plus(cent) },
      })),
      /grant gr_\w+: deferred \+ .* = cost: 0\.7 ≠ 0\.69/,
    ],
    [
      "a sale at another price",
      grant(({ cost }) => ({ cost: cost && { ...cost, amount: cost.amount.plus(cent) } })),
      /sold \+ moved in = money granted/,
    ],
    [
      "a cent of overage billed too much",
      entry(
        "overage",
        ({ cost }) => ({ cost: cost && { ...cost, amount: cost.amount.minus(cent) } }),
        "cedar",
      ),
      /overage billed in 2026-01/,
    ],
    [
      "a refund of another sum",
      entry(
        "refunded",
        ({ cost }) => ({ cost: cost && { ...cost, amount: cost.amount.minus(cent) } }),
        "alder",
      ),
      /recognised \+ deferred \+ breakage/,
    ],
    [
      "overdraft that was forgiven",
      statement(({ balance }) => ({ balance: { ...balance, overdraft: new Decimal(0) } }), "gorse"),
      /owed = overdraft/,
    ],
    [
      "credits that arrive and never left",
      grant(({ moved, remaining }) => ({ moved: new Decimal(0), remaining: remaining.plus(moved) }), "hazel"),
      /credits moved out = credits moved in/,
    ],
  ])("objects to %s", (_, tampered, finding) => {
    expect(audit(tampered()).join("\n")).toMatch(finding);
  });
});
