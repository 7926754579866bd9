import { formatScaled, sum } from "./amounts.js";
import { type Draw, assign, payable } from "./assign.js";
import { type Allowed, type Budget, countDrawn, periodOf, resetsAt } from "./budget.js";
import { quarterHourOf } from "./calendar.js";
import type { Mutable } from "./copies.js";
import type { Draft } from "./draft.js";
import type { Entry } from "./entry.js";
import { CreditError } from "./errors.js";
import type { Line } from "./lines.js";
import { bringBack, grantOf, takeOut } from "./movements.js";
import { backFromLapses } from "./grant.js";
import { type PastZero, type Room, postPastZero, roomPastZero, shareRoom } from "./past-zero.js";
import type { DrawResult, WithdrawalResult } from "./results.js";
import type { Source } from "./source.js";
import { chartGroup } from "./usage.js";

/** How one line is paid, before anything is written. */
export interface LinePlan {
  readonly line: Line;
  readonly pinned: readonly Draw[];
  readonly draws: readonly Draw[];
  readonly pastZero: readonly PastZero[];
}

/** How much of each line is left for this source and for past zero. */
export interface Unpaid {
  readonly line: Line;
  readonly pinned: readonly Draw[];
  /** Past zero by headroom held before. */
  readonly promised: PastZero;
  readonly amount: bigint;
}

/** `whole`: all or nothing. `partial`: what is there, unless that is nothing. `any`: what is there, even nothing. */
export type Completeness = "whole" | "partial" | "any";

/**
 * Plans the payment of lines from a source, then past zero by today's policy; denies what the policy or a budget denies.
 * Where both would, it is the policy that is named.
 */
export function planSpending(
  draft: Draft,
  source: Source,
  unpaid: readonly Unpaid[],
  completeness: Completeness,
  { amounts, exceeded, instant }: Allowed,
): readonly LinePlan[] {
  const isBeyond =
    exceeded !== null &&
    (completeness === "whole" || (completeness === "partial" && amounts.every((amount) => amount === 0n)));
  const wanted = unpaid.map(({ line, amount }, index) => ({
    feature: line.feature,
    amount: isBeyond ? amount : (amounts[index] ?? 0n),
  }));
  const total = sum(wanted.map((want) => want.amount));
  const paid = total === 0n ? 0n : payable(source, wanted);
  const room = roomPastZero(draft);
  const fits = total - paid <= room.amount;
  if (!fits && (completeness === "whole" || (completeness === "partial" && paid + room.amount === 0n)))
    throw denialOf(draft, unpaid, sum(unpaid.map(({ amount }) => amount)) - paid, room);
  if (isBeyond) throw beyondBudget(draft, unpaid, exceeded, instant);
  const draws = paid === 0n ? wanted.map(() => []) : assign(source, wanted);
  const lacking = wanted.map(({ amount }, index) => amount - sumOf(draws[index] ?? []));
  const beyond = shareRoom(lacking, room.amount);
  return unpaid.map(({ line, pinned, promised }, index) => ({
    line,
    pinned,
    draws: draws[index] ?? [],
    pastZero: joinAlike([promised, { amount: beyond[index] ?? 0n, price: room.price }]),
  }));
}

function beyondBudget(draft: Draft, unpaid: readonly Unpaid[], budget: Budget, instant: number): CreditError {
  const text = (amount: bigint) => formatScaled(amount, draft.terms.currency.scale);
  const { used, held } = periodOf(budget, instant);
  const { dimension, value, feature, limit } = budget;
  const resets = resetsAt(budget, instant);
  const price = sum(unpaid.map(({ line }) => line.price));
  return new CreditError(
    "budget_exceeded",
    `This costs ${text(price)}, and the budget of ${dimension} "${value}" has ${text(limit - used - held)} of ${text(limit)} left until ${resets} (UTC ms). Raise it with setBudget, or wait.`,
    {
      price: text(price),
      dimension,
      value,
      feature,
      limit: text(limit),
      used: text(used),
      held: text(held),
      resetsAt: resets,
    },
  );
}

function denialOf(draft: Draft, unpaid: readonly Unpaid[], lacking: bigint, room: Room): CreditError {
  const price = sum(unpaid.map(({ line }) => line.price));
  const shortfall = lacking - room.amount;
  return denial(draft, { price, available: price - lacking, shortfall, lacksConsent: room.lacksConsent });
}

function sumOf(draws: readonly Draw[]): bigint {
  return sum(draws.map((draw) => draw.amount));
}

/** One entry per mode and price. */
function joinAlike(uses: readonly PastZero[]): PastZero[] {
  const joined: PastZero[] = [];
  for (const use of uses) {
    if (use.amount === 0n) continue;
    const alike = joined.findIndex(
      ({ price }) => price?.amount === use.price?.amount && price?.currency === use.price?.currency,
    );
    const before = joined[alike];
    if (before === undefined) joined.push(use);
    else joined[alike] = { ...before, amount: before.amount + use.amount };
  }
  return joined;
}

