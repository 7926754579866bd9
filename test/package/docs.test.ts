/**
 * The documentation is code: every ```ts block of README.md and docs/ is type-checked as a module of its own,
 * against the sources, and every ```ts run block is run as well: what it prints is what its `// →` comments say.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasBetterSqlite3 } from "../support/drivers.js";
import { projectFiles, readProjectFile, ROOT, runTool } from "./support.js";
import { type Snippet, wrongLines } from "./type-check.js";

interface Block extends Snippet {
  readonly run: boolean;
}

const FENCE = /^( *)```ts( run)? *\n(.*?)^\1``` *$/gms;
const FOLDER = join(ROOT, `.cache/docs-${process.pid}`);

function snippetsOf(page: string, text: string): readonly Block[] {
  return [...text.matchAll(FENCE)].map((match) => {
    const line = text.slice(0, match.index).split("\n").length;
    const file = join(FOLDER, `${page.replaceAll(/[^\w-]/g, "_")}_${line}.ts`);
    const indent = new RegExp(`^${match[1] ?? ""}`, "gm");
    return {
      title: `${page}:${line}`,
      file,
      code: (match[3] ?? "").replace(indent, ""),
      run: match[2] !== undefined,
    };
  });
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
  "Text\n```ts\nconst wrong: number = 'x';\n```\n  ```ts run\n  import 'coffer';\n  ```\n```tsx\n<p/>\n```\n",
);

beforeAll(() => {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  for (const { file, code } of [...snippets, ...sample]) writeFileSync(file, code);
});
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

test("blocks are found, with their indent taken off, and a wrong one is seen", () => {
  expect(sample.map(({ title, code, run }) => ({ title, code, run }))).toEqual([
    { title: "sample:2", code: "const wrong: number = 'x';\n", run: false },
    { title: "sample:5", code: "import 'coffer';\n", run: true },
  ]);
  expect(wrongLines(sample.slice(0, 1))).toEqual([
    "sample:2, line 1 of the block: Type 'string' is not assignable to type 'number'.",
  ]);
});

test("every block of the documentation type-checks", () => {
  expect(wrongLines(snippets)).toEqual([]);
});

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
  test.each(runnable)("$title", ({ file, code }) => {
    expect(outputLines(runTool("tsx", [file]))).toEqual(promisedOutput(code));
  });
});
