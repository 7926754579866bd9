import type { SqlRow, Statement } from "../sql/statement.js";

/** The drivers, in the order in which they are looked for. */
export const DRIVERS = ["better-sqlite3", "libsql", "node:sqlite"] as const;

/** A driver that the store can open a file with. */
export type SqliteDriver = (typeof DRIVERS)[number];

/** What is used of a statement. Those of better-sqlite3 and libsql say whether they return rows. */
interface SqliteStatement {
  readonly reader?: boolean;
  all(...values: unknown[]): unknown[];
  run(...values: unknown[]): unknown;
}

/** What is used of an open database of better-sqlite3, libsql or `node:sqlite`. */
export interface SqliteDatabase {
  prepare(text: string): SqliteStatement;
  exec(text: string): unknown;
  close(): unknown;
}

type Run = (values: Statement["values"]) => readonly SqlRow[];

/** More than the store itself has; listings and charts of many shapes push the oldest out. */
const MOST_STATEMENTS = 500;

/** A database, and the statements that it has prepared. */
export class Connection {
  readonly #database: SqliteDatabase;
  /** The one used last stands last. */
  readonly #statements = new Map<string, Run>();

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  run({ text, values }: Statement): readonly SqlRow[] {
    const run = this.#statements.get(text) ?? prepared(this.#database, text);
    this.#statements.delete(text);
    // What fails is not kept: a driver may leave such a statement half-way.
    const rows = run(values);
    this.#statements.set(text, run);
    if (this.#statements.size > MOST_STATEMENTS) this.#forgetOldest();
    return rows;
  }

  /**
   * Without a value and without rows. libsql leaves a prepared statement that found the database locked half-way,
   * and then commits nothing more; what it executes like this it ends.
   */
  exec(text: string): void {
    this.#database.exec(text);
  }

  /** Pragmas act when they are prepared, so none is kept. */
  pragma(text: string): unknown {
    const [row] = prepared(this.#database, `pragma ${text}`)([]);
    return row === undefined ? undefined : Object.values(row)[0];
  }

  /** Lets go of the statements; the database stays open. */
  forget(): void {
    this.#statements.clear();
  }

  close(): void {
    this.forget();
    this.#database.close();
  }

  #forgetOldest(): void {
    const [oldest] = this.#statements.keys();
    if (oldest !== undefined) this.#statements.delete(oldest);
  }
}

function prepared(database: SqliteDatabase, text: string): Run {
  const statement = database.prepare(text);
  const { reader } = statement;
  // `node:sqlite` answers any statement with its rows, and takes no arrays.
  if (reader === undefined) return (values) => statement.all(...values) as SqlRow[];
  if (reader) return (values) => statement.all(values) as SqlRow[];
  return (values) => {
    statement.run(values);
    return [];
  };
}
