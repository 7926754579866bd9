/**
 * The documentation is code: every ```ts block of README.md and docs/ is type-checked as a module of its own,
 * against the sources, and every ```ts run block is run as well: what it prints is what its `// →` comments say. A
 * ```ts more block goes on where the one before it on the page ended: they are one module.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasBetterSqlite3 } from "../support/drivers.js";
import { projectFiles, readProjectFile, ROOT, run } from "./support.js";
import { type Snippet, wrongLines } from "./type-check.js";

interface Block extends Snippet {
  readonly run: boolean;
}

const FENCE = /^( *)```ts( run| more)? *\n(.*?)^\1``` *$/gms;
const FOLDER = join(ROOT, `.cache/docs-${process.pid}`);

function snippetsOf(page: string, text: string): readonly Block[] {
  const blocks: Block[] = [];
  for (const match of text.matchAll(FENCE)) {
    const line = text.slice(0, match.index).split("\n").length;
    const file = join(FOLDER, `${page.replaceAll(/[^\w-]/g, "_")}_${line}.ts`);
    const code = (match[3] ?? "").replace(new RegExp(`^${match[1] ?? ""}`, "gm"), "");
    const before = match[2] === " more" ? blocks.pop() : undefined;
    blocks.push(
      before === undefined
        ? { title: `${page}:${line}`, file, code, run: match[2] === " run" }
        : { ...before, code: onItsLine(before.code, line - lineOf(before), code) },
    );
  }
  return blocks;
}

function lineOf({ title }: Block): number {
  return Number(title.slice(title.lastIndexOf(":") + 1));
}

/** A mistake is told by its line from the first block's fence on. */
function onItsLine(before: string, line: number, code: string): string {
  return `${before}${"\n".repeat(line - (before.split("\n").length - 1))}${code}`;
}

const snippets = projectFiles("README.md", "docs/*.md").flatMap((page) =>
  snippetsOf(page, readProjectFile(page)),
);
const isHere = hasBetterSqlite3("the blocks that run on better-sqlite3");
const runnable = snippets.filter(
  ({ run, code }) => run && (isHere || !code.includes('from "better-sqlite3"')),
);

const sample = snippetsOf(
  "sample",
  "Text\n```ts\nconst wrong: number = 'x';\n```\n  ```ts run\n  import 'coffer';\n  ```\n```tsx\n<p/>\n```\n" +
    "Text\n```ts more\nexport const more: number = 'x';\n```\n",
);

let wrong: readonly string[] = [];

beforeAll(async () => {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  for (const { file, code } of [...snippets, ...sample]) writeFileSync(file, code);
  // Both at once, and all in one go: most of the time would go to reading the same sources again for each block.
  wrong = wrongLines([...snippets, ...sample]);
  await compile(runnable.map(({ file }) => file));
});
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

test("blocks are found, joined, with their indent taken off, and a wrong one is seen", () => {
  const joined = `import 'coffer';\n${"\n".repeat(6)}export const more: number = 'x';\n`;
  expect(sample.map(({ title, code, run }) => ({ title, code, run }))).toEqual([
    { title: "sample:2", code: "const wrong: number = 'x';\n", run: false },
    { title: "sample:5", code: joined, run: true },
  ]);
  expect(wrong.filter((line) => line.startsWith("sample:"))).toEqual([
    "sample:2, line 1 of the block: Type 'string' is not assignable to type 'number'.",
    "sample:5, line 8 of the block: Type 'string' is not assignable to type 'number'.",
  ]);
});

test("every block of the documentation type-checks", () => {
  expect(wrong.filter((line) => !line.startsWith("sample:"))).toEqual([]);
});

function compiledFile(file: string): string {
  return file.replace(/\.ts$/, ".mjs");
}

/** With what they share in files beside them, from which packages are found as from the blocks. */
async function compile(files: readonly string[]): Promise<void> {
  await build({
    entryPoints: [...files],
    outdir: FOLDER,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "error",
  });
}

/** What the block says that it prints: its comments that begin with an arrow, in order. */
function promisedOutput(code: string): readonly string[] {
  return [...code.matchAll(/\/\/ → (.*)$/gm)].map(([, text = ""]) => text.trim());
}

function outputLines(output: string): readonly string[] {
  return output
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

describe.runIf(runnable.length > 0)("blocks that run print what they say", () => {
  test.each(runnable)(
    "$title",
    ({ file, code }) => {
      expect(outputLines(run(process.execPath, [compiledFile(file)]))).toEqual(promisedOutput(code));
    },
    120_000,
  );
});
