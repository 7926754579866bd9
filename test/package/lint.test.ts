/** Each rule that the project leans on fires on a planted violation: a check that cannot fail is a defect. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { ROOT, temporaryFolder } from "./support.js";

const lines = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => text(index)).join("\n");

const longFunction = (count: number): string =>
  `export function long(x: number): number {\n  let y = x;\n${lines(count, (n) => `  y += ${n};`)}\n  return y;\n}`;

const restrictedInCore: readonly string[] = [
  "Date.now()",
  "new Date(0)",
  "globalThis.Date.now()",
  "setTimeout(() => 1, 1)",
  "setInterval(() => 1, 1)",
  "process.hrtime()",
  "performance.now()",
  "crypto.randomUUID()",
  `fetch("x")`,
];

const inSource = (text: string): string => `export function f(): unknown {\n  ${text}\n}`;

/** Folder, what stands there, and the rule that must refuse it. */
const planted: readonly (readonly [folder: string, rule: string, text: string])[] = [
  ...["src/core", "src/core/sub", "src/catalog"].flatMap((folder) =>
    restrictedInCore.map((use) => [folder, "no-restricted-globals", inSource(`return ${use};`)] as const),
  ),
  ["src/core", "no-restricted-properties", inSource("return Math.random();")],
  ["src/catalog", "no-restricted-properties", inSource("return Math.random();")],
  ["src/engine", "no-explicit-any", "export const a: any = 1;"],
  ["src/engine", "no-non-null-assertion", "export const f = (a?: string): string => a!;"],
  ["src/engine", "no-floating-promises", "export function f(a: Promise<void>): void {\n  a;\n}"],
  ["src/engine", "no-floating-promises", "export function f(a: () => Promise<void>): void {\n  a();\n}"],
  ["src/engine", "no-misused-promises", "export const f = (a: Promise<boolean>): number => (a ? 1 : 2);"],
  ["src/engine", "await-thenable", "export const f = async (a: number): Promise<number> => await a;"],
  ["src/engine", "no-unsafe-return", `export const f = (): number => JSON.parse("1");`],
  ["src/engine", "no-default-export", "export default 1;"],
  ["src/engine", "no-console", inSource("console.log(1); return 1;")],
  ["src/engine", "no-process-exit", inSource("return process.exit(1);")],
  ["src/engine", "max-lines-per-function", longFunction(69)],
  ["src/engine", "max-lines", lines(301, (n) => `export const a${n} = ${n};`)],
  [
    "src/engine",
    "consistent-type-imports",
    `import { Decimal } from "decimal.js";\nexport type A = Decimal;`,
  ],
  [
    "src/engine",
    "no-import-type-side-effects",
    `import { type Decimal } from "decimal.js";\nexport type A = Decimal;`,
  ],
  [
    "src/engine",
    "switch-exhaustiveness-check",
    `export function f(a: "x" | "y"): number {\n  switch (a) {\n    case "x":\n      return 1;\n  }\n  return 2;\n}`,
  ],
  ["src/engine", "no-abusive-eslint-disable", "// eslint-disable-next-line\nexport const a: any = 1;"],
  ["src/engine", "ban-ts-comment", "// @ts-expect-error\nexport const a: string = 1;"],
  ["src/engine", "only-throw-error", inSource(`throw "x";`)],
  ["src/engine", "eqeqeq", "export const f = (a: string): boolean => a == String(1);"],
  ["src/engine", "no-param-reassign", "export function f(a: number): number {\n  a = 1;\n  return a;\n}"],
  ["src/engine", "explicit-module-boundary-types", "export const f = (a: number) => a;"],
  ["src/engine", "no-warning-comments", "// TO" + "DO: more\nexport const a = 1;"],
  ["src/engine", "no-warning-comments", "/* it works. FIX" + "ME */\nexport const a = 1;"],
  ["test", "no-focused-tests", `import { test } from "vitest";\ntest.on` + `ly("a", () => {});`],
  ["test", "no-disabled-tests", `import { test } from "vitest";\ntest.sk` + `ip("a", () => {});`],
  ["test", "no-disabled-tests", `import { describe } from "vitest";\ndescribe.sk` + `ip("a", () => {});`],
];

const allowed: readonly (readonly [folder: string, text: string])[] = [
  ["src/core", "export const f = (a: Date): number => a.getTime();"],
  ["src/core", "export const f = (a: number): number => Math.max(a, 1);"],
  ["src/engine", "export const f = (): number => Date.now() + Math.random();"],
  ["src/engine", longFunction(66)],
  ["src/engine", lines(300, (n) => `export const a${n} = ${n};`)],
  ["src/engine", "export const f = (a: string | null | undefined): boolean => a == null;"],
  ["test", "export const f = (): void => console.log(1);"],
];

const folder = temporaryFolder("lint");
afterAll(() => rmSync(folder, { recursive: true }));

const reportSchema = z.object({
  diagnostics: z.array(z.object({ code: z.string().optional(), filename: z.string() })),
});

/** The rules that fired, by file. */
const fired = new Map<string, Set<string>>();

function plant(file: string, text: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), `${text}\n`);
}

beforeAll(() => {
  for (const name of [".oxlintrc.json", "tsconfig.json", "package.json"])
    cpSync(join(ROOT, name), join(folder, name));
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  planted.forEach(([where, , text], index) => plant(`${where}/planted${index}.ts`, text));
  allowed.forEach(([where, text], index) => plant(`${where}/allowed${index}.ts`, text));
  const args = ["--type-aware", "--deny-warnings", "--format=json", "src", "test"];
  const { stdout } = spawnSync("node_modules/.bin/oxlint", args, {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 1e8,
  });
  for (const { code, filename } of reportSchema.parse(JSON.parse(stdout)).diagnostics) {
    const rules = fired.get(filename) ?? new Set();
    rules.add(code?.replace(/^.*\((.*)\)$/, "$1") ?? "unknown");
    fired.set(filename, rules);
  }
});

describe("refused", () => {
  test.each(planted.map((row, index) => [...row, index] as const))(
    "in %s, by %s (%#)",
    (where, rule, _, index) => {
      expect([...(fired.get(`${where}/planted${index}.ts`) ?? [])]).toContain(rule);
    },
  );
});

describe("allowed", () => {
  test.each(allowed.map((row, index) => [...row, index] as const))("in %s (%#)", (where, _, index) => {
    expect([...(fired.get(`${where}/allowed${index}.ts`) ?? [])]).toEqual([]);
  });
});
