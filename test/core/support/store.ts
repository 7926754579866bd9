import type { Currency } from "../../../src/catalog/catalog.js";
import type { Draft } from "../../../src/core/draft.js";
import type { Entry } from "../../../src/core/entry.js";
import type { WalletEvent } from "../../../src/core/events.js";
import type { Grant } from "../../../src/core/grant.js";
import { type WalletFacts, violations } from "../../../src/core/invariants.js";
import { budgetGaps } from "../../../src/testing/check-budgets.js";
import { type Known, NOTHING_KNOWN, type Needs } from "../../../src/core/known.js";
import { needsOf } from "../../../src/core/needs.js";
import type { OveragePeriod, Reservation, WithdrawalRecord } from "../../../src/core/records.js";
import type { Schedule } from "../../../src/core/schedule.js";
import type { Request } from "../../../src/core/requests.js";
import type { TopUp } from "../../../src/core/top-up.js";
import type { Wallet } from "../../../src/core/wallet.js";
import { expectedIndex, indexOf } from "./wallet-index.js";

/**
 * What is stored of one wallet. A decision is told only what it says it needs, as an engine would tell it; after every
 * commit the laws of conservation and the wallet's indexes are checked against everything that is stored.
 */
export class TestStore {
  readonly grants: Map<string, Grant> = new Map();
  readonly reservations: Map<string, Reservation> = new Map();
  readonly withdrawals: Map<string, WithdrawalRecord> = new Map();
  readonly schedules: Map<string, Schedule> = new Map();
  readonly topUps: Map<string, TopUp> = new Map();
  readonly overage: Map<number, OveragePeriod & { readonly open: boolean }> = new Map();
  readonly ledger: Entry[] = [];
  readonly events: WalletEvent[] = [];
  readonly operations: Set<string> = new Set();

  constructor(
    public wallet: Wallet,
    private readonly currency: Currency,
  ) {}

  knownFor(requests: readonly Request[], now: number): Known {
    let known = NOTHING_KNOWN;
    let asked = "";
    for (;;) {
      const needs = requests.map((request) => needsOf(request, this.wallet, known, now));
      const text = JSON.stringify(needs);
      if (text === asked) return known;
      asked = text;
      known = needs.reduce((sum, need) => joined(sum, this.answer(need)), NOTHING_KNOWN);
    }
  }

  private answer(needs: Needs): Known {
    const since = needs.lapsedSince;
    const lapsed =
      since === undefined ? [] : [...this.grants.values()].filter((grant) => lapsedAfter(grant, since));
    return {
      grants: picked(this.grants, [...(needs.grants ?? []), ...lapsed.map(({ id }) => id)]),
      reservations: picked(this.reservations, needs.reservations ?? []),
      withdrawals: picked(this.withdrawals, needs.withdrawals ?? []),
      schedules: picked(this.schedules, needs.schedules ?? []),
      topUps: picked(this.topUps, needs.topUps ?? []),
      operations: new Map(
        (needs.operations ?? []).map((id) => [id, this.ledger.filter((entry) => entry.operationId === id)]),
      ),
      lapsed,
    };
  }

  commit(draft: Draft, receipts: readonly string[]): void {
    for (const id of draft.opened) if (this.grants.has(id)) throw new Error(`grant ${id} was opened twice`);
    for (const [id, grant] of draft.grants) {
      if (!this.grants.has(id) && !draft.opened.has(id)) throw new Error(`grant ${id} was never opened`);
      this.grants.set(id, grant);
    }
    for (const change of draft.records.values()) {
      if (change.kind === "reservation") this.reservations.set(change.record.id, change.record);
      else if (change.kind === "withdrawal") this.withdrawals.set(change.record.id, change.record);
      else if (change.kind === "budget" || change.kind === "plan") continue;
      else if (change.kind === "schedule") this.schedules.set(change.record.id, change.record);
      else if (change.kind === "topUp") this.topUps.set(change.record.id, change.record);
      else if (change.kind === "autoTopUp") continue;
      else if (change.kind !== "overage") throw new Error("a record of no known kind");
      else this.overage.set(change.record.startsAt, { ...change.record, open: change.open });
    }
    this.ledger.push(...draft.entries);
    this.events.push(...draft.events);
    for (const id of receipts) {
      if (this.operations.has(id)) throw new Error(`two operations have the id ${id}`);
      this.operations.add(id);
    }
    this.wallet = draft.wallet;
    this.check();
  }

  facts(): WalletFacts {
    const { balance, held, overdraft, overage } = this.wallet;
    return {
      grants: [...this.grants.values()],
      reservations: [...this.reservations.values()],
      withdrawals: [...this.withdrawals.values()],
      entries: this.ledger,
      operations: this.operations,
      balance,
      held,
      overdraft,
      overage,
    };
  }

  private check(): void {
    const facts = this.facts();
    const gaps = budgetGaps({ ...facts, budgets: [...this.wallet.budgets.values()] });
    const broken = [...violations(facts), ...gaps].map(({ law, what }) => `law ${law}: ${what}`);
    for (const [index, { eventNo, at }] of this.events.entries()) {
      if (eventNo !== index + 1) broken.push(`event ${eventNo} stands at place ${index + 1}`);
      if (at < (this.events[index - 1]?.at ?? at)) broken.push(`event ${eventNo}: time goes back`);
    }
    if (this.wallet.eventNo !== this.events.length) broken.push("the wallet does not number its last event");
    const actual = indexOf(this.wallet);
    const expected = expectedIndex(this, this.wallet.clock, this.currency, this.wallet.watch.leads);
    if (JSON.stringify(actual) !== JSON.stringify(expected))
      broken.push(`the wallet is ${JSON.stringify(actual)}\nbut should be ${JSON.stringify(expected)}`);
    if (broken.length > 0) throw new Error(broken.join("\n"));
  }
}

function lapsedAfter({ expired, closedAt }: Grant, since: number): boolean {
  return expired > 0n && closedAt !== null && closedAt >= since;
}

function picked<Value>(from: ReadonlyMap<string, Value>, ids: readonly string[]): Map<string, Value> {
  return new Map(
    ids.flatMap((id) => {
      const value = from.get(id);
      return value === undefined ? [] : [[id, value] as const];
    }),
  );
}

function joined(a: Known, b: Known): Known {
  return {
    grants: new Map([...a.grants, ...b.grants]),
    reservations: new Map([...a.reservations, ...b.reservations]),
    withdrawals: new Map([...a.withdrawals, ...b.withdrawals]),
    schedules: new Map([...a.schedules, ...b.schedules]),
    topUps: new Map([...a.topUps, ...b.topUps]),
    operations: new Map([...a.operations, ...b.operations]),
    lapsed: [...a.lapsed, ...b.lapsed],
  };
}
