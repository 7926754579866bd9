import type { Connection } from "../sql/sessions.js";

/** How a transaction sees the database. */
export type Isolation = "read committed" | "repeatable read, read only";

export type PostgresConnection = Connection<Isolation>;

export interface PostgresDriver {
  /** Binds `binaryValues` as they are; may become known with the first connection. */
  readonly bindsBinary?: boolean;
  connect(): Promise<PostgresConnection>;
}

/** The statements of a transaction's begin, sent in one message. Settings end with the transaction: behind a pooler
 * the session is not ours. */
export function beginText(isolation: Isolation, timeoutMs: number): string {
  const ms = Math.max(1, Math.ceil(timeoutMs));
  const mode = isolation === "read committed" ? "read committed" : "repeatable read read only";
  return (
    `begin isolation level ${mode}; set local statement_timeout = ${ms}; ` +
    `set local idle_in_transaction_session_timeout = ${ms}`
  );
}
