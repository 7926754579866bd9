import { StoreError } from "../../store/errors.js";
import type { Call } from "../sql/call.js";
import { chainOf } from "../sql/failures/driver-error.js";
import { classifyMysql } from "../sql/failures/mysql.js";
import { storeErrorFor } from "../sql/failures/store-error.js";
import {
  type Program,
  type SqlRow,
  type SqlTransaction,
  type Statement,
  runInTurn,
} from "../sql/statement.js";

type Tx = SqlTransaction<"mysql">;

/** Runs a program over the connection of an app's transaction. */
export function runInApps<Result>(call: Call, tx: Tx, program: () => Program<Result>): Promise<Result> {
  call.phase = "transaction";
  return runInTurn(program(), (statement) => runOne(call, tx, statement));
}

async function runOne(call: Call, tx: Tx, statement: Statement): Promise<readonly SqlRow[]> {
  try {
    return await call.inTime(tx.run(statement));
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw storeErrorFor(classifyMysql(error), "transaction", error, call.writes);
  }
}

/**
 * The same, and if it fails, or wrote nothing, nothing of it is left: the app may go on after an error, and a failed
 * statement leaves those before it in place here.
 */
export async function writeInApps(call: Call, tx: Tx, program: () => Program<boolean>): Promise<void> {
  call.phase = "transaction";
  const isMarked = await setSavepoint(call, tx);
  try {
    const hasWritten = await runInApps(call, tx, program);
    if (!isMarked) return;
    if (!hasWritten) await runOne(call, tx, BACK);
    await runOne(call, tx, RELEASE);
  } catch (error) {
    if (isMarked) await undo(call, tx);
    throw error;
  }
}

const MARK: Statement = { text: "savepoint coffer_transact", values: [] };
const BACK: Statement = { text: "rollback to savepoint coffer_transact", values: [] };
const RELEASE: Statement = { text: "release savepoint coffer_transact", values: [] };

const NO_SAVEPOINT = 1305;
const CANNOT_BE_PREPARED = 1295;

/**
 * Outside a transaction the server takes a savepoint and forgets it: going back to it at once tells whether there is
 * one. Without one each statement would commit by itself, and lock nothing.
 *
 * @returns false where the app's library prepares every statement, and the server cannot prepare this one.
 */
async function setSavepoint(call: Call, tx: Tx): Promise<boolean> {
  try {
    await call.inTime(tx.run(MARK));
    await call.inTime(tx.run(BACK));
    return true;
  } catch (error) {
    if (error instanceof StoreError) throw error;
    const number = numberOf(error);
    if (number === CANNOT_BE_PREPARED) return false;
    if (number !== NO_SAVEPOINT) throw storeErrorFor(classifyMysql(error), "transaction", error, true);
    throw new StoreError(
      "permanent",
      "The app's transaction is not open: begin it before, and keep it open until the call is answered. After a " +
        "deadlock the server has ended it. Nothing was written.",
      { cause: error },
    );
  }
}

/** The first error is what counts. Where it ended the transaction, there is nothing to undo. */
async function undo(call: Call, tx: Tx): Promise<void> {
  const undone = tx.run(BACK).then(
    () => undefined,
    () => undefined,
  );
  // When the time is up this stands in the connection's queue, before whatever the app sends next.
  if (!call.isOver) await call.inTime(undone).catch(() => undefined);
}

function numberOf(error: unknown): number | null {
  return chainOf(error).find(({ errno }) => errno !== null)?.errno ?? null;
}
