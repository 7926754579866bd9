import { MAX_AMOUNT, MAX_QUANTITY, minimum, sum } from "./amounts.js";
import { plansAt } from "./attachments.js";
import { withinBudgets } from "./budget.js";
import { payable } from "./assign.js";
import { largestQuantity, stepOf } from "../catalog/pricing.js";
import type { Draft } from "./draft.js";
import { type LineRequest, type RatedLine, rateLine } from "./lines.js";
import { occurredAtWithinWindow } from "./occurred-at.js";
import { roomPastZero } from "./past-zero.js";
import { type Source, lateSource, liveSource } from "./source.js";

export interface Affordable {
  /** Free credits that may pay for these lines, whatever they cost. */
  readonly available: bigint;
  /** In the unit asked for: a scaled quantity, scaled credits, or a number of events. Null: no bound. */
  readonly largest: bigint | null;
}

/** How much of what was asked for would pass, past zero included as the policy allows. */
export function affordable(
  draft: Draft,
  requests: readonly LineRequest[],
  occurredAt: number | null,
): Affordable {
  const instant = occurredAtWithinWindow(draft, occurredAt);
  const source = instant < draft.now ? lateSource(draft, instant) : liveSource(draft);
  const wanted = requests.map(({ feature }) => ({ feature, amount: MAX_AMOUNT }));
  const available = payable(source, wanted);
  const [only] = requests;
  if (only === undefined || requests.length > 1)
    return { available, largest: largestCount(draft, source, { requests, instant }) };
  if ("amount" in only) {
    const { amount } = roomPastZero(draft);
    return { available, largest: minimum(available + amount, MAX_AMOUNT) };
  }
  const fits = (quantity: bigint) =>
    passes(draft, source, { requests: [{ ...only, quantity }], instant }, 1n);
  return { available, largest: largestQuantity(fits, stepOf(only.quantity), MAX_QUANTITY) };
}

const MOST_EVENTS = 1_000_000_000n;

/** Uses at an instant. */
interface Event {
  readonly requests: readonly LineRequest[];
  readonly instant: number;
}

function largestCount(draft: Draft, source: Source, event: Event): bigint | null {
  return largestQuantity((count) => passes(draft, source, event, count), 1n, MOST_EVENTS);
}

function passes(draft: Draft, source: Source, event: Event, count: bigint): boolean {
  const lines = ratedLines(draft, event);
  if (lines === null) return false;
  const wanted = lines.map(({ feature, price }) => ({ feature, amount: price * count }));
  const total = sum(wanted.map(({ amount }) => amount));
  const unpaid = lines.map((line, index) => ({ line, amount: wanted[index]?.amount ?? 0n }));
  if (withinBudgets(draft, unpaid, event.instant).exceeded !== null) return false;
  return total === 0n || total - payable(source, wanted) <= roomPastZero(draft).amount;
}

/** Null: too much to be priced at all. */
function ratedLines(draft: Draft, { requests, instant }: Event): readonly RatedLine[] | null {
  try {
    const plans = plansAt(draft.wallet, draft.terms.catalog, instant);
    return requests.map((request) => rateLine(draft.terms, request, plans));
  } catch {
    return null;
  }
}
