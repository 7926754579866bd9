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
import { takeChanges, takeKey } from "../../store/intake/take-change.js";
import { Call } from "../sql/call.js";
import { mysql } from "../sql/dialects/mysql.js";
import { classifyMysql } from "../sql/failures/mysql.js";
import { type Context, contextOf } from "../sql/programs/context.js";
import { due } from "../sql/programs/due.js";
import { events } from "../sql/programs/events.js";
import { list } from "../sql/programs/list.js";
import { checkVersion } from "../sql/programs/migrate.js";
import { prune } from "../sql/programs/prune.js";
import { checkReads } from "../../store/intake/check.js";
import type { Decide } from "../sql/programs/transact.js";
import { usage } from "../sql/programs/usage.js";
import { mysqlTarget } from "../sql/schema/targets.js";
import { Sessions } from "../sql/sessions.js";
import type { Program, SqlTransaction } from "../sql/statement.js";
import { commit } from "./commit.js";
import { type Mode, type MysqlPool, connectorOf } from "./driver.js";
import { runInApps, writeInApps } from "./joined.js";
import { load, loadSteady } from "./load.js";
import { migrateOver } from "./migration.js";
import { checkServer, checkSession } from "./server.js";
import { transact, transactInApps } from "./transact.js";

type Tx = SqlTransaction<"mysql">;

const LIMITS: StoreLimits = Object.freeze({
  changesPerCommit: 1_000,
  rowsPerChange: 20_000,
  bytesPerCommit: 8 * 1024 * 1024,
  walletsPerTransact: 64,
  transactAcrossParts: true,
  joinsTransactions: true,
});

export class Mysql implements CreditStore<Tx> {
  readonly limits = LIMITS;
  private readonly context: Context = contextOf(mysql, LIMITS);
  private readonly connect: ReturnType<typeof connectorOf>;
  private readonly sessions: Sessions<Mode>;
  /** Whose sessions were found to fit: those of the pool, those of the app's transactions. */
  private readonly checked = new Set<"own" | "joined">();
  private isClosed = false;

  constructor(pool: MysqlPool) {
    this.connect = connectorOf(pool);
    this.sessions = new Sessions(this.connect, classifyMysql);
  }

  async migrate(): Promise<void> {
    this.checkOpen();
    await migrateOver(this.connect);
    // A refusal from before may not hold any more, nor does what was found.
    this.checked.clear();
  }

  async load(reads: readonly Read[], options: CallOptions<Tx> = {}): Promise<readonly Snapshot[]> {
    const { tx } = options;
    return this.during(false, options, (call) => {
      for (const { key } of reads) takeKey(key);
      if (reads.length === 0) return Promise.resolve([]);
      return tx === undefined
        ? this.snapshot(call, () => load(this.context, reads))
        : runInApps(call, tx, () => loadSteady(this.context, reads));
    });
  }

  async commit(
    changes: readonly Change[],
    { timeoutMs }: Omit<CallOptions<Tx>, "tx"> = {},
  ): Promise<readonly Outcome[]> {
    const taken = takeChanges(this.context.pool, changes, LIMITS);
    return this.during(true, { timeoutMs }, (call) =>
      taken.length === 0 ? Promise.resolve([]) : commit(this.context, this.sessions, call, taken),
    );
  }

  async transact(reads: readonly Read[], decide: Decide, options: CallOptions<Tx> = {}): Promise<void> {
    const { tx } = options;
    checkReads(reads, LIMITS);
    for (const { key } of reads) takeKey(key);
    return this.during(true, options, (call) =>
      tx === undefined
        ? this.sessions.transaction(call, "lock", () => transact(this.context, reads, decide))
        : writeInApps(call, tx, () => transactInApps(this.context, reads, decide)),
    );
  }

  list<Q extends ListQuery>(query: Q, options: CallOptions<Tx> = {}): Promise<Page<RowOf[Q["kind"]]>> {
    // The page has rows of the kind that the query names, which TypeScript cannot follow through the program.
    return this.read(options, () => list(this.context, query)) as Promise<Page<RowOf[Q["kind"]]>>;
  }

  usage(query: UsageQuery, options: CallOptions<Tx> = {}): Promise<readonly UsagePoint[]> {
    return this.read(options, () => usage(this.context, query));
  }

  due(query: Parameters<CreditStore["due"]>[0]): Promise<readonly WalletKey[]> {
    return this.read({}, () => due(this.context, query));
  }

  events(query: Parameters<CreditStore["events"]>[0]): Promise<EventPage> {
    // It numbers events as well, but who loses the answer may ask again.
    return this.during(false, {}, (call) => this.kept(call, () => events(this.context, query)));
  }

  prune(query: PruneQuery): Promise<number> {
    return this.during(true, {}, (call) => this.kept(call, () => prune(this.context, query)));
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }

  private read<Result>({ tx, timeoutMs }: CallOptions<Tx>, program: () => Program<Result>): Promise<Result> {
    return this.during(false, { tx, timeoutMs }, (call) =>
      tx === undefined ? this.snapshot(call, program) : runInApps(call, tx, program),
    );
  }

  /** There is nothing to commit, and so nothing that an answer that is lost could leave open. */
  private snapshot<Result>(call: Call, program: () => Program<Result>): Promise<Result> {
    return this.sessions.transaction(call, "snapshot", () => ending(program, false));
  }

  private kept<Result>(call: Call, program: () => Program<Result>): Promise<Result> {
    return this.sessions.transaction(call, "lock", () => ending(program, true));
  }

  /** Runs a call: within its time, on a server and tables that fit. */
  private async during<Result>(
    writes: boolean,
    { tx, timeoutMs }: { readonly tx?: Tx | undefined; readonly timeoutMs?: number | undefined },
    work: (call: Call) => Promise<Result>,
  ): Promise<Result> {
    this.checkOpen();
    checkTransaction(tx);
    const call = new Call(writes, timeoutMs);
    try {
      await this.checkReady(call, tx);
      return await work(call);
    } finally {
      call.end();
    }
  }

  private async checkReady(call: Call, tx: Tx | undefined): Promise<void> {
    const sessions = tx === undefined ? "own" : "joined";
    if (this.checked.has(sessions)) return;
    if (tx === undefined) await this.snapshot(call, checkDatabase);
    else await runInApps(call, tx, checkDatabase);
    this.checked.add(sessions);
    call.phase = "connect";
  }

  private checkOpen(): void {
    if (this.isClosed) throw new StoreError("permanent", "This store is closed.");
  }
}

function* ending<Result>(program: () => Program<Result>, keep: boolean) {
  return { result: yield* program(), keep };
}

function* checkDatabase(): Program<void> {
  const server = yield* checkServer();
  yield* checkSession();
  yield* checkVersion(mysqlTarget(server));
}

function checkTransaction(tx: unknown): void {
  if (tx === undefined) return;
  const dialect: unknown = typeof tx === "object" && tx !== null && "dialect" in tx ? tx.dialect : tx;
  if (dialect === "mysql") return;
  throw new StoreError(
    "unsupported",
    "This store joins transactions of MySQL and MariaDB, as `fromMysql2` and its like of coffer/mysql make them; " +
      `got one of ${String(dialect)}.`,
  );
}
