/**
 * The store again, as arrays that are searched and sorted anew for every answer: too slow to use, too simple to be
 * wrong. It knows nothing of limits, pages and bad values; the example tests do.
 */
import type {
  Change,
  EventPage,
  EventRow,
  ListQuery,
  Outcome,
  Read,
  Snapshot,
  UsagePoint,
  UsageQuery,
  WalletKey,
} from "../../../store/index.js";
import {
  matching,
  operation,
  lapsed,
  sum,
  repeats,
  hasTwins,
  same,
  sameReceipt,
  samePlace,
  sorted,
} from "./model-rows.js";
import type { ModelWallet } from "./model-rows.js";

interface ModelEvent {
  readonly part: number;
  readonly position: number;
  readonly wallet: WalletKey;
  readonly event: EventRow;
}

const NOTHING = { opened: [], moved: [], records: [], entries: [], receipts: [], events: [] };

export class Model {
  wallets: ModelWallet[] = [];
  events: ModelEvent[] = [];
  #positions = new Map<number, number>();

  find(key: WalletKey): ModelWallet | undefined {
    return this.wallets.find((wallet) => same(wallet.key, key));
  }

  /** Null when the whole commit must be refused. */
  commit(changes: readonly Change[]): readonly Outcome[] | null {
    const outcomes = changes.map((change) => this.#judge(change));
    const refused = changes.some(
      (change, index) => repeats(change) || (outcomes[index]?.status === "committed" && this.#breaks(change)),
    );
    if (refused || hasTwins(changes, (a, b) => same(a.key, b.key))) return null;
    changes.forEach((change, index) => {
      if (outcomes[index]?.status === "committed") this.#write(change);
    });
    return outcomes;
  }

  /** The change without the rows for which it would be refused, and without the keys that are used. */
  mend(change: Change): Change {
    const wallet = this.find(change.key);
    const lasts = new Set<unknown>();
    const first = (name: unknown) => !lasts.has(name) && lasts.add(name).size > 0;
    const fits = (part: Partial<Change>) => !this.#breaks({ ...change, ...NOTHING, ...part });
    return {
      ...change,
      unused: change.unused.filter((key) => !wallet?.receipts.some((row) => row.key === key)),
      opened: change.opened.filter((row) => fits({ opened: [row] }) && first(`grant ${row.id}`)),
      moved: change.moved.filter((row) => fits({ moved: [row] }) && first(`grant ${row.id}`)),
      records: change.records.filter((row) => first(`record ${row.kind} ${row.id}`)),
      entries: change.entries.filter(
        (row) => fits({ entries: [row] }) && first(`entry ${row.recordedAt} ${row.seq}`),
      ),
      receipts: change.receipts.filter(
        (row) =>
          fits({ receipts: [row] }) &&
          first(`receipt ${row.key}`) &&
          first(`receipt ${row.recordedAt} ${row.receiptNo}`),
      ),
      events: change.events.filter((row) => fits({ events: [row] }) && first(`event ${row.eventNo}`)),
    };
  }

  load(read: Read): Snapshot {
    const wallet = this.find(read.key);
    const version = wallet?.head.version ?? 0;
    const unchanged = read.unless === version;
    const asked = <Row, Name>(names: readonly Name[] = [], find: (name: Name) => Row | undefined) =>
      [...new Set(names.map(find))].filter((row) => row !== undefined);
    return {
      key: read.key,
      version,
      unchanged,
      head: unchanged ? null : (wallet?.head ?? null),
      grants: unchanged ? [] : sorted(wallet?.grants ?? [], ({ id }) => [id]).filter(({ open }) => open),
      records: unchanged
        ? []
        : sorted(wallet?.records ?? [], (row) => [row.kind, row.id]).filter(({ open }) => open),
      asked: {
        receipts: asked(read.receipts, (key) => wallet?.receipts.find((row) => row.key === key)),
        grants: asked(read.grants, (id) => wallet?.grants.find((row) => row.id === id)),
        records: asked(read.records, ({ kind, id }) =>
          wallet?.records.find((row) => row.kind === kind && row.id === id),
        ),
        entries: [...new Set(read.operations)].flatMap((id) => operation(wallet, id)),
        lapsed: read.lapsedSince === undefined ? [] : lapsed(wallet, read.lapsedSince),
      },
    };
  }

  list(query: ListQuery): object[] {
    const { where } = query;
    const wallets = this.wallets.filter(({ key }) =>
      "part" in where ? key.part === where.part : same(key, where.wallet),
    );
    const rows = sorted(wallets, ({ key }) => [key.id]).flatMap((wallet) =>
      matching(wallet, query).map((row) => ({ ...row, wallet: wallet.key })),
    );
    return query.kind === "entries" && query.order === "desc" ? rows.toReversed() : rows;
  }

  usage({ key, bounds, features }: UsageQuery): UsagePoint[] {
    const points: UsagePoint[] = [];
    for (const delta of this.find(key)?.usage ?? []) {
      const index = bounds.findLastIndex((bound) => bound <= delta.bucketAt);
      if (index < 0 || index >= bounds.length - 1) continue;
      if (features !== undefined && !features.includes(delta.feature)) continue;
      const at = points.findIndex(
        (point) => point.index === index && point.feature === delta.feature && point.group === delta.group,
      );
      const fresh = { ...delta, index, quantity: 0n, quantityFraction: 0n, amount: 0n, count: 0 };
      const before = points[at] ?? fresh;
      points.splice(at < 0 ? points.length : at, 1, sum(before, delta));
    }
    return sorted(points, ({ index, feature, group }) => [index, feature, group]);
  }

  due(before: number, parts: readonly number[]): WalletKey[] {
    return parts.flatMap((part) => {
      const due = this.wallets.filter(
        ({ key, head }) => key.part === part && (head.dueAt ?? Infinity) <= before,
      );
      return sorted(due, ({ key, head }) => [head.dueAt ?? 0, key.id]).map(({ key }) => key);
    });
  }

  eventsAfter(part: number, after: number): EventPage["items"] {
    return this.events
      .filter((event) => event.part === part && event.position > after)
      .map(({ wallet, position, event }) => ({ ...event, wallet, position }));
  }

  pruneEvents(part: number, before: number, upToPosition: number, limit: number): number {
    const old = this.events
      .filter(({ event, ...at }) => at.part === part && event.at < before && at.position <= upToPosition)
      .slice(0, limit);
    this.events = this.events.filter((event) => !old.includes(event));
    return old.length;
  }

  pruneReceipts(part: number, before: number, limit: number): number {
    const wallets = sorted(this.wallets, ({ key }) => [key.id]).filter(({ key }) => key.part === part);
    const receipts = wallets.flatMap((wallet) =>
      sorted(wallet.receipts, (row) => [row.recordedAt, row.receiptNo]),
    );
    const old = receipts.filter(({ recordedAt }) => recordedAt < before).slice(0, limit);
    for (const wallet of wallets) wallet.receipts = wallet.receipts.filter((row) => !old.includes(row));
    return old.length;
  }

  pruneEntries(key: WalletKey, upToSeq: number, limit: number): number {
    const wallet = this.find(key);
    if (wallet === undefined) return 0;
    const old = sorted(wallet.entries, (row) => [row.recordedAt, row.seq])
      .filter(({ seq }) => seq <= upToSeq)
      .slice(0, limit);
    wallet.entries = wallet.entries.filter((row) => !old.includes(row));
    return old.length;
  }

  #judge(change: Change): Outcome {
    const wallet = this.find(change.key);
    if ((wallet?.head.version ?? 0) !== change.expect) {
      return { status: "conflict", fresh: this.load({ key: change.key, receipts: change.unused }) };
    }
    const { receipts } = this.load({ key: change.key, receipts: change.unused }).asked;
    return receipts.length > 0 ? { status: "duplicate", receipts } : { status: "committed" };
  }

  #breaks(change: Change): boolean {
    const wallet = this.find(change.key);
    const has = (id: string) => wallet?.grants.some((row) => row.id === id) === true;
    return (
      change.opened.some(({ id }) => has(id)) ||
      change.moved.some(({ id }) => !has(id)) ||
      change.receipts.some((receipt) => wallet?.receipts.some((row) => sameReceipt(row, receipt))) ||
      change.entries.some((entry) => wallet?.entries.some((row) => samePlace(row, entry))) ||
      change.events.some(({ eventNo }) => wallet?.events.some((number) => number >= eventNo))
    );
  }

  #write(change: Change): void {
    let wallet = this.find(change.key);
    if (wallet === undefined) {
      const rows = { grants: [], records: [], entries: [], receipts: [], usage: [], events: [] };
      this.wallets.push((wallet = { key: change.key, head: change.head, ...rows }));
    }
    const { grants, records } = wallet;
    wallet.head = change.head;
    wallet.grants = [
      ...grants.filter(({ id }) => !change.moved.some((row) => row.id === id)),
      ...change.opened,
      ...change.moved,
    ];
    wallet.records = [
      ...records.filter((old) => !change.records.some((row) => row.kind === old.kind && row.id === old.id)),
      ...change.records,
    ];
    wallet.entries.push(...change.entries);
    wallet.receipts.push(...change.receipts);
    wallet.usage.push(...change.usage);
    for (const event of sorted(change.events, ({ eventNo }) => [eventNo])) this.#place(wallet, event);
  }

  #place(wallet: ModelWallet, event: EventRow): void {
    const { part } = wallet.key;
    const position = (this.#positions.get(part) ?? 0) + 1;
    this.#positions.set(part, position);
    this.events.push({ part, position, wallet: wallet.key, event });
    wallet.events.push(event.eventNo);
  }
}