export function denial(
  draft: Draft,
  facts: {
    readonly price: bigint;
    readonly available: bigint;
    readonly shortfall: bigint;
    readonly lacksConsent?: boolean;
  },
): CreditError {
  const { currency } = draft.terms;
  const text = (amount: bigint) => formatScaled(amount, currency.scale);
  const details = {
    price: text(facts.price),
    available: text(facts.available),
    shortfall: text(facts.shortfall),
  };
  if (facts.lacksConsent === true)
    return new CreditError(
      "consent_required",
      `This costs ${details.price} "${currency.id}"; ${details.available} are available, and using more is billed in money, to which nobody has agreed. Record a consent with setPolicy, or grant credits.`,
      details,
    );
  return new CreditError(
    "insufficient_credits",
    `This costs ${details.price} "${currency.id}"; ${details.available} are available and ${details.shortfall} are lacking. Grant credits, or ask for less.`,
    details,
  );
}

/** Writes planned lines: entries line by line, and one zero entry for a line that moved nothing. */
export function spend(
  draft: Draft,
  plans: readonly LinePlan[],
  occurredAt: number,
  reservationId: string | null,
): readonly DrawResult[] {
  const drawn: DrawResult[] = [];
  for (const { line, pinned, draws, pastZero } of plans) {
    const { feature, quantity, dimensions, rateVersion } = line;
    const facts = { occurredAt, reservationId, feature, quantity, dimensions, rateVersion };
    for (const draw of pinned) drawn.push(consume(draft, draw, "held", facts));
    for (const draw of draws) drawn.push(consume(draft, draw, "remaining", facts));
    for (const use of pastZero) postPastZero(draft, use, facts);
    if (pinned.length + draws.length + pastZero.length === 0)
      draft.post({ type: "consumed", account: "grant", amount: 0n }, facts);
  }
  return drawn;
}

function consume(draft: Draft, draw: Draw, from: "held" | "remaining", facts: Partial<Entry>): DrawResult {
  const { grantId, amount } = draw;
  if (from === "remaining") reverseExpiry(draft, grantId, amount, facts);
  const entry = takeOut(draft, grantId, amount, {
    type: "consumed",
    departure: "consumed",
    from,
    details: facts,
  });
  return drawResult(entry);
}

/** Credits of an expired grant that late use draws come back first. */
function reverseExpiry(draft: Draft, grantId: string, amount: bigint, facts: Partial<Entry>): void {
  const grant = grantOf(draft, grantId);
  if (grant.phase !== "expired") return;
  const { lapses, money } = backFromLapses(grant, amount);
  bringBack(draft, grantId, amount, money, {
    type: "expiry_reversed",
    departure: "expired",
    details: facts,
    lapses,
  });
}

export function drawResult(entry: Entry): DrawResult {
  const { grantId, feature, amount, money, moneyCurrency } = entry;
  return {
    grantId: grantId ?? "",
    feature,
    amount: -amount,
    money: money === null ? null : -money,
    moneyCurrency,
  };
}

/** Sums up the operation that was just written; what it settles beside itself comes after. */
export function withdrawalResult(
  draft: Draft,
  plans: readonly LinePlan[],
  draws: readonly DrawResult[],
  reservationId: string | null,
): Mutable<WithdrawalResult> {
  const price = sum(plans.map(({ line }) => line.price));
  const pastZero = plans.flatMap((plan) => plan.pastZero);
  const overdraft = sum(pastZero.filter((use) => use.price === null).map((use) => use.amount));
  const overage = sum(pastZero.filter((use) => use.price !== null).map((use) => use.amount));
  return {
    kind: "withdrawal",
    id: draft.operationId,
    reservationId,
    price,
    draws,
    lines: plans.map(({ line }) => lineResult(line)),
    overdraft,
    overage,
    shortfall: price - sum(draws.map((draw) => draw.amount)) - overdraft - overage,
    available: draft.wallet.available,
  };
}

export function lineResult({ feature, quantity, price, rateVersion }: Line): {
  readonly feature: string | null;
  readonly quantity: bigint | null;
  readonly price: bigint;
  readonly rateVersion: string | null;
} {
  return { feature, quantity, price, rateVersion };
}

export function countUsage(draft: Draft, plans: readonly LinePlan[], occurredAt: number): void {
  const at = quarterHourOf(occurredAt);
  for (const { line, pinned, draws, pastZero } of plans) {
    const amount = sum([...pinned, ...draws, ...pastZero].map((part) => part.amount));
    countDrawn(draft, line, occurredAt, amount);
    draft.count({
      at,
      feature: line.feature ?? "",
      group: chartGroup(draft.terms.currency, line.dimensions),
      quantity: line.quantity ?? 0n,
      amount,
      count: 1,
    });
  }
}
