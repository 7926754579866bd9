import type {
  CallOptions,
  Change,
  CreditStore,
  Outcome,
  Read,
  Snapshot,
  StoreLimits,
} from "../../store/contract.js";
import { StoreError } from "../../store/errors.js";
import type {
  EventPage,
  ListQuery,
  Page,
  PruneQuery,
  RowOf,
  UsagePoint,
  UsageQuery,
} from "../../store/queries.js";
import type { WalletKey } from "../../store/rows.js";
import { takeChanges } from "../../store/intake/take-change.js";
import type { Taken } from "../../store/intake/taken.js";
import { Call } from "../sql/call.js";
import { postgres } from "../sql/dialects/postgres.js";
import { classifyPostgres } from "../sql/failures/postgres.js";
import { storeErrorFor } from "../sql/failures/store-error.js";
import { type Context, contextOf, query } from "../sql/programs/context.js";
import { due } from "../sql/programs/due.js";
import { events } from "../sql/programs/events.js";
import { list } from "../sql/programs/list.js";
import { checkVersion, migrate } from "../sql/programs/migrate.js";
import { prune } from "../sql/programs/prune.js";
import { checkReads } from "../../store/intake/check.js";
import { type Decide, decideAndWrite } from "../sql/programs/transact.js";
import { usage } from "../sql/programs/usage.js";
import { postgresTarget } from "../sql/schema/targets.js";
import { Sessions } from "../sql/sessions.js";
import { type Program, type SqlTransaction, runInTurn } from "../sql/statement.js";
import { BINARY_ARRAYS, TEXT_ARRAYS } from "./arrays.js";
import { CommitStatement } from "./commit-statement.js";
import { type CommitsBy, commitTaken, writeTaken } from "./commit-taken.js";
import type { Isolation, PostgresDriver } from "./driver.js";
import { LoadStatement, snapshotsFrom } from "./load-statement.js";
import { lockWallets } from "./locks.js";
import { takeMigrationLock } from "./migration-lock.js";
import { tablesIn } from "./names.js";
import { type CommitAnswer, outcomeOf } from "./outcomes.js";

type Tx = SqlTransaction<"postgres">;
type Run = <Result>(call: Call, program: () => Program<Result>) => Promise<Result>;

const LIMITS: StoreLimits = {
  changesPerCommit: 1_000,
  commitsAtOnce: 2,
  rowsPerChange: 20_000,
  bytesPerCommit: 8 * 1024 * 1024,
  walletsPerTransact: 64,
  transactAcrossParts: true,
  joinsTransactions: true,
};

export class Postgres implements CreditStore<Tx> {
  readonly limits = LIMITS;
  private readonly context: Context;
  private readonly sessions: Sessions<Isolation>;
  private readonly loadStatement: LoadStatement;
  /** Within transactions of the app, whose drivers take texts. */
  private readonly textCommit: CommitStatement<string>;
  private readonly binaryCommit: CommitStatement<Uint8Array>;
  private readonly tables;
  private readonly target;
  private isReady = false;
  private isClosed = false;

  constructor(
    private readonly driver: PostgresDriver,
    private readonly schema: string,
  ) {
    this.context = contextOf(postgres(schema), LIMITS);
    this.sessions = new Sessions(() => driver.connect(), classifyPostgres);
    this.tables = tablesIn(schema);
    this.target = postgresTarget(schema);
    this.loadStatement = new LoadStatement(this.tables);
    this.textCommit = new CommitStatement(this.tables, TEXT_ARRAYS);
    this.binaryCommit = new CommitStatement(this.tables, BINARY_ARRAYS);
  }

  private get ownCommit(): CommitsBy {
    return this.driver.bindsBinary === true ? this.binaryCommit : this.textCommit;
  }

  async migrate(): Promise<void> {
    const call = new Call(true);
    try {
      await this.sessions.transaction(call, "read committed", () => this.migration());
    } finally {
      call.end();
    }
  }

