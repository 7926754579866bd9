/** What is bound to a statement: every number, instant and amount travels as text, so that no driver rounds it. */
export type SqlValue = string | null;

export interface Statement {
  /** With the placeholders of its dialect: `$1` in PostgreSQL, `?` elsewhere. */
  readonly text: string;
  readonly values: readonly SqlValue[];
  /** Of one of the few texts that are run again and again, and so are worth being prepared: what it does, in a word. */
  readonly preparedAs?: string;
  /** In place of `values`: as the database's own binary format has them, for a driver that binds bytes so. */
  readonly binaryValues?: readonly (Uint8Array | null)[];
}

/** By column name. Every column is selected as text, or null, so that no driver's parsers matter. */
export type SqlRow = Readonly<Record<string, unknown>>;

/**
 * Statements in order, and what is made of their rows, told apart from who runs them: SQLite runs a program in one
 * turn of the event loop, a server over its connection, an app's transaction over a connection that is not ours.
 */
export type Program<Result> = Generator<Statement, Result, readonly SqlRow[]>;

export type Dialect = "postgres" | "mysql" | "sqlite";

/**
 * A transaction that the app has begun and will end, as `fromPg`, `fromKysely` and their like make it.
 * Give it to `credits.withTransaction`.
 */
export interface SqlTransaction<Of extends Dialect = Dialect> {
  readonly dialect: Of;
  /** Runs one statement within the transaction. Statements are given one at a time. */
  readonly run: (statement: Statement) => Promise<readonly SqlRow[]>;
}

/** Runs a program at once, statement by statement. */
export function runNow<Result>(
  program: Program<Result>,
  run: (statement: Statement) => readonly SqlRow[],
): Result {
  let step = program.next();
  while (step.done !== true) step = program.next(run(step.value));
  return step.value;
}

/** Runs a program, each statement when the one before has been answered. */
export async function runInTurn<Result>(
  program: Program<Result>,
  run: (statement: Statement) => Promise<readonly SqlRow[]>,
): Promise<Result> {
  let step = program.next();
  while (step.done !== true) step = program.next(await run(step.value));
  return step.value;
}
