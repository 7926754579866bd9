/**
 * A store in Redis 7, written outside of the library against `coffer/store`, to show how one is written. What it cannot
 * promise stands in docs/writing-a-store.md.
 */
import {
  type CallOptions,
  type Change,
  type CreditStore,
  type Outcome,
  type Read,
  type ReceiptRow,
  type Snapshot,
  StoreError,
  type StoreLimits,
  checkBounds,
  checkChanges,
  checkDecided,
  checkListQuery,
  checkReads,
  checkRowCount,
} from "coffer/store";
import type {
  EventPage,
  ListQuery,
  Page,
  PruneQuery,
  RowOf,
  UsagePoint,
  UsageQuery,
  WalletKey,
} from "coffer/store";
import { jobOf } from "./changes.js";
import { PartKeys } from "./keys.js";
import { list, partOf } from "./listing.js";
import { Call, type RedisClient, Script } from "./redis.js";
import { decode } from "./rows.js";
import { askFor, snapshotFrom } from "./snapshots.js";
import { due, events, prune, usage } from "./streams.js";

const LIMITS: StoreLimits = {
  changesPerCommit: 100,
  rowsPerChange: 5_000,
  bytesPerCommit: 8 * 1024 * 1024,
  walletsPerTransact: 64,
  transactAcrossParts: false, // a script touches one node of a cluster
  joinsTransactions: false,
};

const LOAD = new Script("load.lua");
const APPLY = new Script("apply.lua");

export interface RedisStoreOptions {
  /** A connected client of `@redis/client`. It stays yours: close it after the engine. */
  readonly client: RedisClient;
  /** What every key begins with. Default: `coffer:`. */
  readonly prefix?: string;
}

/** What a script says of a change. */
type Answer = readonly [status: "committed" | "conflict" | "duplicate", receipts?: readonly string[]];

type Decide = (snapshots: readonly Snapshot[]) => readonly Change[];

export function redisStore({ client, prefix = "coffer:" }: RedisStoreOptions): CreditStore {
  return new InRedis(client, prefix);
}

class InRedis implements CreditStore {
  readonly limits = LIMITS;
  #isClosed = false;

  constructor(
    private readonly client: RedisClient,
    private readonly prefix: string,
  ) {}

  async load(reads: readonly Read[], options?: CallOptions<never>): Promise<readonly Snapshot[]> {
    return this.#load(this.#call(options), reads);
  }

