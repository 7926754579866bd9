import type { Attachment } from "./attachments.js";
import type { RateHistory } from "./rate-book.js";
import type { BurnOrder } from "./burn-order.js";
import { copyOfPool, copyOfWallet } from "./copies.js";
import { type Grant, aliveSince, isOpen, openCredits } from "./grant.js";
import type { Reservation, WithdrawalRecord } from "./records.js";
import { type Schedule, nextRefillAt, refillKey } from "./schedule.js";
import { type Thresholds, nextNoticeAt } from "./thresholds.js";
import {
  DUE_RANK,
  type Due,
  type Pool,
  type Wallet,
  debtsByAge,
  emptyPool,
  restrictionKey,
} from "./wallet.js";

/** Puts a changed grant into the wallet, and every index and total right. `before`: as the wallet last knew it. */
export function withGrant(
  wallet: Wallet,
  burnOrder: BurnOrder,
  before: Grant | undefined,
  after: Grant,
): Wallet {
  const next = copyOfWallet(wallet);
  next.available = moved(wallet.available, before, after, freeLive);
  next.held = moved(wallet.held, before, after, held);
  next.scheduled = moved(wallet.scheduled, before, after, scheduled);
  next.liveOpen = moved(wallet.liveOpen, before, after, liveOpen);
  next.openGrants = isOpen(after)
    ? wallet.openGrants.with(after.id, after)
    : wallet.openGrants.without(after.id);
  next.pools = withPooled(wallet, burnOrder, before, after);
  next.expiredOpen = withExpiredOpen(wallet, after);
  next.due = withDue(wallet, before, after);
  return next;
}

/** A total of one part of all grants, once the grant has changed. */
function moved(
  total: bigint,
  before: Grant | undefined,
  after: Grant,
  part: (grant: Grant) => bigint,
): bigint {
  const had = before === undefined ? 0n : part(before);
  const has = part(after);
  return had === has ? total : total + has - had;
}

function freeLive(grant: Grant): bigint {
  return grant.phase === "live" ? grant.remaining : 0n;
}

function held(grant: Grant): bigint {
  return grant.held;
}

function scheduled(grant: Grant): bigint {
  return grant.phase === "scheduled" ? openCredits(grant) : 0n;
}

function liveOpen(grant: Grant): bigint {
  return grant.phase === "live" ? openCredits(grant) : 0n;
}

function isPooled(grant: Grant | undefined): grant is Grant {
  return grant !== undefined && freeLive(grant) > 0n;
}

function sameBurnKey(a: Grant, b: Grant): boolean {
  return a.priority === b.priority && a.expiresAt === b.expiresAt;
}

function withPooled(
  wallet: Wallet,
  burnOrder: BurnOrder,
  before: Grant | undefined,
  after: Grant,
): Wallet["pools"] {
  if (!isPooled(before) && !isPooled(after)) return wallet.pools;
  const key = restrictionKey(after.features);
  let pool = wallet.pools.get(key) ?? emptyPool(after.features, burnOrder);
  if (isPooled(before) && isPooled(after) && sameBurnKey(before, after)) {
    const next = copyOfPool(pool);
    next.free += after.remaining - before.remaining;
    pool = next;
  } else {
    if (isPooled(before)) pool = withoutMember(pool, before);
    if (isPooled(after)) pool = withMember(pool, after);
  }
  return pool.free === 0n ? wallet.pools.without(key) : wallet.pools.with(key, pool);
}

function withMember(pool: Pool, grant: Grant): Pool {
  return {
    ...pool,
    free: pool.free + grant.remaining,
    inBurnOrder: pool.inBurnOrder.with(grant, grant.id),
    byEffectiveAt: pool.byEffectiveAt.with({ effectiveAt: aliveSince(grant), id: grant.id }, grant.id),
  };
}

function withoutMember(pool: Pool, grant: Grant): Pool {
  return {
    ...pool,
    free: pool.free - grant.remaining,
    inBurnOrder: pool.inBurnOrder.without(grant),
    byEffectiveAt: pool.byEffectiveAt.without({ effectiveAt: aliveSince(grant), id: grant.id }),
  };
}

function withExpiredOpen(wallet: Wallet, after: Grant): Wallet["expiredOpen"] {
  const stands = after.phase === "expired" && isOpen(after);
  if (stands === (wallet.expiredOpen.get(after.id) === true)) return wallet.expiredOpen;
  return stands ? wallet.expiredOpen.with(after.id, true) : wallet.expiredOpen.without(after.id);
}

function withDue(wallet: Wallet, before: Grant | undefined, after: Grant): Wallet["due"] {
  if (before !== undefined && sameDue(before, after)) return wallet.due;
  let { due } = wallet;
  const { leads } = wallet.watch;
  for (const one of before === undefined ? [] : dueOfGrant(before, leads)) due = due.without(one);
  for (const one of dueOfGrant(after, leads)) due = due.with(one, true);
  return due;
}

function sameDue(before: Grant, after: Grant): boolean {
  return (
    before.phase === after.phase &&
    sameBurnKey(before, after) &&
    before.noticedAt === after.noticedAt &&
    mayRoll(before) === mayRoll(after) &&
    isOpen(before) === isOpen(after)
  );
}

function dueOfGrant(grant: Grant, leads: Wallet["watch"]["leads"]): readonly Due[] {
  if (!isOpen(grant)) return NOTHING_DUE;
  const { id, phase, effectiveAt, expiresAt } = grant;
  if (phase === "scheduled") return [{ at: effectiveAt, rank: DUE_RANK.activation, grant, id }];
  if (phase !== "live" || expiresAt === null) return NOTHING_DUE;
  const rank = mayRoll(grant) ? DUE_RANK.rollover : DUE_RANK.expiry;
  const end: Due = { at: expiresAt, rank, grant, id };
  const at = leads.length === 0 ? null : nextNoticeAt(grant, leads);
  return at === null ? [end] : [end, { at, rank: DUE_RANK.notice, grant, id }];
}

