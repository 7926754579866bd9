import { hasExpired, isLive, lostOf, remainingOf } from "./accounts.js";
import { inBurnOrder } from "./burnOrder.js";
import { lateWindowMs, scaleOf } from "./catalog.js";
import { settleDebts } from "./debts.js";
import { parseCredits, parseQuantity } from "./decimal.js";
import { type Draw, type Source, assign, unpaid } from "./drawing.js";
import {
  type Fraction,
  ZERO,
  add,
  greatest,
  isNegative,
  isPositive,
  isZero,
  subtract,
  sum,
} from "./fraction.js";
import { deny, headroomOf, spendHeadroom } from "./headroom.js";
import { type Payment, bookPayments, liveSources, pastZeroOf } from "./payments.js";
import { priceOf, totalPrice } from "./rating.js";
import { demand, refuse } from "./refusal.js";
import type { CaptureRequest, ModelItem } from "./requests.js";
import type { ModelWithdrawal } from "./results.js";
import { close, reservationIn } from "./reserve.js";
import {
  type Cause,
  type Line,
  type Reservation,
  type ReservedLine,
  type State,
  type Wallet,
  currencyOf,
} from "./state.js";
import { canonical } from "./text.js";
import { recordWithdrawal } from "./withdraw.js";
import { withdrawalView } from "./views.js";

/** The price of more of a reserved line: of all captured with it, less that of what was captured before. */
function captureMore(state: State, line: ReservedLine, more: Fraction): Line {
  const { feature, dimensions, captured } = line;
  line.captured = add(captured, more);
  if (feature === null) return { feature, dimensions, quantity: null, price: more };
  const before = priceOf(state, feature, captured, dimensions);
  const price = subtract(priceOf(state, feature, line.captured, dimensions), before);
  return { feature, dimensions, quantity: more, price };
}

/**
 * The line that an item means: the one of its feature and dimensions; without dimensions, the one reserved of that
 * feature; else a line beside those reserved, which has its own running sum from then on.
 */
function lineFor(reservation: Reservation, item: ModelItem): ReservedLine {
  const { feature, dimensions = null } = item;
  const wanted = canonical(dimensions ?? {});
  const isWanted = (line: ReservedLine): boolean =>
    line.feature === feature && canonical(line.dimensions ?? {}) === wanted;
  const reserved = reservation.lines.filter((line) => line.feature === feature);
  const [only, ...others] = reserved;
  const found = [...reservation.lines, ...reservation.extras].find(isWanted);
  if (found !== undefined) return found;
  if (dimensions === null && only !== undefined && others.length === 0) return only;
  const extra = { feature, dimensions, reserved: ZERO, captured: ZERO, outright: ZERO };
  reservation.extras.push(extra);
  return extra;
}

function captureItems(
  state: State,
  wallet: Wallet,
  reservation: Reservation,
  items: readonly ModelItem[],
): Line[] {
  demand(items.length > 0, "No items.");
  for (const { feature } of items) {
    const currency = state.catalog.features[feature]?.currency ?? refuse("unknown_feature", feature);
    demand(currency === wallet.currency, "A feature of another currency.");
  }
  const meant = items.map((item) => ({
    line: lineFor(reservation, item),
    quantity: parseQuantity(item.quantity),
  }));
  const lines = meant.map(({ line, quantity }) => captureMore(state, line, quantity));
  demand(new Set(meant.map(({ line }) => line)).size === meant.length, "A capture names each line once.");
  return lines;
}

function captureOutright(line: ReservedLine, amount: Fraction): Line {
  const { feature, dimensions } = line;
  line.outright = add(line.outright, amount);
  return { feature, dimensions, quantity: null, price: amount };
}

/** What is left of a line: of its quantity, or of its price once credits were captured outright. */
function captureRest(state: State, line: ReservedLine, reserved: Fraction): Line {
  const { feature, dimensions, outright, captured } = line;
  if (feature === null || !isPositive(outright)) {
    return captureMore(state, line, greatest(subtract(line.reserved, captured), ZERO));
  }
  const spent = add(outright, priceOf(state, feature, captured, dimensions));
  return captureOutright(line, greatest(subtract(reserved, spent), ZERO));
}

/** The lines that a capture charges, priced on the running sums of the reserved lines. */
function capturedLines(
  state: State,
  wallet: Wallet,
  reservation: Reservation,
  request: CaptureRequest,
): Line[] {
  const [first] = reservation.lines;
  if (first === undefined) throw new Error("A reservation has a line.");
  const byAmount = first.feature === null;
  const ways = [request.items, request.quantity, request.amount].filter((way) => way !== undefined);
  demand(ways.length <= 1, "One of items, quantity and amount.");
  if (request.items !== undefined) {
    return captureItems(state, wallet, reservation, request.items);
  }
  if (request.quantity !== undefined) {
    demand(!byAmount && reservation.lines.length === 1, "A quantity of one line by feature.");
    return [captureMore(state, first, parseQuantity(request.quantity))];
  }
  if (request.amount !== undefined) {
    demand(reservation.lines.length === 1, "An amount of one line.");
    const amount = parseCredits(request.amount, scaleOf(currencyOf(state, wallet.currency)));
    demand(!isNegative(amount), "An amount below zero.");
    if (byAmount) return [captureMore(state, first, amount)];
    return [captureOutright(first, amount)];
  }
  return reservation.lines.map((line, index) =>
    captureRest(state, line, reservation.priced[index]?.price ?? ZERO),
  );
}

