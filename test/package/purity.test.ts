/**
 * The core and the catalog are pure: they import only themselves and a few pure libraries, and read no clock.
 * (Their use of globals is the linter's matter: see `lint.test.ts`.)
 */
import { dirname, join, normalize } from "node:path/posix";
import ts from "typescript";
import { expect, test } from "vitest";
import { projectFiles, readProjectFile } from "./support.js";

const LIBRARIES = ["decimal.js", "date-fns", "@date-fns/utc", "sorted-btree"];

/** Functions of date-fns that read the machine's clock. */
const CLOCK_READER =
  /^(constructNow|is(Future|Past|Today|Tomorrow|Yesterday|This\w+)|\w+(Today|Tomorrow|Yesterday)|\w+ToNow(Strict)?)$/;

function mayImport(file: string, specifier: string): boolean {
  if (specifier.startsWith("."))
    return /^src\/(core|catalog)\//.test(normalize(join(dirname(file), specifier)));
  if (specifier === "zod") return file.startsWith("src/catalog/");
  return LIBRARIES.some((library) => specifier === library || specifier.startsWith(`${library}/`));
}

/** `import`, `export … from`, `import()`, `require()` and `import("…")` types: whatever names another module. */
function importedBy(node: ts.Node): string | undefined {
  let target: ts.Node | undefined;
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) target = node.moduleSpecifier;
  if (ts.isExternalModuleReference(node)) target = node.expression;
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) target = node.argument.literal;
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    target = node.arguments[0];
  return target && (ts.isStringLiteralLike(target) ? target.text : "(computed)");
}

function readsClock(node: ts.Node): boolean {
  if (ts.isNewExpression(node))
    return node.expression.getText().startsWith("UTCDate") && !node.arguments?.length;
  return ts.isIdentifier(node) && CLOCK_READER.test(node.text);
}

function violations(file: string, text: string): readonly string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const specifier = importedBy(node);
    if (specifier !== undefined && !mayImport(file, specifier)) found.push(`${file} imports ${specifier}`);
    if (readsClock(node)) found.push(`${file} reads the clock: ${node.getText()}`);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true));
  return found;
}

test("src/core and src/catalog are pure", () => {
  const files = projectFiles("src/core/*.ts", "src/catalog/*.ts");
  expect(files.length).toBeGreaterThan(0);
  expect(files.flatMap((file) => violations(file, readProjectFile(file)))).toEqual([]);
});

test.each([
  ["src/core/a.ts", `import { readFileSync } from "node:fs";`],
  ["src/core/a.ts", `import { ulid } from "ulid";`],
  ["src/core/a.ts", `import { z } from "zod";`],
  ["src/core/a.ts", `import "../engine/queue.js";`],
  ["src/core/a.ts", `import type { Store } from "../store/index.js";`],
  ["src/core/a.ts", `import { memoryStore } from "../stores/memory.js";`],
  ["src/core/a.ts", `import { manualClock } from "../testing/index.js";`],
  ["src/core/a.ts", `export * from "../index.js";`],
  ["src/core/sub/a.ts", `import { b } from "../../index.js";`],
  ["src/core/a.ts", `const b = await import("ulid");`],
  ["src/core/a.ts", `const b = await import(name);`],
  ["src/core/a.ts", `type B = import("../store/index.js").Store;`],
  ["src/core/a.ts", `import fs = require("node:fs");`],
  ["src/catalog/a.ts", `import { b } from "../engine/b.js";`],
  ["src/core/a.ts", `import { isPast } from "date-fns";`],
  ["src/core/a.ts", `import { startOfToday } from "date-fns";`],
  ["src/core/a.ts", `const now = new UTCDate();`],
])("in %s refused: %s", (file, text) => {
  expect(violations(file, text)).toHaveLength(1);
});

test.each([
  ["src/core/a.ts", `import { b } from "./b.js"; import type { Rate } from "../catalog/rate.js";`],
  ["src/core/sub/a.ts", `import { b } from "../index.js"; import { c } from "../../catalog/c.js";`],
  ["src/core/a.ts", `import { Decimal } from "decimal.js"; import { add } from "date-fns/add";`],
  ["src/core/a.ts", `import { UTCDate } from "@date-fns/utc"; const then = new UTCDate(0);`],
  ["src/catalog/a.ts", `import { z } from "zod"; import { b } from "../core/b.js";`],
])("in %s allowed: %s", (file, text) => {
  expect(violations(file, text)).toEqual([]);
});
