import type { SqlRow } from "../sql/statement.js";
import { type PostgresConnection, type PostgresDriver, beginText } from "./driver.js";

/** What is used of a client of node-postgres. */
export interface PgPoolClient {
  query(config: { text: string; values?: unknown[] }): Promise<unknown>;
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
  return { connect: async () => connectionOf(await pool.connect()) };
}

/** Who waits for a statement is told by its promise. */
function ignore(): void {}

function connectionOf(client: PgPoolClient): PostgresConnection {
  // While it is in use the pool does not listen: a connection that broke would end the process.
  client.on("error", ignore);
  const control = async (text: string) => {
    await client.query({ text });
  };
  return {
    run: async ({ text, values }) => rowsOf(await client.query({ text, values: [...values] })),
    begin: (isolation, timeoutMs) => control(beginText(isolation, timeoutMs)),
    commit: () => control("commit"),
    rollback: () => control("rollback"),
    // A client that is released with an error is closed: the server then ends what it was doing.
    release: (isBroken) => {
      client.removeListener("error", ignore);
      client.release(isBroken);
    },
  };
}

function rowsOf(result: unknown): readonly SqlRow[] {
  return (result as { readonly rows: readonly SqlRow[] }).rows;
}
