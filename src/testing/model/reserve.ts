import { type ModelDuration, toMilliseconds } from "./catalog.js";
import { settleDebts } from "./debts.js";
import { type Draw, assign, unpaid } from "./drawing.js";
import { type Fraction, ZERO, isPositive, subtract, sum } from "./fraction.js";
import { deny, headroomOf, policyOf, priceOfOverage, spendHeadroom } from "./headroom.js";
import { freePins, isClosed } from "./losses.js";
import { liveSources } from "./payments.js";
import { linesOf, totalPrice } from "./rating.js";
import { demand, refuse } from "./refusal.js";
import type { ExtendRequest, ReserveRequest } from "./requests.js";
import type { ModelReservation } from "./results.js";
import type { Cause, Headroom, Line, Pin, Reservation, State, Wallet } from "./state.js";
import { canonical } from "./text.js";
import { reservationView } from "./views.js";

const SEVEN_DAYS_MS = 7 * 24 * 3600 * 1000;

function lifetimeMs(expiresIn: ModelDuration): number {
  const lifetime = toMilliseconds(expiresIn);
  demand(lifetime > 0 && lifetime <= SEVEN_DAYS_MS, "A hold lasts more than nothing and at most seven days.");
  return lifetime;
}

/** Pins, one per grant, of what the lines would draw. */
function pinsOf(draws: readonly Draw[]): Pin[] {
  const grantIds = [...new Set(draws.map((draw) => draw.grant.id))];
  return grantIds.map((grantId) => ({
    grantId,
    amount: sum(draws.filter((draw) => draw.grant.id === grantId).map((draw) => draw.amount)),
  }));
}

/** What the grants lack, held under the policy in force if it fits wholly. */
function holdHeadroom(
  state: State,
  wallet: Wallet,
  now: number,
  rests: readonly Fraction[],
): Headroom | null {
  const lacking = sum(rests);
  if (!isPositive(lacking)) return null;
  const held = sum(spendHeadroom(rests, headroomOf(state, wallet, now)));
  if (isPositive(subtract(lacking, held))) deny(state, wallet);
  const policy = policyOf(state, wallet);
  if (policy.mode === "hard") throw new Error("Hard has no headroom.");
  return { mode: policy.mode, price: priceOfOverage(policy), amount: held };
}

function reservedLines(lines: readonly Line[]): Reservation["lines"] {
  const names = lines.map(({ feature, dimensions }) => canonical({ feature, dimensions: dimensions ?? {} }));
  demand(new Set(names).size === names.length, "A feature with the same dimensions stands twice.");
  return lines.map(({ feature, dimensions, quantity, price }) => ({
    feature,
    dimensions,
    reserved: quantity ?? price,
    captured: ZERO,
    outright: ZERO,
  }));
}

export function reserve(
  state: State,
  wallet: Wallet,
  cause: Cause,
  request: ReserveRequest,
): ModelReservation {
  const lifetime = lifetimeMs(request.expiresIn);
  const lines = linesOf(state, request);
  const reserved = reservedLines(lines);
  const price = totalPrice(state, wallet.currency, lines);
  const needs = lines.map((line) => ({ feature: line.feature, amount: line.price }));
  const draws = assign(needs, liveSources(state, wallet, cause.at));
  const headroom = holdHeadroom(state, wallet, cause.at, unpaid(needs, draws));
  state.made.reservations += 1;
  const reservation: Reservation = {
    id: `r${state.made.reservations}`,
    reservedAt: cause.at,
    price,
    priced: lines,
    lines: reserved,
    extras: [],
    expiresAt: cause.at + lifetime,
    status: "held",
    pins: pinsOf(draws.flat()),
    headroom,
  };
  wallet.reservations.push(reservation);
  return reservationView(state, wallet, reservation, cause.at);
}

export function reservationIn(wallet: Wallet, reservationId: string): Reservation {
  return (
    wallet.reservations.find((reservation) => reservation.id === reservationId) ??
    refuse("reservation_not_found", `No reservation ${reservationId}.`)
  );
}

/** Sets the timeout to now + expiresIn, never more than seven days after the reserve. */
export function extend(state: State, wallet: Wallet, cause: Cause, request: ExtendRequest): ModelReservation {
  const reservation = reservationIn(wallet, request.reservationId);
  if (reservation.status === "expired") refuse("reservation_expired", "It has timed out.");
  if (reservation.status !== "held") refuse("reservation_closed", "It is closed.");
  const expiresAt = cause.at + lifetimeMs(request.expiresIn);
  demand(expiresAt <= reservation.reservedAt + SEVEN_DAYS_MS, "More than seven days in all.");
  reservation.expiresAt = expiresAt;
  return reservationView(state, wallet, reservation, cause.at);
}

/** Frees what a reservation still holds and closes it. */
export function close(
  state: State,
  wallet: Wallet,
  cause: Cause,
  reservation: Reservation,
  status: "released" | "captured",
): void {
  reservation.status = status;
  reservation.headroom = null;
  freePins(state, wallet, cause, reservation, (grant) => isClosed(grant, cause.at));
}

export function release(
  state: State,
  wallet: Wallet,
  cause: Cause,
  request: { readonly reservationId: string },
): ModelReservation {
  const reservation = reservationIn(wallet, request.reservationId);
  if (reservation.status === "captured") refuse("reservation_closed", "A capture has closed it.");
  if (reservation.status !== "released") close(state, wallet, cause, reservation, "released");
  settleDebts(state, wallet, cause);
  return reservationView(state, wallet, reservation, cause.at);
}
