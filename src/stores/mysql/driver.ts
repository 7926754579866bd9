import { StoreError } from "../../store/errors.js";
import type { Connection } from "../sql/sessions.js";
import type { SqlRow } from "../sql/statement.js";

/** What is used of a connection of mysql2's promise API. */
export interface MysqlPoolConnection {
  execute(
    statement: MysqlQuery & { readonly values: (string | null)[] },
  ): Promise<readonly [unknown, unknown]>;
  query(statement: MysqlQuery): Promise<readonly [unknown, unknown]>;
  release(): void;
  destroy(): void;
}

interface MysqlQuery {
  readonly sql: string;
  /** What the pool was told for the app's own statements must not matter to these. */
  readonly rowsAsArray: false;
  readonly nestTables: false;
  readonly typeCast: true;
}

/** What is used of a pool of `mysql2/promise`. */
export interface MysqlPromisePool {
  getConnection(): Promise<MysqlPoolConnection>;
}

/** A pool of `mysql2/promise`, or one of `mysql2`, which has `promise()`. */
export type MysqlPool = MysqlPromisePool | { promise(): MysqlPromisePool };

/**
 * How a transaction sees the database, and whether it may wait.
 * - snapshot: reads, all of one moment.
 * - commit: waits for nobody, by how its statements are made.
 * - birth: sees rows that are not committed yet, to stay away from them.
 * - lock: waits for those who hold what it locks, as long as the call may take.
 */
export type Mode = "snapshot" | "commit" | "birth" | "lock";

const BEGIN: Readonly<Record<Mode, readonly string[]>> = {
  // "transaction" without "session": for the next one only. The session belongs to the app.
  snapshot: [
    "set transaction isolation level repeatable read",
    "start transaction with consistent snapshot, read only",
  ],
  commit: ["set transaction isolation level read committed", "start transaction"],
  birth: ["set transaction isolation level read uncommitted", "start transaction"],
  lock: ["set transaction isolation level read committed", "start transaction"],
};

export function connectorOf(pool: MysqlPool): () => Promise<Connection<Mode>> {
  const promisePool = promisePoolOf(pool);
  return async () => new Mysql2Connection(await promisePool.getConnection());
}

function promisePoolOf(pool: MysqlPool): MysqlPromisePool {
  const given: unknown = pool;
  if (typeof given === "object" && given !== null) {
    if ("promise" in pool && typeof pool.promise === "function") return pool.promise();
    if ("getConnection" in pool && typeof pool.getConnection === "function") return pool;
  }
  throw new StoreError(
    "unsupported",
    "mysqlStore: `pool` must be what `createPool` of mysql2 or mysql2/promise gives.",
  );
}

class Mysql2Connection implements Connection<Mode> {
  private hasOwnLockWait = false;

  constructor(private readonly connection: MysqlPoolConnection) {}

  /**
   * Values go beside the text, never into it: how a text is quoted depends on the session's sql_mode. What has none
   * goes as it is, since not all of it can be prepared.
   */
  async run({ text, values }: { readonly text: string; readonly values: readonly (string | null)[] }) {
    const statement = { sql: text, rowsAsArray: false, nestTables: false, typeCast: true } as const;
    const [rows] =
      values.length === 0
        ? await this.connection.query(statement)
        : await this.connection.execute({ ...statement, values: [...values] });
    // A statement that finds no rows is answered with a header.
    return Array.isArray(rows) ? (rows as readonly SqlRow[]) : [];
  }

  async begin(mode: Mode, timeoutMs: number): Promise<void> {
    if (mode === "lock" || mode === "birth") await this.waitAtMost(timeoutMs);
    for (const text of BEGIN[mode]) await this.run({ text, values: [] });
  }

  async commit(): Promise<void> {
    await this.run({ text: "commit", values: [] });
  }

  async rollback(): Promise<void> {
    await this.run({ text: "rollback", values: [] });
  }

  /** A connection whose transaction may not be over is closed: the server then rolls back. */
  release(isBroken: boolean): void {
    if (isBroken) this.connection.destroy();
    else if (this.hasOwnLockWait) void this.giveBackAsItWas();
    else this.connection.release();
  }

  /**
   * A server does not notice that its client left while it waits for a lock: it would wait on, for 50 seconds by
   * default, and hold what it locked before.
   */
  private async waitAtMost(timeoutMs: number): Promise<void> {
    const seconds = Math.min(MOST_SECONDS, Math.max(1, Math.ceil(timeoutMs / 1_000)));
    this.hasOwnLockWait = true;
    const text = `set @coffer_lock_wait = @@session.innodb_lock_wait_timeout, session innodb_lock_wait_timeout = ${seconds}`;
    await this.run({ text, values: [] });
  }

  /** The call has been answered: nobody waits for this. */
  private async giveBackAsItWas(): Promise<void> {
    try {
      await this.run({ text: "set session innodb_lock_wait_timeout = @coffer_lock_wait", values: [] });
      this.connection.release();
    } catch {
      this.connection.destroy();
    }
  }
}

/** What the server takes. */
const MOST_SECONDS = 1_073_741_824;
