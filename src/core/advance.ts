import { lookAtLevel, wakeAutoTopUp } from "./auto-top-up.js";
import { freeBudgets } from "./budget.js";
import type { Draft } from "./draft.js";
import type { DueCause } from "./entry.js";
import { impossible } from "./errors.js";
import { freePin } from "./endings.js";
import { grantOf, takeOut } from "./movements.js";
import type { Reservation } from "./records.js";
import { oldestPayableDebt } from "./due.js";
import { refill, rollOver } from "./recurring.js";
import type { Schedule } from "./schedule.js";
import { settle } from "./settle.js";
import { tellActivation, tellMovements, tellNotice, tellTimeout, tellTotals } from "./tell.js";
import { checkTopUp } from "./top-up-outcome.js";
import { DUE_RANK, type Due, netOf } from "./wallet.js";

/**
 * Applies everything that time alone has made due up to and including `instant`, in order, and moves the wallet's clock
 * there. No scheduler is needed: this runs before every decision and read. The clock never goes back.
 *
 * @returns false where more changed than `maxChanges`: what is done so far is whole and can be kept, the rest is due yet.
 */
export function advance(
  draft: Draft,
  instant: number,
  maxChanges: number = Number.POSITIVE_INFINITY,
): boolean {
  if (!goOn(draft, maxChanges)) return false;
  for (;;) {
    const next = draft.wallet.due.firstKey();
    if (next === undefined || next.at > instant) break;
    if (!advanceTo(draft, next.at, maxChanges)) return false;
  }
  if (instant > draft.now) draft.setClock(instant);
  return true;
}

/** What the change before had no room for. */
function goOn(draft: Draft, maxChanges: number): boolean {
  if (draft.wallet.watch.netBeforeInstant !== null) return advanceTo(draft, draft.now, maxChanges);
  if (oldestPayableDebt(draft.wallet) === undefined) return true;
  const { wallet } = draft;
  const isSettled = settleDue(draft, maxChanges);
  tellTotals(draft, wallet, netOf(wallet));
  if (isSettled) lookAtLevel(draft);
  return isSettled;
}

/** What the wallet has in all is judged once for each instant: credits that expire as others come are no crossing. */
function advanceTo(draft: Draft, at: number, maxChanges: number): boolean {
  const { wallet } = draft;
  const netBefore = wallet.watch.netBeforeInstant ?? netOf(wallet);
  if (at > draft.now) draft.setClock(at);
  if (!applyUntilNotices(draft, at, maxChanges) || !settleDue(draft, maxChanges)) {
    markInstant(draft, netBefore);
    return false;
  }
  if (wallet.watch.netBeforeInstant !== null) markInstant(draft, null);
  tellTotals(draft, wallet, netBefore);
  return giveNotices(draft, at, maxChanges) && lookAfterPayments(draft, at, maxChanges);
}

/** Last of all that an instant brings: what is bought depends on what there is then. */
function lookAfterPayments(draft: Draft, at: number, maxChanges: number): boolean {
  for (;;) {
    const due = draft.wallet.due.firstKey();
    if (due === undefined || due.at > at) break;
    if (isFull(draft, maxChanges)) return false;
    if (due.rank === DUE_RANK.autoTopUp) wakeAutoTopUp(draft);
    else chaseTopUp(draft, due.id);
  }
  lookAtLevel(draft);
  return true;
}

function chaseTopUp(draft: Draft, id: string): void {
  const topUp = draft.topUp(id);
  if (topUp === undefined) throw impossible(`top-up ${id} is gone`);
  checkTopUp(draft, topUp);
}

function applyUntilNotices(draft: Draft, at: number, maxChanges: number): boolean {
  for (;;) {
    const due = draft.wallet.due.firstKey();
    if (due === undefined || due.at > at || due.rank >= DUE_RANK.notice) return true;
    if (isFull(draft, maxChanges)) return false;
    const { wallet } = draft;
    const entriesBefore = draft.entries.length;
    apply(draft, due);
    tellMovements(draft, wallet, entriesBefore);
  }
}

