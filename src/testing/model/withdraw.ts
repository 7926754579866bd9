import { lateWindowMs } from "./catalog.js";
import { type Draw, assign, unpaid } from "./drawing.js";
import { settleDebts } from "./debts.js";
import { type Fraction, ZERO, isPositive, isZero, subtract, sum } from "./fraction.js";
import { deny, headroomOf, spendHeadroom } from "./headroom.js";
import { type Payment, bookPayments, lateSources, liveSources, pastZeroOf } from "./payments.js";
import { linesOf, totalPrice } from "./rating.js";
import { refuse } from "./refusal.js";
import type { WithdrawRequest } from "./requests.js";
import type { ModelWithdrawal } from "./results.js";
import { type Cause, type Line, type State, type Wallet, type Withdrawal, currencyOf } from "./state.js";
import { withdrawalView } from "./views.js";

const FIVE_MINUTES_MS = 5 * 60 * 1000;

/** The instant that the use counts at: a little ahead counts as now, further ahead or too far back is refused. */
function instantOfUse(state: State, wallet: Wallet, now: number, occurredAt: number | undefined): number {
  const instant = occurredAt ?? now;
  const earliest = now - lateWindowMs(currencyOf(state, wallet.currency));
  if (instant > now + FIVE_MINUTES_MS || instant < earliest) {
    refuse("occurred_at_out_of_window", `${instant} at ${now}.`);
  }
  return Math.min(instant, now);
}

/** Draws, then headroom: what each line gets of either, and what all of them still lack. */
function payLines(
  state: State,
  wallet: Wallet,
  lines: readonly Line[],
  draws: readonly (readonly Draw[])[],
  headroom: Fraction,
): { payments: Payment[]; shortfall: Fraction } {
  const needs = lines.map((line) => ({ feature: line.feature, amount: line.price }));
  const rests = unpaid(needs, draws);
  const past = spendHeadroom(rests, headroom);
  const payments = lines.map((line, index) => ({
    line,
    draws: draws[index] ?? [],
    pastZero: pastZeroOf(state, wallet, { from: null, amount: ZERO }, past[index] ?? ZERO),
  }));
  return { payments, shortfall: subtract(sum(rests), sum(past)) };
}

export function withdraw(
  state: State,
  wallet: Wallet,
  cause: Cause,
  request: WithdrawRequest,
): ModelWithdrawal {
  const occurredAt = instantOfUse(state, wallet, cause.at, request.occurredAt);
  const lines = linesOf(state, request);
  const price = totalPrice(state, wallet.currency, lines);
  const sources =
    occurredAt < cause.at
      ? lateSources(state, wallet, cause.at, occurredAt)
      : liveSources(state, wallet, cause.at);
  const draws = assign(
    lines.map((line) => ({ feature: line.feature, amount: line.price })),
    sources,
  );
  const { payments, shortfall } = payLines(state, wallet, lines, draws, headroomOf(state, wallet, cause.at));
  const drawsNothing = isPositive(price) && isZero(subtract(price, shortfall));
  if (isPositive(shortfall) && (request.partial !== true || drawsNothing)) deny(state, wallet);

  const withdrawal = recordWithdrawal(state, wallet, cause, { lines, price, shortfall, reservationId: null });
  const use = { withdrawalId: withdrawal.id, reservationId: null, occurredAt };
  bookPayments(state, wallet, cause, use, payments);
  settleDebts(state, wallet, cause);
  return withdrawalView(wallet, withdrawal, cause.at);
}

export function recordWithdrawal(
  state: State,
  wallet: Wallet,
  cause: Cause,
  terms: Pick<Withdrawal, "lines" | "price" | "shortfall" | "reservationId">,
): Withdrawal {
  state.made.withdrawals += 1;
  const withdrawal = { id: `w${state.made.withdrawals}`, operationId: cause.operationId, ...terms };
  wallet.withdrawals.push(withdrawal);
  return withdrawal;
}
