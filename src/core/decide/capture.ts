import { minimum, sum } from "../amounts.js";
import { endHold } from "../advance.js";
import { type Draw, assign } from "../assign.js";
import { type Wish, takeHeld, withinBudgets } from "../budget.js";
import type { Draft } from "../draft.js";
import type { Pin, Reservation } from "../records.js";
import type { CaptureRequest } from "../requests.js";
import type { WithdrawalResult } from "../results.js";
import { lateWindowStart } from "../occurred-at.js";
import { settle } from "../settle.js";
import { type Source, lateCaptureSource, liveSource, pinnedSource } from "../source.js";
import { countTier } from "../tier-period.js";
import { type LinePlan, type Unpaid, countUsage, planSpending, spend, withdrawalResult } from "../spend.js";
import { shareRoom } from "../past-zero.js";
import { type CapturedLine, captureLines, withCaptured } from "./capture-lines.js";
import { closedReservation, expiredReservation, findReservation } from "./find-reservation.js";

/**
 * Charges what was used against a reservation: its pins first, then its headroom, then what is free now. The work is
 * done, so what the policy denies is a shortfall, not an error, unless `strict`.
 */
export function capture(draft: Draft, request: CaptureRequest): WithdrawalResult {
  const reservation = findReservation(draft, request.reservationId);
  if (reservation.state === "captured" || reservation.state === "released")
    throw closedReservation(draft, reservation);
  if (reservation.state === "expired" && request.strict) throw expiredReservation(draft, reservation);
  const captured = captureLines(draft, reservation, request.of);
  const occurredAt = reservation.state === "expired" ? reservation.reservedAt : draft.now;
  const wishes = captured.map((one) => wishOf(reservation, one));
  const holding = { budgets: reservation.budgets, ends: request.final };
  const { amounts, exceeded } = withinBudgets(draft, wishes, occurredAt, holding);
  const whole = request.strict ? wishes.map(({ amount }) => amount) : amounts;
  const unpaid = payFromHold(draft, reservation, captured, whole);
  const plans = planSpending(
    draft,
    sourceBeyond(draft, reservation),
    unpaid,
    request.strict ? "whole" : "any",
    { amounts: unpaid.map(({ amount }) => amount), exceeded, instant: occurredAt },
  );
  useHold(draft, reservation, unpaid, captured);
  holdLess(draft, reservation, plans, wishes);
  const draws = spend(draft, plans, occurredAt, reservation.id);
  countUsage(draft, plans, occurredAt);
  for (const { line, after } of captured)
    if (after.tierPeriod !== undefined) countTier(draft, line, after.tierPeriod);
  const result = withdrawalResult(draft, plans, draws, reservation.id);
  if (request.final) endHold(draft, findReservation(draft, reservation.id), "captured");
  settle(draft);
  result.available = draft.wallet.available;
  return result;
}

/** What was reserved for a line its budgets let pass, whatever they became. Of what timed out nothing is reserved. */
function wishOf({ state }: Reservation, { line, after }: CapturedLine): Wish {
  const left = after.price - after.capturedPrice - after.capturedAmount + line.price;
  const reserved = state === "expired" || left < 0n ? 0n : minimum(left, line.price);
  return { line, amount: line.price, reserved };
}

/** Pins by the drawing rule, then held headroom in line order; of each line as much as its budgets let pass. */
function payFromHold(
  draft: Draft,
  reservation: Reservation,
  captured: readonly CapturedLine[],
  amounts: readonly bigint[],
): readonly Unpaid[] {
  const wanted = captured.map(({ line }, index) => ({ feature: line.feature, amount: amounts[index] ?? 0n }));
  const pinned = assign(pinnedSource(draft, reservation.pins), wanted);
  const lacking = wanted.map(({ amount }, index) => amount - sumOf(pinned[index] ?? []));
  const promised = shareRoom(lacking, reservation.headroom.amount);
  return captured.map(({ line }, index) => ({
    line,
    pinned: pinned[index] ?? [],
    promised: { amount: promised[index] ?? 0n, price: reservation.headroom.price },
    amount: (lacking[index] ?? 0n) - (promised[index] ?? 0n),
  }));
}

function sumOf(draws: readonly Draw[]): bigint {
  return sum(draws.map((draw) => draw.amount));
}

function sourceBeyond(draft: Draft, reservation: Reservation): Source {
  if (reservation.state === "held" || reservation.reservedAt < lateWindowStart(draft))
    return liveSource(draft);
  return lateCaptureSource(draft, reservation.reservedAt);
}

function useHold(
  draft: Draft,
  reservation: Reservation,
  unpaid: readonly Unpaid[],
  captured: readonly CapturedLine[],
): void {
  const { headroom, pins } = reservation;
  const promised = sum(unpaid.map((part) => part.promised.amount));
  draft.setReservation({
    ...withCaptured(reservation, captured),
    pins: pinsLeft(pins, unpaid),
    headroom: { ...headroom, amount: headroom.amount - promised },
  });
}

/** What was held for a line counts as used from now on. */
function holdLess(
  draft: Draft,
  { id, budgets }: Reservation,
  plans: readonly LinePlan[],
  wishes: readonly Wish[],
): void {
  if (budgets.length === 0) return;
  let left = budgets;
  for (const [index, { line, pinned, draws, pastZero }] of plans.entries()) {
    const drawn = sum([...pinned, ...draws, ...pastZero].map(({ amount }) => amount));
    left = takeHeld(draft, left, line, minimum(drawn, wishes[index]?.reserved ?? 0n));
  }
  draft.setReservation({ ...findReservation(draft, id), budgets: left });
}

function pinsLeft(pins: readonly Pin[], unpaid: readonly Unpaid[]): readonly Pin[] {
  const left = new Map(pins.map(({ grantId, amount }) => [grantId, amount]));
  for (const { grantId, amount } of unpaid.flatMap((part) => part.pinned))
    left.set(grantId, (left.get(grantId) ?? 0n) - amount);
  return [...left].flatMap(([grantId, amount]) => (amount > 0n ? [{ grantId, amount }] : []));
}
