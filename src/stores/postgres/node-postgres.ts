import type { SqlRow, Statement } from "../sql/statement.js";
import { type PostgresConnection, type PostgresDriver, beginText } from "./driver.js";
import { type NamedStatement, PreparedStatements } from "./prepared.js";

/** What is used of a client of node-postgres. */
export interface PgPoolClient {
  query(config: { name?: string; text: string; values?: unknown[] }): Promise<unknown>;
  on(event: "error", listener: (error: Error) => void): unknown;
  removeListener(event: "error", listener: (error: Error) => void): unknown;
  release(error?: Error | boolean): void;
}

/** What is used of a pool of node-postgres. */
export interface PgPool {
  connect(): Promise<PgPoolClient>;
  readonly totalCount: number;
}

export function nodePostgres(pool: PgPool): PostgresDriver {
  const prepared = new PreparedStatements();
  let isPlain = false;
  return {
    get bindsBinary() {
      return isPlain;
    },
    connect: async () => {
      const client = await pool.connect();
      isPlain = isPlainClient(client);
      return connectionOf(client, prepared);
    },
  };
}

/** Bytes go as they are over a connection of its own; libpq, by `pg.native`, takes them for texts. */
function isPlainClient(client: object): boolean {
  return "connection" in client && !("native" in client);
}

/** Who waits for a statement is told by its promise. */
function ignore(): void {}

function connectionOf(client: PgPoolClient, prepared: PreparedStatements): PostgresConnection {
  // While it is in use the pool does not listen: a connection that broke would end the process.
  client.on("error", ignore);
  let isInTransaction = false;
  const control = async (text: string) => {
    await client.query({ text });
  };
  const ways = {
    named: async ({ name, text, ...statement }: NamedStatement) =>
      rowsOf(await client.query({ name, text, values: bound(statement) })),
    unnamed: async ({ text, ...statement }: Statement) =>
      rowsOf(await client.query({ text, values: bound(statement) })),
  };
  return {
    run: (statement) => prepared.run(statement, isInTransaction, ways),
    begin: (isolation, timeoutMs) => {
      isInTransaction = true;
      return control(beginText(isolation, timeoutMs));
    },
    commit: () => control("commit"),
    rollback: () => control("rollback"),
    // A client that is released with an error is closed: the server then ends what it was doing.
    release: (isBroken) => {
      client.removeListener("error", ignore);
      client.release(isBroken);
    },
  };
}

/** The driver sends bytes in the binary format, texts as texts. */
function bound({ values, binaryValues }: Pick<Statement, "values" | "binaryValues">): unknown[] {
  return [...(binaryValues ?? values)];
}

function rowsOf(result: unknown): readonly SqlRow[] {
  return (result as { readonly rows: readonly SqlRow[] }).rows;
}