  private *migration() {
    yield* takeMigrationLock(this.schema);
    yield* migrate(this.target);
    return { result: undefined, keep: true };
  }

  load(reads: readonly Read[], options: CallOptions<Tx> = {}): Promise<readonly Snapshot[]> {
    return this.during(false, options, (call, run) =>
      reads.length === 0 ? Promise.resolve([]) : run(call, () => this.snapshots(reads)),
    );
  }

  private *snapshots(reads: readonly Read[]): Program<readonly Snapshot[]> {
    return snapshotsFrom(reads, yield* query(this.loadStatement.of(reads)));
  }

  async commit(
    changes: readonly Change[],
    options: Omit<CallOptions<Tx>, "tx"> = {},
  ): Promise<readonly Outcome[]> {
    return this.during(true, options, async (call, run) => {
      const taken = takeChanges(this.context.pool, changes, LIMITS);
      // A birth may wait for another's: births hold up nothing but themselves.
      const births = taken.filter(({ expect }) => expect === 0);
      const others = taken.filter(({ expect }) => expect > 0);
      const groups = [births, others].filter((some) => some.length > 0);
      const answers = await allOf(groups.map((some) => run(call, () => commitTaken(this.ownCommit, some))));
      return this.outcomes(call, run, taken, new Map(answers.flat()));
    });
  }

  /** Fresh snapshots are read by a second statement: beside a lock the first one's could be torn. */
  private async outcomes(
    call: Call,
    run: Run,
    taken: readonly Taken[],
    answers: ReadonlyMap<Taken, CommitAnswer>,
  ): Promise<readonly Outcome[]> {
    const stale = taken.filter((change) => answers.get(change) === "stale");
    const reads = stale.map(({ key, unused }) => ({ key, receipts: unused }));
    const wrote = [...answers.values()].includes("won");
    const fresh = reads.length === 0 ? [] : await this.freshFor(call, run, reads, wrote);
    if (fresh === null) return taken.map((change) => outcomeOf(orBusy(answers.get(change)), undefined));
    return taken.map((change) => outcomeOf(answers.get(change) ?? "stale", fresh[stale.indexOf(change)]));
  }

  /** Once something was committed, the whole call cannot fail as if nothing had been: null where it cannot be read. */
  private async freshFor(
    call: Call,
    run: Run,
    reads: readonly Read[],
    wrote: boolean,
  ): Promise<readonly Snapshot[] | null> {
    try {
      return await run(call, () => this.snapshots(reads));
    } catch (error) {
      if (wrote && error instanceof StoreError) return null;
      throw error;
    }
  }

  transact(reads: readonly Read[], decide: Decide, options: CallOptions<Tx> = {}): Promise<void> {
    return this.during(true, options, async (call) => {
      checkReads(reads, LIMITS);
      if (options.tx !== undefined) {
        await this.inApps(call, options.tx, () => this.transactingInApps(reads, decide));
        return;
      }
      await this.sessions.transaction(call, "read committed", () =>
        this.transacting(reads, decide, this.ownCommit),
      );
    });
  }

  /** The server takes a savepoint in open transactions only. Outside one, each statement would commit by itself. */
  private *transactingInApps(reads: readonly Read[], decide: Decide) {
    yield* query({ text: "savepoint coffer_transact", values: [] });
    yield* query({ text: "release savepoint coffer_transact", values: [] });
    return yield* this.transacting(reads, decide, this.textCommit);
  }

  private *transacting(reads: readonly Read[], decide: Decide, by: CommitsBy) {
    yield* lockWallets(this.tables, reads);
    const keep = yield* decideAndWrite(this.context, reads, decide, {
      load: (asked) => this.snapshots(asked),
      findReceipts: (change, keys) => this.findReceipts(change, keys),
      write: (changes) => writeTaken(by, changes),
    });
    return { result: undefined, keep };
  }

