import type { BurnKey } from "./burn-order.js";
import { type Mutable, copyOfCost, copyOfGrant } from "./copies.js";
import { floorShare } from "./money.js";
import { impossible } from "./errors.js";
import type { Recurrence } from "./schedule.js";

/** Where a grant stands in time; decided by instants, `voidedAt` and its payment alone. */
export type GrantPhase = "pending" | "scheduled" | "live" | "expired" | "voided";

export type GrantStatus = "pending" | "scheduled" | "active" | "depleted" | "expired" | "voided";

/** A lot of credits. Amounts are scaled credits: amount = remaining + held + everything that has gone. */
export interface Grant extends BurnKey {
  readonly phase: GrantPhase;
  readonly source: string;
  readonly remaining: bigint;
  readonly held: bigint;
  readonly consumed: bigint;
  readonly expired: bigint;
  readonly voided: bigint;
  readonly adjusted: bigint;
  readonly refunded: bigint;
  readonly moved: bigint;
  /** Null: promotional. */
  readonly cost: GrantCost | null;
  readonly voidedAt: number | null;
  readonly closedAt: number | null;
  /** What expired and may come back by late use, oldest first. */
  readonly lapses: readonly Lapse[];
  readonly displayName: string | null;
  /** Canonical JSON as the caller gave it. */
  readonly metadata: string | null;
  /** Public id of the grant that these credits came from. */
  readonly originGrantId: string | null;
  /** Null: it came of no schedule. */
  readonly recurrence: Recurrence | null;
  /** The instant up to which its expiry has been announced; null: it was not. */
  readonly noticedAt: number | null;
  /** Null: it waited for none. */
  readonly payment: GrantPayment | null;
}

/** How a grant that came of a payment is paid. */
export interface GrantPayment {
  /** `pending`: nothing has moved yet, so the grant itself counts no credits and no money. `canceled`: it never will. */
  readonly state: "pending" | "paid" | "canceled";
  /** What it brings once it is paid. */
  readonly credits: bigint;
  readonly cost: { readonly total: bigint; readonly currency: string };
  /** Local; null: paid by other means than a top-up. */
  readonly topUpId: string | null;
  /** Of the provider. */
  readonly paymentId: string | null;
  readonly invoiceUrl: string | null;
  readonly receiptUrl: string | null;
}

/** Minor units: total = deferred + recognised + breakage + refunded + moved. */
export interface GrantCost {
  readonly currency: string;
  readonly total: bigint;
  readonly recognised: bigint;
  readonly breakage: bigint;
  readonly refunded: bigint;
  readonly moved: bigint;
  /** Deferred money and open credits at the last restart: the base of the running floor. */
  readonly restartDeferred: bigint;
  readonly restartOpen: bigint;
}

/** Credits that one `expired` entry took, the money it carried, and how many of them have come back. */
export interface Lapse {
  readonly amount: bigint;
  readonly money: bigint;
  readonly back: bigint;
}

/** Where credits that leave a grant are counted, and where their money goes. */
export type Departure = "consumed" | "expired" | "voided" | "adjusted" | "refunded" | "moved";

const MONEY_OF: Readonly<Record<Departure, "recognised" | "breakage" | "refunded" | "moved">> = {
  consumed: "recognised",
  expired: "breakage",
  voided: "breakage",
  adjusted: "breakage",
  refunded: "refunded",
  moved: "moved",
};

export function openCredits(grant: Grant): bigint {
  return grant.remaining + grant.held;
}

/** Late use draws on a rollover grant where the grant that it came of was there already. */
export function aliveSince({ recurrence, effectiveAt }: Pick<Grant, "recurrence" | "effectiveAt">): number {
  return recurrence?.aliveSince ?? effectiveAt;
}

export function isOpen(grant: Grant): boolean {
  return openCredits(grant) > 0n;
}

export function deferredOf(cost: GrantCost): bigint {
  return cost.total - cost.recognised - cost.breakage - cost.refunded - cost.moved;
}

export function phaseAt(
  grant: Pick<Grant, "voidedAt" | "effectiveAt" | "expiresAt" | "payment">,
  instant: number,
): GrantPhase {
  if (grant.voidedAt !== null) return "voided";
  if (grant.payment?.state === "pending") return "pending";
  if (grant.expiresAt !== null && grant.expiresAt <= instant) return "expired";
  return grant.effectiveAt > instant ? "scheduled" : "live";
}

