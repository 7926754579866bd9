import type { SqlRow, Statement } from "../sql/statement.js";
import type { PostgresConnection, PostgresDriver } from "./driver.js";

interface PGliteResults {
  readonly rows: unknown[];
}

/** What is used of a transaction of PGlite. */
export interface PGliteTransaction {
  query(text: string, values?: unknown[]): Promise<PGliteResults>;
  rollback(): Promise<void>;
}

/** What is used of PGlite. */
export interface PGliteDatabase {
  query(text: string, values?: unknown[]): Promise<PGliteResults>;
  transaction<Value>(work: (tx: PGliteTransaction) => Promise<Value>): Promise<Value>;
}

/** It has one session, which it shares among all who use it: transactions are its own to begin and to end. */
export function pglite(database: PGliteDatabase): PostgresDriver {
  return { connect: async () => new Shared(database) };
}

class Shared implements PostgresConnection {
  private tx: PGliteTransaction | undefined;
  private finish: (() => void) | undefined;
  private ended: Promise<void> = Promise.resolve();
  /** Given up: a transaction that is still waiting for its turn must not hold the one session when it comes. */
  private isGivenUp = false;

  constructor(private readonly database: PGliteDatabase) {}

  async run({ text, values }: Statement): Promise<readonly SqlRow[]> {
    const { rows } = await (this.tx ?? this.database).query(text, [...values]);
    return rows as readonly SqlRow[];
  }

  async begin(isolation: "read committed" | "repeatable read, read only"): Promise<void> {
    const mode = isolation === "read committed" ? "read committed" : "repeatable read read only";
    await new Promise<void>((resolve, reject) => {
      this.ended = this.database.transaction(async (tx) => {
        if (this.isGivenUp) return;
        this.tx = tx;
        await tx.query(`set transaction isolation level ${mode}`);
        if (this.isGivenUp) return;
        await new Promise<void>((finish) => {
          this.finish = finish;
          resolve();
        });
      });
      this.ended.catch(reject);
    });
  }

  async commit(): Promise<void> {
    this.finish?.();
    await this.ended;
  }

  async rollback(): Promise<void> {
    await this.tx?.rollback();
    this.finish?.();
    await this.ended;
  }

  /** What is still under way of a call that was given up ends first; then its transaction is undone. */
  release(isBroken: boolean): void {
    if (!isBroken) return;
    this.isGivenUp = true;
    if (this.finish !== undefined) void this.rollback().catch(() => undefined);
  }
}
