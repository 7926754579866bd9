import { StoreError } from "../../store/errors.js";
import { classifySqlite } from "../sql/failures/sqlite.js";
import { storeErrorFor } from "../sql/failures/store-error.js";
import { sqliteTarget } from "../sql/schema/targets.js";
import {
  type Program,
  type SqlRow,
  type SqlTransaction,
  type Statement,
  runInTurn,
} from "../sql/statement.js";
import { described, given } from "../sql/join/given.js";
import { Deadline } from "./deadline.js";
import { isLockHeld } from "./failure.js";
import { pause } from "./pause.js";

/** Work within a transaction that the app began and will end. */
export class Joined {
  readonly #tx: SqlTransaction<"sqlite">;
  readonly #deadline: Deadline;

  constructor(tx: SqlTransaction<"sqlite">, deadline: Deadline) {
    const { dialect } = given(tx);
    if (dialect !== "sqlite")
      throw new StoreError(
        "unsupported",
        `This store joins transactions of SQLite, as \`fromBetterSqlite3\` and its like of coffer/sqlite make them; got one of ${typeof dialect === "string" ? dialect : described(tx)}.`,
      );
    this.#tx = tx;
    this.#deadline = deadline;
  }

  /** What the program reads is of the transaction's own snapshot, and of what it wrote itself. */
  read<Result>(program: Program<Result>): Promise<Result> {
    return runInTurn(program, (statement) => this.#run(statement, false));
  }

  /**
   * All of the program or nothing: what fails half-way leaves no trace in the app's transaction.
   * The lock of writers comes first: a transaction that read before somebody else wrote cannot have it any more, and
   * fails here rather than decide on old rows.
   */
  async write<Result>(program: () => Program<Result>): Promise<Result> {
    await this.#lock();
    await this.#run(SAVEPOINT, true);
    try {
      const result = await runInTurn(program(), (statement) => this.#run(statement, true));
      await this.#run(RELEASE, true);
      return result;
    } catch (error) {
      await this.#undo();
      throw error;
    }
  }

  async #lock(): Promise<void> {
    for (;;) {
      try {
        await this.#run(LOCK, true);
        return;
      } catch (error) {
        if (this.#deadline.isOver || !isLockHeld(error)) throw error;
      }
      await pause(this.#deadline);
    }
  }

  /** If even this fails, the transaction is gone, or nobody can reach it. */
  async #undo(): Promise<void> {
    const grace = new Deadline(GRACE_MS);
    try {
      await grace.race(this.#tx.run(ROLL_BACK), late);
      await grace.race(this.#tx.run(RELEASE), late);
    } catch {
      return;
    }
  }

  async #run(statement: Statement, writes: boolean): Promise<readonly SqlRow[]> {
    if (this.#deadline.isOver) throw late();
    try {
      return await this.#deadline.race(this.#tx.run(statement), late);
    } catch (error) {
      if (error instanceof StoreError) throw error;
      throw storeErrorFor(classifySqlite(error), "transaction", error, writes);
    }
  }
}

function late(): StoreError {
  return new StoreError("transient", "The app's transaction did not answer in time: roll it back.");
}

function statement(text: string): Statement {
  return { text, values: [] };
}

/** How long what failed may take to be undone, beyond the time of its call. */
const GRACE_MS = 500;

/** Changes nothing, and takes the lock that every writer needs. */
const LOCK = statement(`update ${sqliteTarget.tableId("part")} set position = position where part = -1`);
const SAVEPOINT = statement("savepoint coffer");
const ROLL_BACK = statement("rollback to coffer");
const RELEASE = statement("release coffer");