  private *findReceipts({ key }: Taken, keys: readonly string[]) {
    const [snapshot] = yield* this.snapshots([{ key, receipts: keys }]);
    return snapshot?.asked.receipts ?? [];
  }

  list<Q extends ListQuery>(asked: Q, options: CallOptions<Tx> = {}): Promise<Page<RowOf[Q["kind"]]>> {
    // The page has rows of the kind that the query names, which TypeScript cannot follow through the program.
    return this.during(false, options, (call, run) => run(call, () => list(this.context, asked))) as Promise<
      Page<RowOf[Q["kind"]]>
    >;
  }

  usage(asked: UsageQuery, options: CallOptions<Tx> = {}): Promise<readonly UsagePoint[]> {
    return this.during(false, options, (call, run) => run(call, () => usage(this.context, asked)));
  }

  due(asked: Parameters<CreditStore["due"]>[0]): Promise<readonly WalletKey[]> {
    return this.during(false, {}, (call, run) => run(call, () => due(this.context, asked)));
  }

  events(asked: Parameters<CreditStore["events"]>[0]): Promise<EventPage> {
    return this.kept(() => events(this.context, asked));
  }

  prune(asked: PruneQuery): Promise<number> {
    return this.kept(() => prune(this.context, asked));
  }

  private kept<Result>(program: () => Program<Result>): Promise<Result> {
    return this.during(true, {}, (call) =>
      this.sessions.transaction(call, "read committed", function* () {
        return { result: yield* program(), keep: true };
      }),
    );
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }

  /** Runs a call: within its time, on tables of the right version, in the app's transaction if it has one. */
  private async during<Result>(
    writes: boolean,
    { tx, timeoutMs }: CallOptions<Tx>,
    work: (call: Call, run: Run) => Promise<Result>,
  ): Promise<Result> {
    if (this.isClosed) throw new StoreError("permanent", "This store is closed.");
    checkTransaction(tx);
    const call = new Call(writes, timeoutMs);
    const run: Run =
      tx === undefined
        ? (of, program) => runInTurn(program(), (statement) => this.sessions.alone(of, statement))
        : (of, program) => this.inApps(of, tx, program);
    try {
      await this.checkTables(call, run);
      return await work(call, run);
    } finally {
      call.end();
    }
  }

  private async checkTables(call: Call, run: Run): Promise<void> {
    if (this.isReady) return;
    await run(call, () => checkVersion(this.target));
    this.isReady = true;
  }

  private async inApps<Result>(call: Call, tx: Tx, program: () => Program<Result>): Promise<Result> {
    call.phase = "transaction";
    return runInTurn(program(), async (statement) => {
      try {
        return await call.inTime(tx.run(statement));
      } catch (error) {
        if (error instanceof StoreError) throw error;
        throw storeErrorFor(classifyPostgres(error), "transaction", error, call.writes);
      }
    });
  }
}

/** If one of two statements fails and the other did not, what stands is neither all of it nor nothing. */
async function allOf<Value>(answers: readonly Promise<Value>[]): Promise<readonly Value[]> {
  const settled = await Promise.allSettled(answers);
  const failed = settled.filter((answer) => answer.status === "rejected");
  const [first] = failed;
  if (first === undefined) return settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  if (failed.length === settled.length) throw first.reason;
  throw new StoreError("ambiguous", "One of the two statements of a commit failed.", { cause: first.reason });
}

/** Nothing of it was applied, which is what busy says. */
function orBusy(answer: CommitAnswer = "stale"): CommitAnswer {
  return answer === "stale" ? "busy" : answer;
}

function checkTransaction(tx: unknown): void {
  if (tx === undefined) return;
  const dialect: unknown = typeof tx === "object" && tx !== null && "dialect" in tx ? tx.dialect : tx;
  if (dialect === "postgres") return;
  throw new StoreError(
    "unsupported",
    `This store joins transactions of PostgreSQL, as \`fromPg\` and its like of coffer/postgres make them; got one of ${String(dialect)}.`,
  );
}