const NOTHING_DUE: readonly Due[] = [];

/** Thresholds of the wallet's own, or none: with other lead times its grants have other notices. */
export function withThresholds(
  wallet: Wallet,
  currencyLeads: Wallet["watch"]["leads"],
  thresholds: Thresholds | null,
): Wallet {
  const next = copyOfWallet(wallet);
  const leads = leadsOf(currencyLeads, thresholds);
  next.watch = { ...wallet.watch, thresholds, leads };
  for (const grant of wallet.openGrants.values()) {
    for (const one of dueOfGrant(grant, wallet.watch.leads)) next.due = next.due.without(one);
    for (const one of dueOfGrant(grant, leads)) next.due = next.due.with(one, true);
  }
  return next;
}

/** All lead times by which a notice may be due in a wallet. */
export function leadsOf(
  currencyLeads: Wallet["watch"]["leads"],
  thresholds: Thresholds | null,
): Wallet["watch"]["leads"] {
  return thresholds === null || thresholds.expiringLead.length === 0
    ? currencyLeads
    : [...currencyLeads, ...thresholds.expiringLead];
}

/** Whether its schedule is asked when it ends: once. */
function mayRoll({ recurrence }: Grant): boolean {
  return recurrence !== null && recurrence.rolled === null;
}

/** Puts a schedule in its new state into the wallet: it stands there until it has ended. */
export function withSchedule(wallet: Wallet, after: Schedule): Wallet {
  const before = wallet.schedules.get(after.id);
  let { due } = wallet;
  for (const one of before === undefined ? [] : dueOfSchedule(before)) due = due.without(one);
  for (const one of dueOfSchedule(after)) due = due.with(one, true);
  const next = copyOfWallet(wallet);
  next.due = due;
  next.schedules = after.hasEnded
    ? wallet.schedules.without(after.id)
    : wallet.schedules.with(after.id, after);
  return next;
}

export function withAttachment(wallet: Wallet, after: Attachment, open: boolean): Wallet {
  const next = copyOfWallet(wallet);
  next.attachments = open ? wallet.attachments.with(after.id, after) : wallet.attachments.without(after.id);
  return next;
}

export function withRates(wallet: Wallet, after: RateHistory): Wallet {
  const next = copyOfWallet(wallet);
  next.rates = wallet.rates.with(after.id, after);
  return next;
}

function dueOfSchedule(schedule: Schedule): readonly Due[] {
  const { id, endsAt, hasEnded } = schedule;
  if (hasEnded) return [];
  const end: readonly Due[] =
    endsAt === null ? [] : [{ at: endsAt, rank: DUE_RANK.scheduleEnd, grant: null, id }];
  const at = nextRefillAt(schedule);
  if (at === null) return end;
  return [...end, { at, rank: DUE_RANK.refill, grant: refillKey(schedule, at), id }];
}

/** Puts a reservation in its new state into the wallet: only `held` ones stand there. */
export function withReservation(wallet: Wallet, after: Reservation): Wallet {
  const before = wallet.reservations.get(after.id);
  const stands = after.state === "held";
  let { due } = wallet;
  if (before !== undefined) due = due.without(dueOfReservation(before));
  if (stands) due = due.with(dueOfReservation(after), true);
  const next = copyOfWallet(wallet);
  next.due = due;
  next.reservations = stands
    ? wallet.reservations.with(after.id, after)
    : wallet.reservations.without(after.id);
  const { overdraft, overage } = wallet.headroomHeld;
  const now = stands ? after : undefined;
  next.headroomHeld = {
    overdraft: overdraft - headroomIn(before, "overdraft") + headroomIn(now, "overdraft"),
    overage: overage - headroomIn(before, "overage") + headroomIn(now, "overage"),
  };
  return next;
}

function dueOfReservation({ id, expiresAt }: Reservation): Due {
  return { at: expiresAt, rank: DUE_RANK.reservationTimeout, grant: null, id };
}

function headroomIn(reservation: Reservation | undefined, mode: "overdraft" | "overage"): bigint {
  if (reservation === undefined) return 0n;
  const { amount, price } = reservation.headroom;
  return (price === null) === (mode === "overdraft") ? amount : 0n;
}

/** Puts a withdrawal's record into the wallet: it stands there while something is owed. */
export function withWithdrawalRecord(
  wallet: Wallet,
  before: WithdrawalRecord | undefined,
  after: WithdrawalRecord,
): Wallet {
  let { debts } = wallet;
  for (const debt of before?.debts ?? []) {
    const group = debts.get(debt.feature ?? "")?.without(debt.seq);
    if (group !== undefined)
      debts = group.size === 0 ? debts.without(debt.feature ?? "") : debts.with(debt.feature ?? "", group);
  }
  const open = after.debts.filter((debt) => debt.owed > 0n);
  for (const debt of open) {
    const group = debts.get(debt.feature ?? "") ?? debtsByAge();
    debts = debts.with(debt.feature ?? "", group.with(debt.seq, { ...debt, withdrawalId: after.id }));
  }
  const owingWithdrawals =
    open.length > 0
      ? wallet.owingWithdrawals.with(after.id, after)
      : wallet.owingWithdrawals.without(after.id);
  const next = copyOfWallet(wallet);
  next.debts = debts;
  next.owingWithdrawals = owingWithdrawals;
  return next;
}