/** The pins as sources, in the burn order of their grants. */
function pinnedSources(state: State, wallet: Wallet, reservation: Reservation): Source[] {
  return inBurnOrder(state, wallet).flatMap((grant) =>
    reservation.pins
      .filter((pin) => pin.grantId === grant.id)
      .map((pin): Source => ({ grant, amount: pin.amount, from: "pins" })),
  );
}

/** After the timeout: grants live now, and what late use at the instant of the reserve could draw, if not too late. */
function sourcesAfterTimeout(state: State, wallet: Wallet, now: number, reservation: Reservation): Source[] {
  const { reservedAt } = reservation;
  const inWindow = reservedAt >= now - lateWindowMs(currencyOf(state, wallet.currency));
  return inBurnOrder(state, wallet).flatMap((grant): Source[] => {
    if (isLive(grant, now)) return [{ grant, amount: remainingOf(wallet, grant), from: "free" }];
    const late = inWindow && isLive(grant, reservedAt) && hasExpired(grant, now);
    return late ? [{ grant, amount: lostOf(wallet, grant), from: "expiry" }] : [];
  });
}

function usePins(reservation: Reservation, draws: readonly Draw[]): void {
  for (const pin of reservation.pins) {
    const used = draws.filter((draw) => draw.grant.id === pin.grantId).map((draw) => draw.amount);
    pin.amount = subtract(pin.amount, sum(used));
  }
  reservation.pins = reservation.pins.filter((pin) => !isZero(pin.amount));
}

/** Pins, held headroom, free credits, headroom of today's policy: in this order, each for all lines. */
function payCapture(
  state: State,
  wallet: Wallet,
  now: number,
  reservation: Reservation,
  lines: readonly Line[],
): { payments: Payment[]; shortfall: Fraction } {
  const room = headroomOf(state, wallet, now);
  const withRests = (rests: readonly Fraction[]) =>
    lines.map((line, index) => ({ feature: line.feature, amount: rests[index] ?? ZERO }));
  const needs = withRests(lines.map((line) => line.price));

  const pinned = assign(needs, pinnedSources(state, wallet, reservation));
  const afterPins = unpaid(needs, pinned);

  const { headroom } = reservation;
  const held = spendHeadroom(afterPins, headroom?.amount ?? ZERO);
  if (headroom !== null) headroom.amount = subtract(headroom.amount, sum(held));
  const afterHeld = afterPins.map((rest, index) => subtract(rest, held[index] ?? ZERO));

  const expired = reservation.status === "expired";
  const free = assign(
    withRests(afterHeld),
    expired ? sourcesAfterTimeout(state, wallet, now, reservation) : liveSources(state, wallet, now),
  );
  const rests = unpaid(withRests(afterHeld), free);
  const past = spendHeadroom(rests, room);
  usePins(reservation, pinned.flat());
  const payments = lines.map((line, index) => ({
    line,
    draws: [...(pinned[index] ?? []), ...(free[index] ?? [])],
    pastZero: pastZeroOf(state, wallet, { from: headroom, amount: held[index] ?? ZERO }, past[index] ?? ZERO),
  }));
  return { payments, shortfall: subtract(sum(rests), sum(past)) };
}

export function capture(
  state: State,
  wallet: Wallet,
  cause: Cause,
  request: CaptureRequest,
): ModelWithdrawal {
  const reservation = reservationIn(wallet, request.reservationId);
  const { id: reservationId, status, reservedAt } = reservation;
  if (status === "released" || status === "captured") refuse("reservation_closed", "It is closed.");
  if (status === "expired" && request.strict === true) refuse("reservation_expired", "It has timed out.");
  const lines = capturedLines(state, wallet, reservation, request);
  const price = totalPrice(state, wallet.currency, lines);
  const { payments, shortfall } = payCapture(state, wallet, cause.at, reservation, lines);
  if (isPositive(shortfall) && request.strict === true) deny(state, wallet);

  const withdrawal = recordWithdrawal(state, wallet, cause, { lines, price, shortfall, reservationId });
  const occurredAt = status === "expired" ? reservedAt : cause.at;
  bookPayments(state, wallet, cause, { withdrawalId: withdrawal.id, reservationId, occurredAt }, payments);
  if (request.final !== false) close(state, wallet, cause, reservation, "captured");
  settleDebts(state, wallet, cause);
  return withdrawalView(wallet, withdrawal, cause.at);
}
