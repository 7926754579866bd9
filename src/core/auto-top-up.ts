import { MAX_AMOUNT } from "./amounts.js";
import { pause } from "./auto-pause.js";
import { boughtIn, periodNow, periodResetsAt, withBought } from "./auto-period.js";
import { HOUR_MS } from "./calendar.js";
import type { Draft } from "./draft.js";
import { hasRoomFor, takesMoney } from "./new-grant.js";
import { tellCapped } from "./tell-top-up.js";
import type { AutoTopUp, TopUp } from "./top-up.js";
import { type TopUpTerms, priceOf } from "./top-up-price.js";
import { beginTopUp } from "./top-up-steps.js";
import { netOf } from "./wallet.js";

/**
 * Looks at the level: where it is too low, and nothing keeps it back, a purchase begins in the same commit. No more than
 * one is ever under way, since it stands in the wallet, whose next version one process writes; and no more begin in a
 * period than its caps say, since they are counted in the same commit, too.
 */
export function lookAtLevel(draft: Draft): void {
  const auto = draft.wallet.autoTopUp;
  if (auto === null || auto.inFlight !== null || auto.paused !== null) return;
  if (auto.retryAt !== null && auto.retryAt > draft.now) return;
  const net = netOf(draft.wallet);
  if (net > auto.threshold) return;
  const credits = creditsToBuy(draft, auto, net);
  const price = priceToPay(draft, auto, credits);
  if (price === null) pause(draft, auto, "no_price");
  else buy(draft, auto, credits, price);
}

/** Up to the target, as far as so many are sold at once; or the fewest packs that lift the level above the threshold. */
function creditsToBuy({ terms }: Draft, { buys, threshold, money }: AutoTopUp, net: bigint): bigint {
  if ("target" in buys) return withinSale(terms.currency.topUps.get(money), buys.target - net);
  return ((threshold - net) / buys.packsOf + 1n) * buys.packsOf;
}

function withinSale(sold: TopUpTerms | undefined, credits: bigint): bigint {
  if (sold === undefined) return credits;
  const { minimum, maximum } = sold;
  if (maximum !== null && credits > maximum) return maximum;
  return credits < minimum ? minimum : credits;
}

/** Null: it cannot be bought so. Nothing here may throw: it goes along with whatever made the level low. */
function priceToPay(draft: Draft, { buys, money }: AutoTopUp, credits: bigint): bigint | null {
  const { terms } = draft;
  const sold = terms.currency.topUps.get(money);
  if (sold === undefined || !hasRoomFor(draft, credits) || !takesMoney(draft, money)) return null;
  if ("packsOf" in buys && buys.package !== null) {
    const pack = sold.packages.get(buys.package);
    const price = pack === undefined ? null : (credits / buys.packsOf) * pack.price;
    return price === null || price > MAX_AMOUNT ? null : price;
  }
  return priceOf(sold, credits, terms.currency.scale);
}

function buy(draft: Draft, auto: AutoTopUp, credits: bigint, price: bigint): void {
  const period = periodNow(auto, draft.now);
  const { caps } = auto;
  const cap =
    caps.count !== null && period.count + 1 > caps.count
      ? "count"
      : caps.money !== null && boughtIn(period, auto.money) + price > caps.money
        ? "money"
        : null;
  if (cap !== null) {
    if (period.isCapped) return;
    const capped = { ...auto, retryAt: null, period: { ...period, isCapped: true } };
    draft.setAutoTopUp(capped);
    tellCapped(draft, cap, periodResetsAt(capped));
    return;
  }
  const begun = auto.begun + 1;
  const id = draft.terms.causedId(draft.now, `auto-${auto.id}-${begun}`);
  draft.setAutoTopUp({
    ...auto,
    begun,
    inFlight: id,
    countsIn: period.startsAt,
    retryAt: null,
    period: { ...withBought(period, { total: price, currency: auto.money }, 1), isCapped: false },
  });
  beginTopUp(draft, {
    id,
    grantId: draft.terms.causedId(draft.now, `auto-${auto.id}-${begun}-grant`),
    by: "auto",
    credits,
    price: { total: price, currency: auto.money },
    package: "packsOf" in auto.buys ? auto.buys.package : null,
    expiresIn: auto.expiresIn,
    source: "auto_top_up",
    priority: draft.terms.currency.topUps.get(auto.money)?.priority ?? DEFAULT_PRIORITY,
    displayName: null,
    metadata: null,
  });
}

const DEFAULT_PRIORITY = 50;

/** After the first, second, third failure in a row; after the next one it pauses. */
const RETRY_AFTER_MS = [HOUR_MS, 6 * HOUR_MS, 24 * HOUR_MS] as const;

/**
 * Its purchase was paid, or never will be, as far as anybody knows.
 *
 * @param topUp As it was before.
 */
export function noteOutcome(
  draft: Draft,
  topUp: TopUp,
  outcome: "completed" | "failed" | "given_up",
): AutoTopUp | null {
  const before = draft.wallet.autoTopUp;
  if (before === null) return null;
  const auto = counted(draft, before, topUp, outcome);
  const isInFlight = auto.inFlight === topUp.id;
  const after = !isInFlight ? auto : outcome === "completed" ? landed(auto) : missed(draft, auto);
  if (after !== before) draft.setAutoTopUp(after);
  return after;
}

function landed(auto: AutoTopUp): AutoTopUp {
  return { ...auto, inFlight: null, failures: 0, retryAt: null };
}

function missed(draft: Draft, auto: AutoTopUp): AutoTopUp {
  const retryAfterMs = RETRY_AFTER_MS[auto.failures];
  return {
    ...auto,
    inFlight: null,
    failures: auto.failures + 1,
    retryAt: retryAfterMs === undefined || auto.paused !== null ? null : draft.now + retryAfterMs,
    paused: auto.paused ?? (retryAfterMs === undefined ? "failures" : null),
  };
}

/**
 * What the provider says is not paid counts to no cap, and what comes all the same counts where it comes. What was only
 * given up goes on counting: nobody knows whether it will be paid.
 */
function counted(
  draft: Draft,
  auto: AutoTopUp,
  { id, price, createdAt, countsToCaps }: TopUp,
  outcome: "completed" | "failed" | "given_up",
): AutoTopUp {
  if (outcome === "completed" && !countsToCaps)
    return { ...auto, period: withBought(periodNow(auto, draft.now), price, 1) };
  if (outcome !== "failed" || !countsToCaps) return auto;
  const countsIn = auto.inFlight === id ? auto.countsIn : periodNow(auto, createdAt).startsAt;
  return countsIn === auto.period.startsAt ? { ...auto, period: withBought(auto.period, price, -1) } : auto;
}

/** The time to try again has come, or the period of its caps is over: the level is looked at anew. */
export function wakeAutoTopUp(draft: Draft): void {
  const auto = draft.wallet.autoTopUp;
  if (auto === null) return;
  draft.setAutoTopUp({
    ...auto,
    retryAt: null,
    period: { ...periodNow(auto, draft.now), isCapped: false },
  });
}
