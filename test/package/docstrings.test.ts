/**
 * Docstrings are code too: every `@example` of the sources is type-checked as a module of its own, with or without a
 * fence. An example imports what it shows. It may also use the few names of `PRELUDE`, which stand for the app.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { projectFiles, readProjectFile, ROOT } from "./support.js";
import { type Snippet, wrongLines } from "./type-check.js";

const FOLDER = join(ROOT, `.cache/docstrings-${process.pid}`);
const PRELUDE_FILE = join(FOLDER, "prelude.ts");
const PRELUDE = `
import { type CreditEngine, defineCatalog, type WithdrawRequest } from "coffer";
import type { PrismaTransaction, SqlTransaction } from "coffer/postgres";
import type { Knex } from "knex";
import type { Kysely } from "kysely";

const aCatalog = defineCatalog({
  currencies: { tokens: { name: "AI tokens" } },
  features: { chat: { currency: "tokens", rate: { credits: 1 } } },
  plans: { pro: { name: "Pro" } },
});
type AppCatalog = typeof aCatalog;
type AnyTransaction = SqlTransaction<"postgres"> | SqlTransaction<"mysql"> | SqlTransaction<"sqlite">;
interface AppPrismaTransaction extends PrismaTransaction {
  readonly order: { create(row: { data: { id: string } }): Promise<unknown> };
}
interface AppPrisma {
  $transaction<T>(work: (tx: AppPrismaTransaction) => Promise<T>): Promise<T>;
}

declare global {
  const catalog: AppCatalog;
  const credits: CreditEngine<AppCatalog, AnyTransaction>;
  const request: WithdrawRequest<AppCatalog>;
  const orderId: string;
  const grantId: string;
  const kysely: Kysely<{ orders: { id: string } }>;
  const knex: Knex;
  const prisma: AppPrisma;
}
`;

// The types of Node 20 do not have it.
const NODE_SQLITE_FILE = join(FOLDER, "node-sqlite.d.ts");
const NODE_SQLITE = `
declare module "node:sqlite" {
  import type { NodeSqliteDatabase } from "coffer/sqlite";
  interface Database extends NodeSqliteDatabase {
    prepare(text: string): ReturnType<NodeSqliteDatabase["prepare"]> & { run(...values: string[]): unknown };
  }
  export const DatabaseSync: new (path: string) => Database;
}
`;

const DOCSTRING = /\/\*\*(.*?)\*\//gs;
const FENCE = /^```\w* *$/gm;

/** From `@example` to the next tag, or the docstring's end; without stars and fences. */
function examplesOf(file: string, text: string): readonly Snippet[] {
  return [...text.matchAll(DOCSTRING)].flatMap((docstring) => {
    const start = text.slice(0, docstring.index).split("\n").length;
    const lines = (docstring[1] ?? "").replaceAll(/^ *\* ?/gm, "").split("\n");
    const tags = lines.flatMap((line, index) => (/^@\w+/.test(line) ? [index] : []));
    return tags
      .filter((tag) => lines[tag]?.startsWith("@example"))
      .map((tag) => ({
        title: `${file}:${start + tag}`,
        file: join(FOLDER, `${file.replaceAll(/[^\w-]/g, "_")}_${start + tag}.ts`),
        code: `${lines
          .slice(
            tag + 1,
            tags.find((other) => other > tag),
          )
          .join("\n")
          .replaceAll(FENCE, "")
          .trim()}\nexport {};\n`,
      }));
  });
}

const examples = projectFiles("src/*.ts").flatMap((file) => examplesOf(file, readProjectFile(file)));
const sample = examplesOf(
  "sample",
  "/**\n * @example\n * ```ts\n * const a: number = orderId;\n * ```\n * @example\n * nowhere();\n * @see b\n */\n",
);

beforeAll(() => {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(PRELUDE_FILE, PRELUDE);
  writeFileSync(NODE_SQLITE_FILE, NODE_SQLITE);
  for (const { file, code } of [...examples, ...sample]) writeFileSync(file, code);
});
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

test("examples are found with or without a fence, and a wrong one is seen", { timeout: 120_000 }, () => {
  expect(wrongLines(sample, [PRELUDE_FILE])).toEqual([
    "sample:2, line 1 of the block: Type 'string' is not assignable to type 'number'.",
    "sample:6, line 1 of the block: Cannot find name 'nowhere'.",
  ]);
});

test("no example is missed", () => {
  const tags = projectFiles("src/*.ts").flatMap((file) => readProjectFile(file).match(/@example/g) ?? []);
  expect(examples).toHaveLength(tags.length);
  expect(examples.length).toBeGreaterThan(30);
});

test("the prelude and every example of a docstring type-check", { timeout: 240_000 }, () => {
  const prelude = { title: "prelude", file: PRELUDE_FILE, code: PRELUDE };
  expect(wrongLines([prelude, ...examples], [NODE_SQLITE_FILE])).toEqual([]);
});
