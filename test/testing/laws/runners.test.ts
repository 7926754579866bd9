/** The kit with test runners. Vitest itself runs it on every store: see test/stores/. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { memoryStore } from "coffer/memory";
import { registerStoreLaws, StoreLawViolation } from "coffer/testing";
import type { StoreLawsOptions } from "coffer/testing";
import { describe, expect, test } from "vitest";

const ALONE = { isShared: false, hasRowLocks: false, joinsTransactions: false };

const forgetful: StoreLawsOptions = {
  create: () => ({ store: Object.assign(memoryStore(), { due: () => Promise.resolve([]) }) }),
  capabilities: ALONE,
  laws: [16],
  histories: 0,
};

describe("node:test", () => {
  const program = fileURLToPath(new URL("node-test.ts", import.meta.url));
  const run = (store: string) => {
    const args = ["--no-warnings", "--import", "tsx", "--test-reporter=tap", program];
    // Vitest's own settings would have Node report to it.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    return spawnSync(process.execPath, args, { encoding: "utf8", env: { ...env, STORE: store } });
  };

  test("passes a store that holds the laws, each case a test", { timeout: 120_000 }, () => {
    const { stdout, status } = run("whole");
    expect(stdout).toContain("# Subtest: law 16, due");
    expect(stdout).toMatch(/^# fail 0$/m);
    expect(Number(/^# pass (\d+)$/m.exec(stdout)?.[1])).toBeGreaterThan(3);
    expect(status).toBe(0);
  });

  test("fails one that does not, and tells the law", { timeout: 120_000 }, () => {
    const { stdout, status } = run("forgetful");
    expect(stdout).toContain("Law 16 is broken. Due: a committed wallet");
    expect(status).toBe(1);
  });
});

describe("Jest's way", () => {
  /** What Jest does with `describe` and `it`: it gathers first, and runs later. */
  const gathered = (options: StoreLawsOptions) => {
    const path: string[] = [];
    const tests: { readonly name: string; readonly body: () => Promise<void>; readonly timeoutMs: number }[] =
      [];
    registerStoreLaws(
      {
        describe: (name, body) => {
          path.push(name);
          body();
          path.pop();
        },
        it: (name, body, timeoutMs = 5_000) => {
          tests.push({ name: [...path, name].join(" > "), body, timeoutMs });
        },
      },
      options,
    );
    return tests;
  };

  test("a group for each law, and time enough for each case", () => {
    const tests = gathered({ ...forgetful, timeoutMs: 7_000 });
    expect(tests[0]?.name).toMatch(/^law 16, due > a wallet is due/);
    for (const { timeoutMs } of tests) expect(timeoutMs).toBeGreaterThan(7_000);
  });

  test("what is not run is there, by name", () => {
    const names = gathered({ ...forgetful, laws: [13, 16] }).map(({ name }) => name);
    const crossing = names.filter((name) => name.includes("transacts that cross"));
    expect(crossing).toEqual([expect.stringContaining("not run, as `isShared` is not claimed: ")]);
    expect(names.length).toBeGreaterThan(1);
  });

  test("a case that fails rejects with the law", async () => {
    const [first] = gathered(forgetful);
    await expect(first?.body()).rejects.toBeInstanceOf(StoreLawViolation);
  });
});
