/** Every examples/<name>.ts runs, and prints exactly what examples/<name>.out holds. (The demo has its own test.) */
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import { bundled } from "../support/bundled.js";
import { projectFiles, ROOT, run } from "./support.js";

const examples = projectFiles(":(glob)examples/*.ts");
const outputs = projectFiles(":(glob)examples/*.out");

test("each committed output belongs to an example", () => {
  const names = new Set(examples.map((file) => basename(file, ".ts")));
  expect(outputs.filter((file) => !names.has(basename(file, ".out")))).toEqual([]);
});

describe.runIf(examples.length > 0)("examples", () => {
  test.each(examples)("%s prints its committed output", { timeout: 120_000 }, async (file) => {
    const expected = join(ROOT, file.replace(/\.ts$/, ".out"));
    const printed = run(process.execPath, [await bundled(join(ROOT, file))]);
    await expect(printed).toMatchFileSnapshot(expected);
  });
});
