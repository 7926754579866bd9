import { sum } from "../amounts.js";
import { endHold } from "../advance.js";
import { type Draw, assign } from "../assign.js";
import { type BudgetHold, takeHeld } from "../budget.js";
import type { Draft } from "../draft.js";
import type { Pin, Reservation } from "../records.js";
import type { CaptureRequest } from "../requests.js";
import type { WithdrawalResult } from "../results.js";
import { lateWindowStart } from "../occurred-at.js";
import { settle } from "../settle.js";
import { type Source, lateCaptureSource, liveSource, pinnedSource } from "../source.js";
import { type Unpaid, countUsage, planSpending, spend, withdrawalResult } from "../spend.js";
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
  const unpaid = payFromHold(draft, reservation, captured);
  const occurredAt = reservation.state === "expired" ? reservation.reservedAt : draft.now;
  const completeness = request.strict ? "whole" : "any";
  const plans = planSpending(draft, sourceBeyond(draft, reservation), unpaid, completeness, occurredAt);
  useHold(draft, reservation, unpaid, captured);
  const draws = spend(draft, plans, occurredAt, reservation.id);
  countUsage(draft, plans, occurredAt);
  const result = withdrawalResult(draft, plans, draws, reservation.id);
  if (request.final) endHold(draft, findReservation(draft, reservation.id), "captured");
  settle(draft);
  result.available = draft.wallet.available;
  return result;
}

/** Pins by the drawing rule, then held headroom in line order. */
function payFromHold(
  draft: Draft,
  reservation: Reservation,
  captured: readonly CapturedLine[],
): readonly Unpaid[] {
  const wanted = captured.map(({ line }) => ({ feature: line.feature, amount: line.price }));
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
    budgets: budgetsLeft(draft, reservation, unpaid),
  });
}

/** What was held counts as used from now on. */
function budgetsLeft(
  draft: Draft,
  { budgets }: Reservation,
  unpaid: readonly Unpaid[],
): readonly BudgetHold[] {
  return unpaid.reduce(
    (holds, { line, pinned, promised }) => takeHeld(draft, holds, line, sumOf(pinned) + promised.amount),
    budgets,
  );
}

function pinsLeft(pins: readonly Pin[], unpaid: readonly Unpaid[]): readonly Pin[] {
  const left = new Map(pins.map(({ grantId, amount }) => [grantId, amount]));
  for (const { grantId, amount } of unpaid.flatMap((part) => part.pinned))
    left.set(grantId, (left.get(grantId) ?? 0n) - amount);
  return [...left].flatMap(([grantId, amount]) => (amount > 0n ? [{ grantId, amount }] : []));
}