  async commit(changes: readonly Change[], options?: CallOptions<never>): Promise<readonly Outcome[]> {
    const call = this.#call(options);
    checkChanges(changes, LIMITS);
    const answers = await allOf(
      byPart(changes).map(async ([part, some]) => {
        const found = await this.#apply(call, part, { changes: some });
        return some.map((change, at) => [change, found[at] ?? (["conflict"] as const)] as const);
      }),
    );
    const byChange = new Map(answers.flat());
    const lost = changes.filter((change) => byChange.get(change)?.[0] === "conflict");
    const fresh = await this.#load(
      call,
      lost.map(({ key, unused }) => ({ key, receipts: unused })),
    );
    return changes.map((change) => outcomeOf(byChange.get(change), fresh[lost.indexOf(change)]));
  }

  /** Without locks: loads, decides, and writes if nothing has changed; begins anew until its time is up. */
  async transact(reads: readonly Read[], decide: Decide, options?: CallOptions<never>): Promise<void> {
    const call = this.#call(options);
    checkReads(reads, LIMITS);
    const [first] = reads;
    if (first === undefined) return;
    let asked = reads;
    let hasRepeated = false;
    while (!call.isOver) {
      const snapshots = await this.#load(call, asked);
      const changes = checkDecided(decide(snapshots), snapshots, LIMITS);
      if (changes.length === 0) return;
      const answers = await this.#apply(call, first.key.part, { changes, snapshots });
      if (answers.every(([status]) => status === "committed")) return;
      if (answers.every(([status]) => status !== "conflict")) {
        if (hasRepeated) throw new StoreError("permanent", "decide gave keys again that have receipts");
        hasRepeated = true;
        asked = reads.map((read) => ({ ...read, receipts: keysFor(read, changes) }));
      }
    }
    throw new StoreError("transient", "The wallets were changed by others until the time was up.");
  }

  async list<Q extends ListQuery>(query: Q, options?: CallOptions<never>): Promise<Page<RowOf[Q["kind"]]>> {
    const call = this.#call(options);
    checkListQuery(query);
    // The page has rows of the kind that the query names, which TypeScript cannot follow.
    return (await list(call, this.#keys(partOf(query)), query)) as Page<RowOf[Q["kind"]]>;
  }

  async usage(query: UsageQuery, options?: CallOptions<never>): Promise<readonly UsagePoint[]> {
    const call = this.#call(options);
    checkBounds(query.bounds);
    return usage(call, this.#keys(query.key.part), query);
  }

  async due(query: Parameters<CreditStore["due"]>[0]): Promise<readonly WalletKey[]> {
    const call = this.#call();
    checkRowCount(query.limit);
    const parts = [...new Set(query.parts)];
    const found = await Promise.all(
      parts.map((part) => due(call, part, this.#keys(part), query.before, query.limit)),
    );
    return found.flat().slice(0, query.limit);
  }

  async events({ part, after, limit }: Parameters<CreditStore["events"]>[0]): Promise<EventPage> {
    const call = this.#call();
    checkRowCount(limit);
    return events(call, part, this.#keys(part), after, limit);
  }

  async prune(query: PruneQuery): Promise<number> {
    const call = this.#call();
    checkRowCount(query.limit);
    const part = typeof query.what === "object" ? query.what.entriesOf.part : query.part;
    return prune(call, this.#keys(part), query);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  #call(options: { readonly tx?: unknown; readonly timeoutMs?: number } = {}): Call {
    if (this.#isClosed) throw new StoreError("permanent", "This store is closed.");
    if (options.tx !== undefined)
      throw new StoreError("unsupported", "Redis joins no transactions of an app.");
    return new Call(this.client, options.timeoutMs);
  }

  #keys(part: number): PartKeys {
    return new PartKeys(this.prefix, part);
  }

  async #load(call: Call, reads: readonly Read[]): Promise<readonly Snapshot[]> {
    const loaded = await Promise.all(
      byPart(reads).map(async ([part, some]) => {
        const question = JSON.stringify(some.map(askFor));
        const answers = (await call.run(LOAD, this.#keys(part).all, question, {
          writes: false,
        })) as unknown[];
        return some.map((read, at) => [read, snapshotFrom(read, answers[at])] as const);
      }),
    );
    const byRead = new Map(loaded.flat());
    return reads.flatMap((read) => byRead.get(read) ?? []);
  }

  /** With snapshots: all or none, and only if each is still of its version. */
  async #apply(
    call: Call,
    part: number,
    {
      changes,
      snapshots = [],
    }: { readonly changes: readonly Change[]; readonly snapshots?: readonly Snapshot[] },
  ): Promise<readonly Answer[]> {
    const job = JSON.stringify({
      whole: snapshots.length > 0,
      reads: snapshots.map(({ key, version }) => ({ wallet: key.id, version: String(version) })),
      changes: changes.map(jobOf),
    });
    return (await call.run(APPLY, this.#keys(part).all, job, { writes: true })) as readonly Answer[];
  }
}

function byPart<Keyed extends { readonly key: WalletKey }>(
  all: readonly Keyed[],
): readonly (readonly [part: number, some: readonly Keyed[]])[] {
  const parts = new Map<number, Keyed[]>();
  for (const one of all) {
    const some = parts.get(one.key.part);
    if (some === undefined) parts.set(one.key.part, [one]);
    else some.push(one);
  }
  return [...parts];
}

/** Each part is a script of its own: if one fails and another did not, what stands is neither all nor nothing. */
async function allOf<Value>(answers: readonly Promise<Value>[]): Promise<readonly Value[]> {
  const settled = await Promise.allSettled(answers);
  const failed = settled.filter((answer) => answer.status === "rejected");
  const [first] = failed;
  if (first === undefined) return settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  if (failed.length === settled.length && failed.length === 1) throw first.reason;
  throw new StoreError("ambiguous", "A part of the commit failed.", { cause: first.reason });
}

function outcomeOf(answer: Answer | undefined, fresh: Snapshot | undefined): Outcome {
  const [status, receipts = []] = answer ?? ["conflict"];
  if (status === "committed") return { status };
  if (status === "duplicate") return { status, receipts: receipts.map(decode) as ReceiptRow[] };
  if (fresh === undefined) throw new StoreError("ambiguous", "A conflict was answered without a snapshot.");
  return { status, fresh };
}

/** The keys that a wallet's change names, beside those that were asked for. */
function keysFor({ key, receipts = [] }: Read, changes: readonly Change[]): readonly string[] {
  const change = changes.find((one) => one.key.id === key.id && one.key.part === key.part);
  return [...receipts, ...(change?.unused ?? [])];
}
