import type { Attachment } from "./attachments.js";
import type { Budget } from "./budget.js";
import { MAX_AMOUNT } from "./amounts.js";
import { copyOfWallet } from "./copies.js";
import type { DecisionTerms } from "./decision-terms.js";
import { type Entry, type OperationContext, operationIdAt } from "./entry.js";
import { type Posting, newEntry } from "./posting.js";
import { tooManyCredits } from "./errors.js";
import type { EventData, EventType, WalletEvent } from "./events.js";
import { type Grant, isOpen, phaseAt } from "./grant.js";
import type { Known } from "./known.js";
import type { RateHistory } from "./rate-book.js";
import type { RecordChange } from "./record-change.js";
import type { Reservation, WithdrawalRecord, OveragePeriod } from "./records.js";
import type { Schedule } from "./schedule.js";
import type { Subscription } from "./subscription.js";
import type { TierCount } from "./tier-period.js";
import type { AutoTopUp, TopUp } from "./top-up.js";
import type { UsageCount } from "./usage.js";
import type { Wallet } from "./wallet.js";
import {
  withAttachment,
  withGrant,
  withRates,
  withReservation,
  withSchedule,
  withWithdrawalRecord,
} from "./wallet-index.js";
import { withAutoTopUp, withTopUp } from "./wallet-index-top-ups.js";

/** Where a draft stood, to go back to. */
export interface Mark {
  readonly wallet: Wallet;
  readonly entries: number;
  readonly usage: number;
  readonly events: number;
  readonly undo: number;
}

const NO_FACTS: Partial<Entry> = {};

/**
 * A wallet while something is being decided, and what changed in it so far. The wallet inside never changes in place, so
 * a decision that is denied goes back to a mark and leaves no trace.
 */
export class Draft {
  readonly entries: Entry[] = [];
  readonly usage: UsageCount[] = [];
  readonly events: WalletEvent[] = [];
  /** Grants that changed, by id, as they are now. */
  readonly grants: Map<string, Grant> = new Map();
  /** Ids of grants that are new since the draft began. */
  readonly opened: Set<string> = new Set();
  readonly records: Map<string, RecordChange> = new Map();
  /** What takes back the changes of grants and records, latest last. */
  private readonly undo: (() => void)[] = [];
  private operation: OperationContext = { actor: null, reason: null, occurredAt: 0, cause: null };
  private operationSeq = 0;
  private entrylessId: string | null = null;

  constructor(
    public wallet: Wallet,
    readonly terms: DecisionTerms,
    /** What was read beside the snapshot. */
    public known: Known,
  ) {}

  get now(): number {
    return this.wallet.clock;
  }

  mark(): Mark {
    return {
      wallet: this.wallet,
      entries: this.entries.length,
      usage: this.usage.length,
      events: this.events.length,
      undo: this.undo.length,
    };
  }

  /** As if nothing had been done since the mark. */
  rollBack(mark: Mark): void {
    this.wallet = mark.wallet;
    this.entries.length = mark.entries;
    this.usage.length = mark.usage;
    this.events.length = mark.events;
    while (this.undo.length > mark.undo) this.undo.pop()?.();
  }

  /** From here on entries belong to a new operation, whose id is the place of the first of them. */
  begin(operation: OperationContext): void {
    this.operation = operation;
    this.operationSeq = this.wallet.seq + 1;
    this.entrylessId = null;
  }

  get operationId(): string {
    return operationIdAt(this.now, this.operationSeq);
  }

  /** The id that the operation keeps: where its first entry stands, or one of its own if it wrote none. */
  get settledOperationId(): string {
    if (this.wallet.seq >= this.operationSeq) return this.operationId;
    this.entrylessId ??= this.terms.newId(this.now);
    return this.entrylessId;
  }

  /** Any grant of this wallet that is open, changed in this draft, or was read. */
  grant(id: string): Grant | undefined {
    const open = this.wallet.openGrants.get(id);
    if (open !== undefined) return open;
    const closed = this.grants.get(id) ?? this.known.grants.get(id);
    return closed === undefined ? undefined : { ...closed, phase: phaseAt(closed, this.now) };
  }

  /** Closed grants that lost credits to expiry, as far as they were read or made so here. */
  *lapsedGrants(): Iterable<Grant> {
    const ids = new Set(this.known.lapsed.map((grant) => grant.id));
    for (const grant of this.grants.values()) if (grant.lapses.length > 0) ids.add(grant.id);
    for (const id of this.wallet.expiredOpen.keys()) ids.add(id);
    for (const id of ids) {
      const grant = this.grant(id);
      if (grant !== undefined && grant.phase === "expired") yield grant;
    }
  }

  openGrant(grant: Grant): void {
    this.opened.add(grant.id);
    this.undo.push(() => this.opened.delete(grant.id));
    this.putGrant(undefined, grant);
  }

  setGrant(after: Grant): void {
    this.putGrant(this.wallet.openGrants.get(after.id), after);
  }

  private putGrant(before: Grant | undefined, after: Grant): void {
    const closedAt = isOpen(after) ? null : (after.closedAt ?? this.now);
    const next = closedAt === after.closedAt ? after : { ...after, closedAt };
    this.put(this.grants, next.id, next);
    this.wallet = withGrant(this.wallet, this.terms.currency.burnOrder, before, next);
  }

  private put<Value>(changes: Map<string, Value>, key: string, after: Value): void {
    const before = changes.get(key);
    changes.set(key, after);
    this.undo.push(() => (before === undefined ? changes.delete(key) : changes.set(key, before)));
  }

  reservation(id: string): Reservation | undefined {
    const open = this.wallet.reservations.get(id);
    if (open !== undefined) return open;
    const changed = this.records.get(`reservation/${id}`);
    return changed?.kind === "reservation" ? changed.record : this.known.reservations.get(id);
  }

