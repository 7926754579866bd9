/**
 * An app that uses Prisma, as far as a test needs one: its client is generated here, and its code is type-checked
 * against that client before it runs.
 */
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import ts from "typescript";
import type { SqlTransaction } from "../../../../src/stores/sql/statement.js";
import type { Work } from "./orders.js";
import { ROOT, scratch } from "./scratch.js";

const CLI = createRequire(import.meta.url).resolve("prisma/build/index.js");
const run = promisify(execFile);

type Dialect = SqlTransaction["dialect"];

/** What the app's code exports; `Client` is the generated class. */
export interface PrismaApp<Of extends Dialect> {
  readonly transact: (work: Work<Of>, level?: string) => Promise<unknown>;
  readonly orders: () => Promise<readonly string[]>;
  /** Passes the client itself, which is no transaction. */
  readonly passClient: () => unknown;
  readonly close: () => Promise<void>;
}

interface Database {
  /** As Prisma names it. */
  readonly provider: "postgresql" | "mysql" | "sqlite";
  readonly entry: "postgres" | "mysql" | "sqlite";
  /** Imports the adapter's class and makes `adapter` of `url`. */
  readonly adapter: string;
}

const DATABASES: { readonly [Of in Dialect]: Database } = {
  postgres: {
    provider: "postgresql",
    entry: "postgres",
    adapter: `import { PrismaPg } from "@prisma/adapter-pg";
      const adapterFor = (url: string) => new PrismaPg({ connectionString: url, max: 3 });`,
  },
  mysql: {
    provider: "mysql",
    entry: "mysql",
    adapter: `import { PrismaMariaDb } from "@prisma/adapter-mariadb";
      const adapterFor = (url: string) => new PrismaMariaDb(url.replace(/^mysql:/u, "mariadb:"));`,
  },
  sqlite: {
    provider: "sqlite",
    entry: "sqlite",
    adapter: `import { PrismaLibSql } from "@prisma/adapter-libsql";
      const adapterFor = (url: string) => new PrismaLibSql({ url });`,
  },
};

function schemaOf({ provider }: Database): string {
  return `generator client {
  provider = "prisma-client"
  output   = "./generated"
}
datasource db {
  provider = "${provider}"
}
model Order {
  id String @id
  @@map("orders")
}
`;
}

function codeOf({ entry, adapter }: Database): string {
  return `${adapter}
import { fromPrisma, type SqlTransaction } from "coffer/${entry}";
import { Prisma, PrismaClient } from "./generated/client.js";

type Work = (
  tx: SqlTransaction<"${entry}">,
  insert: (id: string) => PromiseLike<unknown>,
) => Promise<void>;

export function open(url: string) {
  const prisma = new PrismaClient({ adapter: adapterFor(url) });
  return {
    transact: (work: Work, isolationLevel?: Prisma.TransactionIsolationLevel) =>
      prisma.$transaction(
        async (tx) => {
          await work(fromPrisma(tx), (id) => tx.order.create({ data: { id } }));
        },
        { timeout: 60_000, maxWait: 60_000, ...(isolationLevel && { isolationLevel }) },
      ),
    orders: async () => (await prisma.order.findMany({ orderBy: { id: "asc" } })).map(({ id }) => id),
    // @ts-expect-error - the client itself is no transaction
    passClient: () => fromPrisma(prisma),
    close: () => prisma.$disconnect(),
  };
}
`;
}

/** Nothing is downloaded: an engine that `generate` would fetch, and never asks, is said to be here. */
async function generate(schema: string): Promise<void> {
  await run(process.execPath, [CLI, "generate", "--schema", schema], {
    cwd: dirname(schema),
    env: {
      ...process.env,
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: "1",
      CHECKPOINT_DISABLE: "1",
      NODE_OPTIONS: "",
    },
  });
}

function projectOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(ROOT, "tsconfig.json"), (file) => ts.sys.readFile(file)) as {
    config: object;
  };
  return ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, ROOT).options;
}

function wrongLines(file: string): readonly string[] {
  const program = ts.createProgram([file], projectOptions());
  const source = program.getSourceFile(file);
  return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
    ({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"),
  );
}

export interface GeneratedApp<Of extends Dialect> {
  /** What the compiler says of the app's code, which has no casts. */
  readonly wrongLines: () => readonly string[];
  readonly open: (url: string) => PrismaApp<Of>;
  readonly remove: () => void;
}

export async function generatePrismaApp<Of extends Dialect>(dialect: Of): Promise<GeneratedApp<Of>> {
  const folder = scratch(`prisma-${dialect}`);
  const code = folder.write("app.ts", codeOf(DATABASES[dialect]));
  const schema = folder.write("schema.prisma", schemaOf(DATABASES[dialect]));
  await generate(schema);
  const { open } = (await import(code)) as { readonly open: (url: string) => PrismaApp<Of> };
  return {
    wrongLines: () => wrongLines(code),
    open,
    remove: folder.remove,
  };
}