export function statusOf(grant: Grant): GrantStatus {
  if (grant.phase === "voided" || grant.phase === "scheduled" || grant.phase === "pending")
    return grant.phase;
  // What a cap on rollovers trims has expired before its time.
  if (grant.expired > 0n && !isOpen(grant)) return "expired";
  if (grant.phase === "expired" && isOpen(grant)) return "expired";
  return isOpen(grant) ? "active" : "depleted";
}

export interface Moved {
  readonly grant: Grant;
  /** Minor units that went with the credits; null where the grant has no cost. */
  readonly money: bigint | null;
}

/**
 * Takes credits out of a grant. Their money is floor(D(g+x)/n) − floor(Dg/n), with D and n the deferred money and open
 * credits at the last restart and g what has gone since: split takes carry in sum what one take would.
 */
export function take(
  grant: Grant,
  amount: bigint,
  departure: Departure,
  from: "remaining" | "held",
  /** Whether late use may bring back what expires. */
  mayComeBack: boolean = true,
): Moved {
  if (amount < 0n || grant[from] < amount) throw impossible(`taking ${amount} of ${grant[from]} ${from}`);
  const money = grant.cost === null ? null : shareOf(grant.cost, openCredits(grant), amount);
  const cost = grant.cost === null ? null : addMoney(grant.cost, MONEY_OF[departure], money ?? 0n);
  const next = copyOfGrant(grant);
  next[from] -= amount;
  next[departure] += amount;
  next.cost = cost;
  if (departure === "expired" && amount > 0n && mayComeBack)
    next.lapses = [...next.lapses, { amount, money: money ?? 0n, back: 0n }];
  return { grant: next, money };
}

function shareOf(cost: GrantCost, open: bigint, amount: bigint): bigint {
  if (cost.restartOpen === 0n) return 0n;
  const gone = cost.restartOpen - open;
  return (
    floorShare(cost.restartDeferred, gone + amount, cost.restartOpen) -
    floorShare(cost.restartDeferred, gone, cost.restartOpen)
  );
}

/** Gives credits and their money back to `remaining`; the running floor restarts from what is then open and deferred. */
export function giveBack(grant: Grant, amount: bigint, money: bigint, departure: Departure): Grant {
  if (grant[departure] < amount) throw impossible(`returning ${amount} of ${grant[departure]} ${departure}`);
  const next = copyOfGrant(grant);
  next.remaining += amount;
  next[departure] -= amount;
  if (next.cost === null) return next;
  const cost = addMoney(next.cost, MONEY_OF[departure], -money);
  cost.restartDeferred = deferredOf(cost);
  cost.restartOpen = openCredits(next);
  next.cost = cost;
  return next;
}

/** Of an entry's money m for x credits: what comes back when `amount` more return after `before` had. */
export function returningMoney(money: bigint, credits: bigint, before: bigint, amount: bigint): bigint {
  return credits === 0n
    ? 0n
    : floorShare(money, before + amount, credits) - floorShare(money, before, credits);
}

/** Of what a grant lost by expiry `amount` comes back, latest expiry first: the lapses left, and the money it brings. */
export function backFromLapses(
  grant: Grant,
  amount: bigint,
): { readonly lapses: readonly Lapse[]; readonly money: bigint } {
  let left = amount;
  let money = 0n;
  const lapses = [...grant.lapses];
  while (left > 0n) {
    const last = lapses.pop();
    if (last === undefined) throw impossible(`returning ${left} more than ever expired`);
    const unreturned = last.amount - last.back;
    const part = left < unreturned ? left : unreturned;
    money += returningMoney(last.money, last.amount, last.back, part);
    left -= part;
    if (part < unreturned) lapses.push({ ...last, back: last.back + part });
  }
  return { lapses, money };
}

function addMoney(
  before: GrantCost,
  to: "recognised" | "breakage" | "refunded" | "moved",
  money: bigint,
): Mutable<GrantCost> {
  const cost = copyOfCost(before);
  cost[to] += money;
  return cost;
}
