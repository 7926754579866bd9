/** The tree itself: what stands at its top, and words that no file may hold. */
import { expect, test } from "vitest";
import { projectFiles, readProjectFile } from "./support.js";

const TOP_LEVEL = new Set([
  "CHANGELOG.md",
  "LICENSE",
  "README.md",
  "docs",
  "examples",
  "package-lock.json",
  "package.json",
  "src",
  "test",
  "tsconfig.json",
  "tsup.config.ts",
]);

const BINARY = /\.(png|jpe?g|gif|ico|webp|woff2?|gz|zip)$/;

/** Written so that this file does not match itself. */
const FORBIDDEN: readonly (readonly [what: string, where: RegExp, pattern: RegExp])[] = [
  ["a path of one machine", /./, /(?<![\w.])\/(wor[k]|roo[t]|hom[e])\/\w/],
  ["the host of a registry", /./, /registr[y]\.(npmjs|yarnpkg)|npm\.pk[g]\./],
  [
    "a switched-off check",
    /^src\//,
    /(eslint|oxlint|prettier|knip)-(disabl[e]|ignor[e])|@ts-(ignor[e]|nochec[k])/,
  ],
];

function violations(file: string, text: string): readonly string[] {
  const wrong = FORBIDDEN.filter(([, where, pattern]) => where.test(file) && pattern.test(text));
  return wrong.map(([what]) => `${file} holds ${what}`);
}

test("only the expected names stand at the top", () => {
  const names = new Set(projectFiles().map((file) => file.split("/")[0] ?? ""));
  expect([...names].filter((name) => !name.startsWith(".") && !TOP_LEVEL.has(name))).toEqual([]);
});

test("no file holds what it must not", () => {
  const files = projectFiles().filter((file) => !BINARY.test(file));
  expect(files.length).toBeGreaterThan(20);
  expect(files.flatMap((file) => violations(file, readProjectFile(file)))).toEqual([]);
});

test.each([
  ["docs/a.md", "see /wor", "k/main/src"],
  ["examples/a.ts", `const home = "/roo`, `t/project";`],
  ["package-lock.json", `"resolved": "https://registr`, `y.npmjs.org/zod"`],
  ["src/a.ts", "// oxlint-disabl", "e-next-line no-console"],
  ["src/a.ts", "// @ts-ignor", "e"],
])("a violation in %s is seen: %s…", (file, ...parts) => {
  expect(violations(file, parts.join(""))).toHaveLength(1);
});

test.each([
  ["docs/a.md", "the folder src/home/queue.ts"],
  ["test/a.ts", "// oxlint-disable-next-line no-console"],
])("in %s allowed: %s", (file, text) => {
  expect(violations(file, text)).toEqual([]);
});
