import type {
  CallOptions,
  Change,
  CreditStore,
  Outcome,
  Read,
  Snapshot,
  StoreLimits,
} from "../../store/contract.js";
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
import { sqlite } from "../sql/dialects/sqlite.js";
import { type Context, contextOf } from "../sql/programs/context.js";
import { type DueQuery, due } from "../sql/programs/due.js";
import { type EventQuery, events } from "../sql/programs/events.js";
import { list } from "../sql/programs/list.js";
import { migrate } from "../sql/programs/migrate.js";
import { prune } from "../sql/programs/prune.js";
import { loadEach, placeOf } from "../sql/programs/snapshots.js";
import { checkReads } from "../../store/intake/check.js";
import { type Decide, type TransactSteps, decideAndWrite } from "../sql/programs/transact.js";
import { usage } from "../sql/programs/usage.js";
import * as reads from "../sql/programs/wallet-reads.js";
import { writeChanges } from "../sql/programs/write.js";
import { sqliteTarget } from "../sql/schema/targets.js";
import type { Program, SqlTransaction } from "../sql/statement.js";
import { Access } from "./access.js";
import { commitChanges } from "./commit.js";
import { Deadline } from "./deadline.js";
import { eventsIfNumbered } from "./events.js";
import { Joined } from "./joined.js";
import type { TakenOptions } from "./settings.js";

type SqliteTransaction = SqlTransaction<"sqlite">;
type Options = CallOptions<SqliteTransaction>;

const LIMITS: StoreLimits = Object.freeze({
  changesPerCommit: 1_000,
  rowsPerChange: 20_000,
  bytesPerCommit: 8 * 1024 * 1024,
  walletsPerTransact: 64,
  transactAcrossParts: true,
  joinsTransactions: true,
});

/** The methods are async so that every error is a rejection. */
export class OnSqlite implements CreditStore<SqliteTransaction> {
  readonly limits = LIMITS;
  readonly #context: Context = contextOf(sqlite, LIMITS);
  readonly #access: Access;
  readonly #steps: TransactSteps;

  constructor(options: TakenOptions) {
    this.#access = new Access(options);
    const context = this.#context;
    this.#steps = {
      load: (asked) => loadEach(context, asked),
      findReceipts: ({ key }, keys) => reads.receipts(context, placeOf(key), keys),
      write: (changes) => writeChanges(context, changes),
    };
  }

  async load(asked: readonly Read[], options?: Options): Promise<readonly Snapshot[]> {
    for (const { key } of asked) takeKey(key);
    return this.#read(options, () => loadEach(this.#context, asked));
  }

  async commit(changes: readonly Change[], options?: Omit<Options, "tx">): Promise<readonly Outcome[]> {
    this.#access.checkOpen();
    const taken = takeChanges(this.#context.pool, changes, LIMITS);
    const deadline = new Deadline(options?.timeoutMs);
    const turns = await this.#access.ready(deadline);
    return turns.write(deadline, () => commitChanges(this.#context, taken));
  }

  async transact(asked: readonly Read[], decide: Decide, options?: Options): Promise<void> {
    this.#access.checkOpen();
    checkReads(asked, LIMITS);
    for (const { key } of asked) takeKey(key);
    const deadline = new Deadline(options?.timeoutMs);
    const program = () => decideAndWrite(this.#context, asked, decide, this.#steps);
    if (options?.tx !== undefined) {
      const joined = new Joined(options.tx, deadline);
      await joined.read(this.#access.readyWithin());
      await joined.write(program);
      return;
    }
    const turns = await this.#access.ready(deadline);
    await turns.write(deadline, program);
  }

  async list<Q extends ListQuery>(query: Q, options?: Options): Promise<Page<RowOf[Q["kind"]]>> {
    const page = await this.#read(options, () => list(this.#context, query));
    // `list` gives rows of the kind that the query names, which TypeScript cannot follow through its switch.
    return page as Page<RowOf[Q["kind"]]>;
  }

  async usage(query: UsageQuery, options?: Options): Promise<readonly UsagePoint[]> {
    return this.#read(options, () => usage(this.#context, query));
  }

  async due(query: DueQuery): Promise<readonly WalletKey[]> {
    return this.#read(undefined, () => due(this.#context, query));
  }

  async events(query: EventQuery): Promise<EventPage> {
    const deadline = new Deadline();
    const turns = await this.#access.ready(deadline);
    const page = await turns.read(deadline, () => eventsIfNumbered(this.#context, query));
    return page ?? turns.write(deadline, () => events(this.#context, query));
  }

  async prune(query: PruneQuery): Promise<number> {
    const deadline = new Deadline();
    const turns = await this.#access.ready(deadline);
    return turns.write(deadline, () => prune(this.#context, query));
  }

  async migrate(): Promise<void> {
    const deadline = new Deadline();
    const turns = await this.#access.connected(deadline);
    await turns.write(deadline, () => migrate(sqliteTarget));
  }

  async close(): Promise<void> {
    this.#access.close();
  }

  async #read<Result>(options: Options | undefined, program: () => Program<Result>): Promise<Result> {
    this.#access.checkOpen();
    const deadline = new Deadline(options?.timeoutMs);
    if (options?.tx !== undefined) {
      const joined = new Joined(options.tx, deadline);
      await joined.read(this.#access.readyWithin());
      return joined.read(program());
    }
    const turns = await this.#access.ready(deadline);
    return turns.read(deadline, program);
  }
}
