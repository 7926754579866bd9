/**
 * The layers of src/: what each folder may import. No layer looks back, and the core is pure: it imports only itself,
 * the catalog and a few pure libraries, and reads no clock. (Its use of globals is the linter's: `lint.test.ts`.)
 */
import { dirname, join, normalize } from "node:path/posix";
import ts from "typescript";
import { expect, test } from "vitest";
import { projectFiles, readProjectFile } from "./support.js";

interface Layer {
  readonly folder: string;
  /** Folders of src that it may import besides itself. */
  readonly folders: readonly string[];
  readonly packages: readonly string[];
}

const PURE = ["decimal.js", "date-fns", "@date-fns/tz", "@date-fns/utc", "sorted-btree"];

/** The first whose folder holds a file is that file's layer; what is in none may import anything. */
const LAYERS: readonly Layer[] = [
  { folder: "core", folders: ["catalog"], packages: PURE },
  { folder: "catalog", folders: ["core"], packages: [...PURE, "zod"] },
  { folder: "store", folders: [], packages: [] },
  // Drivers are loaded by name when a store is opened: none of them is needed to load the library.
  { folder: "stores", folders: ["store"], packages: ["sorted-btree", "kysely", "node:crypto", "(computed)"] },
  { folder: "engine", folders: ["core", "catalog", "store"], packages: [...PURE, "zod", "ulid", "node:"] },
  {
    folder: "webhooks",
    folders: ["engine", "core", "catalog", "store"],
    packages: ["zod", "standardwebhooks", "node:"],
  },
  {
    // Of the provider's library only types: the app brings its own.
    folder: "billing/stripe",
    folders: ["engine", "core", "catalog"],
    packages: ["zod", "stripe", "node:"],
  },
  {
    folder: "billing",
    folders: ["engine", "core", "catalog", "store"],
    packages: ["zod", "node:"],
  },
  { folder: "finance", folders: ["engine", "core", "catalog", "store"], packages: ["zod", "node:"] },
  // The reference model is an oracle: it shares no code with what it judges.
  { folder: "testing/model", folders: [], packages: ["decimal.js"] },
  // So are the laws of a store. Fast-check is loaded when random cases run, and by these only.
  { folder: "testing/laws/random", folders: ["testing/laws", "store"], packages: ["fast-check"] },
  { folder: "testing/laws", folders: ["store", "testing/options"], packages: ["node:"] },
  { folder: "testing/options", folders: [], packages: ["node:"] },
];

function layerOf(file: string): Layer | undefined {
  return LAYERS.find(({ folder }) => file.startsWith(`src/${folder}/`) || file === `src/${folder}.ts`);
}

/** Functions of date-fns that read the machine's clock. */
const CLOCK_READER =
  /^(constructNow|is(Future|Past|Today|Tomorrow|Yesterday|This\w+)|\w+(Today|Tomorrow|Yesterday)|\w+ToNow(Strict)?)$/;

function mayImport(layer: Layer, file: string, specifier: string): boolean {
  if (specifier.startsWith(".")) {
    const target = normalize(join(dirname(file), specifier));
    return [layer.folder, ...layer.folders].some((folder) => target.startsWith(`src/${folder}/`));
  }
  return layer.packages.some(
    (name) => specifier === name || specifier.startsWith(name.endsWith(":") ? name : `${name}/`),
  );
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
  const layer = layerOf(file);
  if (!layer) return [];
  const isPure = layer.folder === "core" || layer.folder === "catalog";
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const specifier = importedBy(node);
    if (specifier !== undefined && !mayImport(layer, file, specifier))
      found.push(`${file} imports ${specifier}`);
    if (isPure && readsClock(node)) found.push(`${file} reads the clock: ${node.getText()}`);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true));
  return found;
}

test("every file of src imports only what its layer may", () => {
  const files = projectFiles("src/*.ts");
  for (const { folder } of LAYERS)
    expect(
      files.some((file) => file.startsWith(`src/${folder}/`)),
      folder,
    ).toBe(true);
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
  ["src/store/a.ts", `import { b } from "../core/b.js";`],
  ["src/stores/memory/a.ts", `import { b } from "../../core/b.js";`],
  ["src/stores/memory.ts", `import { b } from "./../engine/b.js";`],
  ["src/engine/a.ts", `import { memoryStore } from "../stores/memory.js";`],
  ["src/engine/a.ts", `import fc from "fast-check";`],
  ["src/engine/a.ts", `import { b } from "../webhooks/b.js";`],
  ["src/webhooks/a.ts", `import { memoryStore } from "../stores/memory.js";`],
  ["src/engine/a.ts", `import { b } from "../finance/b.js";`],
  ["src/finance/a.ts", `import { memoryStore } from "../stores/memory.js";`],
  ["src/testing/model/a.ts", `import { b } from "../../core/b.js";`],
  ["src/testing/laws/a.ts", `import { expect } from "vitest";`],
  ["src/testing/laws/a.ts", `import fc from "fast-check";`],
  ["src/testing/laws/cases/a.ts", `import { memoryStore } from "../../../stores/memory.js";`],
])("in %s refused: %s", (file, text) => {
  expect(violations(file, text)).toHaveLength(1);
});

test.each([
  ["src/core/a.ts", `import { b } from "./b.js"; import type { Rate } from "../catalog/rate.js";`],
  ["src/core/sub/a.ts", `import { b } from "../index.js"; import { c } from "../../catalog/c.js";`],
  ["src/core/a.ts", `import { Decimal } from "decimal.js"; import { add } from "date-fns/add";`],
  ["src/core/a.ts", `import { UTCDate } from "@date-fns/utc"; const then = new UTCDate(0);`],
  ["src/catalog/a.ts", `import { z } from "zod"; import { b } from "../core/b.js";`],
  ["src/stores/memory/a.ts", `import type { B } from "../../store/index.js"; import { c } from "./c.js";`],
  ["src/engine/a.ts", `import { createHash } from "node:crypto"; const now = new UTCDate();`],
  ["src/testing/a.ts", `import fc from "fast-check"; import { b } from "../core/b.js";`],
  ["src/index.ts", `export { b } from "./engine/b.js";`],
])("in %s allowed: %s", (file, text) => {
  expect(violations(file, text)).toEqual([]);
});