function giveNotices(draft: Draft, at: number, maxChanges: number): boolean {
  for (;;) {
    const due = draft.wallet.due.firstKey();
    if (due === undefined || due.at > at || due.rank !== DUE_RANK.notice) return true;
    if (isFull(draft, maxChanges)) return false;
    tellNotice(draft, due.id, due.at);
  }
}

function isFull({ entries, grants, records, events }: Draft, maxChanges: number): boolean {
  return entries.length + grants.size + records.size + events.length > maxChanges;
}

function markInstant(draft: Draft, netBeforeInstant: bigint | null): void {
  draft.wallet = { ...draft.wallet, watch: { ...draft.wallet.watch, netBeforeInstant } };
}

/** A payment changes a grant and a withdrawal, and writes two entries. */
const CHANGES_PER_PAYMENT = 4;

function settleDue(draft: Draft, maxChanges: number): boolean {
  if (oldestPayableDebt(draft.wallet) === undefined) return true;
  const { wallet } = draft;
  const entriesBefore = draft.entries.length;
  beginDue(draft, "settlement");
  settle(draft, Math.max(1, maxChanges / CHANGES_PER_PAYMENT));
  tellMovements(draft, wallet, entriesBefore);
  return oldestPayableDebt(draft.wallet) === undefined;
}

function apply(draft: Draft, due: Due): void {
  switch (due.rank) {
    case DUE_RANK.reservationTimeout:
      timeOut(draft, due.id);
      return;
    case DUE_RANK.expiry:
      expire(draft, due.id);
      return;
    case DUE_RANK.rollover:
      beginDue(draft, "rollover");
      rollOver(draft, due.id);
      return;
    case DUE_RANK.scheduleEnd:
      draft.setSchedule({ ...scheduleOf(draft, due.id), hasEnded: true });
      return;
    case DUE_RANK.refill:
      beginDue(draft, "refill");
      refill(draft, scheduleOf(draft, due.id));
      return;
    case DUE_RANK.activation:
      draft.setGrant({ ...grantOf(draft, due.id), phase: "live" });
      tellActivation(draft, due.id);
      return;
    case DUE_RANK.notice:
    case DUE_RANK.topUpCheck:
    case DUE_RANK.autoTopUp:
      throw impossible("notices and payments come once all else of an instant is done");
  }
}

function scheduleOf(draft: Draft, id: string): Schedule {
  const schedule = draft.schedule(id);
  if (schedule === undefined) throw impossible(`schedule ${id} is gone`);
  return schedule;
}

function timeOut(draft: Draft, reservationId: string): void {
  const reservation = draft.reservation(reservationId);
  if (reservation === undefined) throw impossible(`reservation ${reservationId} is gone`);
  beginDue(draft, "reservation_timeout");
  endHold(draft, reservation, "expired");
  tellTimeout(draft, reservation);
}

/** Frees what a reservation still holds, in burn order, and leaves it in `state`. */
export function endHold(draft: Draft, reservation: Reservation, state: Reservation["state"]): void {
  const { burnOrder } = draft.terms.currency;
  const pins = reservation.pins.map((pin) => ({ ...pin, grant: grantOf(draft, pin.grantId) }));
  pins.sort((a, b) => burnOrder(a.grant, b.grant));
  draft.setReservation({
    ...reservation,
    state,
    pins: [],
    headroom: { ...reservation.headroom, amount: 0n },
    budgets: [],
  });
  freeBudgets(draft, reservation.budgets);
  for (const { grantId, amount } of pins) freePin(draft, grantId, amount);
}

function expire(draft: Draft, grantId: string): void {
  const grant = grantOf(draft, grantId);
  draft.setGrant({ ...grant, phase: "expired" });
  if (grant.remaining === 0n) return;
  beginDue(draft, "expiry");
  takeOut(draft, grantId, grant.remaining, { type: "expired", departure: "expired" });
}

function beginDue(draft: Draft, cause: DueCause): void {
  draft.begin({ actor: null, reason: null, occurredAt: draft.now, cause });
}