  setReservation(record: Reservation): void {
    this.put(this.records, `reservation/${record.id}`, { kind: "reservation", record });
    this.wallet = withReservation(this.wallet, record);
  }

  schedule(id: string): Schedule | undefined {
    const open = this.wallet.schedules.get(id);
    if (open !== undefined) return open;
    const changed = this.records.get(`schedule/${id}`);
    return changed?.kind === "schedule" ? changed.record : this.known.schedules.get(id);
  }

  setSchedule(record: Schedule): void {
    this.put(this.records, `schedule/${record.id}`, { kind: "schedule", record });
    this.wallet = withSchedule(this.wallet, record);
  }

  budget(id: string): Budget | undefined {
    return this.wallet.budgets.get(id);
  }

  /** `open`: false once it is removed. */
  setBudget(record: Budget, open: boolean = true): void {
    this.put(this.records, `budget/${record.id}`, { kind: "budget", record, open });
    const next = copyOfWallet(this.wallet);
    next.budgets = open ? next.budgets.with(record.id, record) : next.budgets.without(record.id);
    this.wallet = next;
  }

  /** In the customer's own wallet, which holds no credits. */
  setSubscription(record: Subscription): void {
    this.put(this.records, `subscription/${record.id}`, { kind: "subscription", record });
  }

  /** In the engine's own wallet, which holds no credits. */
  setRates(record: RateHistory): void {
    this.put(this.records, `rate/${record.id}`, { kind: "rate", record });
    this.wallet = withRates(this.wallet, record);
  }

  topUp(id: string): TopUp | undefined {
    const open = this.wallet.topUps.get(id);
    if (open !== undefined) return open;
    const changed = this.records.get(`topUp/${id}`);
    return changed?.kind === "topUp" ? changed.record : this.known.topUps.get(id);
  }

  setTopUp(record: TopUp): void {
    this.put(this.records, `topUp/${record.id}`, { kind: "topUp", record });
    this.wallet = withTopUp(this.wallet, record);
  }

  setAutoTopUp(record: AutoTopUp): void {
    this.put(this.records, "autoTopUp", { kind: "autoTopUp", record });
    this.wallet = withAutoTopUp(this.wallet, record);
  }

  setTierCounts(record: readonly TierCount[]): void {
    this.put(this.records, "tiers", { kind: "tiers", record });
    const next = copyOfWallet(this.wallet);
    next.tierCounts = record;
    this.wallet = next;
  }

  /** Once no use can be rated by it any more, it stands in the wallet no longer. */
  setAttachment(record: Attachment, open: boolean): void {
    this.put(this.records, `plan/${record.id}`, { kind: "plan", record, open });
    this.wallet = withAttachment(this.wallet, record, open);
  }

  withdrawalRecord(id: string): WithdrawalRecord {
    const owing = this.wallet.owingWithdrawals.get(id);
    if (owing !== undefined) return owing;
    const changed = this.records.get(`withdrawal/${id}`);
    if (changed?.kind === "withdrawal") return changed.record;
    return this.known.withdrawals.get(id) ?? { id, debts: [], settlements: [], back: {} };
  }

  setWithdrawalRecord(record: WithdrawalRecord): void {
    this.put(this.records, `withdrawal/${record.id}`, { kind: "withdrawal", record });
    this.wallet = withWithdrawalRecord(this.wallet, this.wallet.owingWithdrawals.get(record.id), record);
  }

  /** A period stays open, and so comes with every snapshot, until a later one begins. */
  setOveragePeriod(record: OveragePeriod): void {
    const before = this.wallet.overagePeriod;
    if (before !== null && before.startsAt !== record.startsAt)
      this.put(this.records, `overage/${before.startsAt}`, { kind: "overage", record: before, open: false });
    this.put(this.records, `overage/${record.startsAt}`, { kind: "overage", record, open: true });
    const next = copyOfWallet(this.wallet);
    next.overagePeriod = record;
    this.wallet = next;
  }

  /**
   * Appends an entry of the operation under way and moves the wallet's sums with it.
   *
   * @param facts What entries of one line share; the posting goes before them.
   */
  post(posting: Posting, facts: Partial<Entry> = NO_FACTS): Entry {
    const { wallet, operation } = this;
    const { account, amount } = posting;
    const seq = wallet.seq + 1;
    const balanceAfter = account === "overage" ? wallet.balance : wallet.balance + amount;
    const overdraft = account === "overdraft" ? wallet.overdraft - amount : wallet.overdraft;
    if (balanceAfter + overdraft > MAX_AMOUNT) throw tooManyCredits();
    const entry = newEntry(
      { wallet, operation, operationId: this.operationId },
      balanceAfter,
      posting,
      facts,
    );
    this.entries.push(entry);
    const next = copyOfWallet(wallet);
    next.seq = seq;
    next.balance = balanceAfter;
    next.overdraft = overdraft;
    if (account === "overage") next.overage -= amount;
    this.wallet = next;
    return entry;
  }

  count(usage: UsageCount): void {
    this.usage.push(usage);
  }

  /** Tells the outside, once this is committed. */
  emit<Type extends EventType>(type: Type, data: EventData[Type]): void {
    const next = copyOfWallet(this.wallet);
    next.eventNo += 1;
    this.wallet = next;
    // TypeScript does not follow that a type and its own data are one of the union.
    this.events.push({ eventNo: next.eventNo, type, at: next.clock, data } as unknown as WalletEvent);
  }

  setClock(instant: number): void {
    const next = copyOfWallet(this.wallet);
    next.clock = instant;
    this.wallet = next;
  }
}
