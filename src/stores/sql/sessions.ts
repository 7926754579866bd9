import { StoreError } from "../../store/errors.js";
import type { Call } from "./call.js";
import type { Failure } from "./failures/failure.js";
import { storeErrorFor } from "./failures/store-error.js";
import { type Program, type SqlRow, type Statement, runInTurn } from "./statement.js";

/** A connection of a driver, for one call. */
export interface Connection<Mode> {
  run(statement: Statement): Promise<readonly SqlRow[]>;
  begin(mode: Mode, timeoutMs: number): Promise<void>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  release(isBroken: boolean): void;
}

/** What a program in a transaction found, and whether the transaction is to be kept. */
export interface Ending<Result> {
  readonly result: Result;
  readonly keep: boolean;
}

/** Runs statements and programs over a driver's connections: in time, each error told as the contract wants it. */
export class Sessions<Mode> {
  constructor(
    private readonly connectDriver: () => Promise<Connection<Mode>>,
    private readonly classify: (error: unknown) => Failure | null,
  ) {}

  /** One statement that is its own transaction. */
  async alone(call: Call, statement: Statement): Promise<readonly SqlRow[]> {
    const session = await this.connect(call);
    call.phase = "autocommit";
    try {
      const rows = await session.inTime(session.connection.run(statement));
      session.connection.release(false);
      return rows;
    } catch (error) {
      session.connection.release(session.isBroken);
      throw error;
    }
  }

  /** A program in a transaction; it is kept or undone as the program says, and undone by an error. */
  async transaction<Result>(call: Call, mode: Mode, program: () => Program<Ending<Result>>): Promise<Result> {
    const session = await this.connect(call);
    const { connection } = session;
    call.phase = "transaction";
    try {
      await session.inTime(connection.begin(mode, call.timeoutMs));
      const { result, keep } = await runInTurn(program(), (statement) =>
        session.inTime(connection.run(statement)),
      );
      if (keep) call.phase = "commit";
      await session.inTime(keep ? connection.commit() : connection.rollback());
      connection.release(false);
      return result;
    } catch (error) {
      await abandon(session, call);
      throw error;
    }
  }

  private async connect(call: Call): Promise<Session<Mode>> {
    const connecting = this.connectDriver();
    try {
      return new Session(call, await call.inTime(connecting), this.classify);
    } catch (error) {
      // Should it come too late, it goes back unused.
      if (call.isOver)
        connecting.then(
          (late) => late.release(false),
          () => undefined,
        );
      throw told(error, call, this.classify).error;
    }
  }
}

/** A connection while a call uses it. */
class Session<Mode> {
  isBroken = false;

  constructor(
    private readonly call: Call,
    readonly connection: Connection<Mode>,
    private readonly classify: (error: unknown) => Failure | null,
  ) {}

  async inTime<Value>(answer: Promise<Value>): Promise<Value> {
    try {
      return await this.call.inTime(answer);
    } catch (error) {
      const { error: storeError, drop } = told(error, this.call, this.classify);
      this.isBroken ||= drop;
      throw storeError;
    }
  }
}

/** Undoes what the connection had begun; if that cannot be done, or not in time, the connection goes. */
async function abandon<Mode>({ connection, isBroken }: Session<Mode>, call: Call): Promise<void> {
  if (isBroken || call.phase === "commit") return connection.release(true);
  try {
    await call.inTime(connection.rollback());
    connection.release(false);
  } catch {
    connection.release(true);
  }
}

function told(
  error: unknown,
  call: Call,
  classify: (error: unknown) => Failure | null,
): { readonly error: StoreError; readonly drop: boolean } {
  if (error instanceof StoreError) return { error, drop: call.isOver };
  const failure = classify(error);
  return {
    error: storeErrorFor(failure, call.phase, error, call.writes),
    drop: failure === null || failure.drop,
  };
}
