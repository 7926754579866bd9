import { sum } from "../amounts.js";
import { type BudgetHold, holdBudgets, withinBudgets } from "../budget.js";
import { type Duration, addDuration } from "../calendar.js";
import { copyOfGrant } from "../copies.js";
import type { Draft } from "../draft.js";
import { CreditError, invalidInput } from "../errors.js";
import type { RatedLine } from "../lines.js";
import { grantOf } from "../movements.js";
import type { Headroom, Pin, Reservation, ReservedLine } from "../records.js";
import type { ReserveRequest } from "../requests.js";
import type { ReservationResult } from "../results.js";
import { liveSource } from "../source.js";
import { type LinePlan, lineResult, planSpending } from "../spend.js";
import { rateLines, wholly } from "./withdraw.js";

const LONGEST_HOLD: Duration = { days: 7 };

export function reserve(draft: Draft, request: ReserveRequest): ReservationResult {
  const expiresAt = timeoutAfter(draft, request.expiresIn, draft.now);
  const lines = rateLines(draft, request.lines, draft.now);
  refuseTwins(lines);
  const unpaid = lines.map(wholly);
  const allowed = withinBudgets(draft, unpaid, draft.now);
  const plans = planSpending(draft, liveSource(draft), unpaid, "whole", allowed);
  const pins = pinsOf(plans);
  if (pins.length > draft.terms.mostPins) throw tooManyPins(draft, pins.length);
  for (const pin of pins) hold(draft, pin);
  const reservation: Reservation = {
    id: draft.terms.newId(draft.now),
    state: "held",
    reservedAt: draft.now,
    expiresAt,
    lines: lines.map(reservedLine),
    extras: [],
    pins,
    headroom: headroomOf(plans),
    budgets: holdsOf(draft, plans),
  };
  draft.setReservation(reservation);
  return reservationResult(draft, reservation);
}

/** The timeout: `expiresIn` from now, and at most seven days after the reserve. */
export function timeoutAfter(draft: Draft, expiresIn: Duration, reservedAt: number): number {
  const expiresAt = addDuration(draft.now, expiresIn);
  if (expiresAt > draft.now && expiresAt <= addDuration(reservedAt, LONGEST_HOLD)) return expiresAt;
  throw invalidInput(
    "`expiresIn` must end after now and at most 7 days after the reserve; capture what was used and reserve again to hold longer.",
    { field: "expiresIn" },
  );
}

/** Captures name a line by its feature and dimensions, so these must tell the lines apart. */
function refuseTwins(lines: readonly RatedLine[]): void {
  const seen = new Set<string>();
  for (const { feature, dimensions } of lines) {
    const name = JSON.stringify([feature, dimensions]);
    if (seen.has(name))
      throw invalidInput(
        `A reservation holds each feature with the same dimensions once; "${feature ?? ""}" stands twice. Add up their quantities.`,
        { feature },
      );
    seen.add(name);
  }
}

function tooManyPins(draft: Draft, pins: number): CreditError {
  const { mostPins } = draft.terms;
  return new CreditError(
    "over_limit",
    `This would pin credits of ${pins} grants; a reservation pins at most ${mostPins}. Reserve in parts.`,
    { pins, limit: mostPins },
  );
}

function pinsOf(plans: readonly LinePlan[]): readonly Pin[] {
  const pins = new Map<string, bigint>();
  for (const { grantId, amount } of plans.flatMap((plan) => plan.draws))
    pins.set(grantId, (pins.get(grantId) ?? 0n) + amount);
  return [...pins].map(([grantId, amount]) => ({ grantId, amount }));
}

function hold(draft: Draft, { grantId, amount }: Pin): void {
  const grant = grantOf(draft, grantId);
  const next = copyOfGrant(grant);
  next.remaining -= amount;
  next.held += amount;
  draft.setGrant(next);
}

/** One entry for each budget and period. */
function holdsOf(draft: Draft, plans: readonly LinePlan[]): readonly BudgetHold[] {
  const held = plans.flatMap(({ line, draws, pastZero }) =>
    holdBudgets(draft, line, sum([...draws, ...pastZero].map(({ amount }) => amount))),
  );
  const joined = new Map<string, BudgetHold>();
  for (const hold of held) {
    const before = joined.get(hold.budgetId);
    joined.set(hold.budgetId, { ...hold, amount: (before?.amount ?? 0n) + hold.amount });
  }
  return [...joined.values()];
}

/** One policy decides for all lines, so what is promised past zero is of one kind. */
function headroomOf(plans: readonly LinePlan[]): Headroom {
  const uses = plans.flatMap((plan) => plan.pastZero);
  return { amount: sum(uses.map((use) => use.amount)), price: uses[0]?.price ?? null };
}

function reservedLine(line: RatedLine): ReservedLine {
  const { feature, dimensions, rate, rateVersion, quantity, price, tierPeriod } = line;
  return {
    feature,
    dimensions,
    rate,
    rateVersion,
    quantity,
    price,
    capturedQuantity: 0n,
    capturedPrice: 0n,
    capturedAmount: 0n,
    tierPeriod,
  };
}

export function reservationResult(draft: Draft, reservation: Reservation): ReservationResult {
  const { headroom, pins } = reservation;
  return {
    kind: "reservation",
    id: reservation.id,
    state: reservation.state,
    price: sum(reservation.lines.map((line) => line.price)),
    held: sum(pins.map((pin) => pin.amount)),
    pins,
    lines: reservation.lines.map(lineResult),
    overdraft: headroom.price === null ? headroom.amount : 0n,
    overage: headroom.price === null ? 0n : headroom.amount,
    available: draft.wallet.available,
    expiresAt: reservation.expiresAt,
  };
}
