import { formatScaled, sum } from "./amounts.js";
import { type Duration, subtractDuration } from "./calendar.js";
import { copyOfWallet } from "./copies.js";
import type { Draft } from "./draft.js";
import type { Entry } from "./entry.js";
import type { AmendedField, GrantFacts, GrantedBy, TotalFacts } from "./events.js";
import { type Grant, statusOf } from "./grant.js";
import { grantOf } from "./movements.js";
import type { Reservation } from "./records.js";
import { PERCENT_PLACES, percentOf, reaches, thresholdsOf } from "./thresholds.js";
import { type Wallet, netOf } from "./wallet.js";

/**
 * What an operation tells the outside is read off what it did: its entries, and the wallet before and after it. So no
 * rule of credits knows of events, and what is rolled back is never told.
 */
export function tellOperation(draft: Draft, before: Wallet, entriesBefore: number): void {
  tellMovements(draft, before, entriesBefore);
  tellTotals(draft, before, netOf(before));
}

/** Of grants, in the order of the entries; then which of them were used up. */
export function tellMovements(draft: Draft, before: Wallet, entriesBefore: number): void {
  const { entries } = draft;
  const end = entries.length;
  let made: Set<string> | null = null;
  // One grant is the usual case, and needs no set.
  let firstUsed: string | null = null;
  let used: Set<string> | null = null;
  for (let index = entriesBefore; index < end; index++) {
    const entry = entries[index];
    if (entry === undefined || entry.grantId === null) continue;
    const { type, grantId, amount } = entry;
    if (type === "consumed" || type === "overdraft_settled") {
      if (amount === 0n || grantId === firstUsed) continue;
      if (firstUsed === null) firstUsed = grantId;
      else used = (used ?? new Set([firstUsed])).add(grantId);
    } else if (amount > 0n && isArrival(type)) {
      made = (made ?? new Set()).add(grantId);
      draft.emit("credits.granted", { grant: grantFacts(draft, grantOf(draft, grantId)), by: type });
    } else tellEntry(draft, before, entry, grantId);
  }
  if (firstUsed === null) return;
  if (used === null) tellUse(draft, before, firstUsed, made?.has(firstUsed) === true);
  else for (const id of used) tellUse(draft, before, id, made?.has(id) === true);
}

function isArrival(type: Entry["type"]): type is GrantedBy {
  return type === "granted" || type === "adjusted" || type === "transferred_in" || type === "rolled_over";
}

function tellEntry(draft: Draft, before: Wallet, { type, amount }: Entry, grantId: string): void {
  if (type !== "expired" && type !== "voided" && type !== "amended") return;
  const grant = grantOf(draft, grantId);
  const facts = grantFacts(draft, grant);
  if (type === "amended") {
    const changed = changedFields(before.openGrants.get(grantId), grant);
    draft.emit("credits.grant.updated", { grant: facts, changed });
  } else {
    const event = type === "expired" ? "credits.expired" : "credits.grant.voided";
    draft.emit(event, { grant: facts, amount: text(draft, -amount) });
  }
}

const AMENDABLE: readonly AmendedField[] = ["expiresAt", "priority", "displayName", "metadata"];

function changedFields(before: Grant | undefined, after: Grant): readonly AmendedField[] {
  return AMENDABLE.filter((field) => before?.[field] !== after[field]);
}

/** Late use of a grant that had ended tells nothing of it: it was told to have ended. */
function tellUse(draft: Draft, before: Wallet, grantId: string, isNew: boolean): void {
  const stillOpen = draft.wallet.openGrants.get(grantId);
  const { usageLow } = thresholdsOf(draft.wallet, draft.terms);
  if (stillOpen !== undefined && usageLow.length === 0) return;
  const then = before.openGrants.get(grantId);
  if (then === undefined && !isNew) return;
  const after = stillOpen ?? grantOf(draft, grantId);
  const usedThen = then?.consumed ?? 0n;
  for (const threshold of usageLow)
    if (!reaches(usedThen, after.amount, threshold) && reaches(after.consumed, after.amount, threshold))
      draft.emit("credits.grant.usage_low", {
        grant: grantFacts(draft, after),
        thresholdPercent: formatScaled(threshold.digits, threshold.places),
      });
  if (stillOpen === undefined && after.consumed > usedThen && statusOf(after) === "depleted")
    draft.emit("credits.grant.depleted", { grant: grantFacts(draft, after) });
}

/** Crossings of what the wallet has and owes in all. */
export function tellTotals(draft: Draft, { overdraft: owedBefore }: Wallet, netBefore: bigint): void {
  const { overdraft } = draft.wallet;
  if (owedBefore === 0n && overdraft > 0n)
    draft.emit("credits.overdraft.started", { totals: totalFacts(draft) });
  if (owedBefore > 0n && overdraft === 0n)
    draft.emit("credits.overdraft.settled", { totals: totalFacts(draft) });
  const net = netOf(draft.wallet);
  if (net < netBefore) tellFall(draft, netBefore, net);
  else if (net > netBefore && draft.wallet.watch.told !== null) tellRise(draft, net);
}

function tellFall(draft: Draft, netBefore: bigint, net: bigint): void {
  const { balanceLow } = thresholdsOf(draft.wallet, draft.terms);
  if (balanceLow !== null && netBefore > balanceLow && net <= balanceLow) {
    tellLevel(draft, "low");
    draft.emit("credits.balance.low", { threshold: text(draft, balanceLow), totals: totalFacts(draft) });
  }
  if (netBefore > 0n && net <= 0n) {
    tellLevel(draft, "depleted");
    draft.emit("credits.balance.depleted", { threshold: "0", totals: totalFacts(draft) });
  }
}

/** What was never told to be low does not recover: the first credits of a wallet are no recovery. */
function tellRise(draft: Draft, net: bigint): void {
  const { told } = draft.wallet.watch;
  const { balanceLow } = thresholdsOf(draft.wallet, draft.terms);
  const isLow = balanceLow !== null && net <= balanceLow;
  if (net <= 0n || (told === "low" && isLow)) return;
  tellLevel(draft, isLow ? "low" : null);
  const threshold = isLow || balanceLow === null ? "0" : text(draft, balanceLow);
  draft.emit("credits.balance.recovered", { threshold, isLow, totals: totalFacts(draft) });
}

function tellLevel(draft: Draft, told: "low" | "depleted" | null): void {
  const next = copyOfWallet(draft.wallet);
  next.watch = { ...next.watch, told };
  draft.wallet = next;
}

export function tellActivation(draft: Draft, grantId: string): void {
  draft.emit("credits.grant.activated", { grant: grantFacts(draft, grantOf(draft, grantId)) });
}

/** @param reservation As it was when it timed out. */
export function tellTimeout(draft: Draft, { id, pins }: Reservation): void {
  draft.emit("credits.reservation.expired", {
    reservationId: draft.terms.publicId("rs", id),
    released: text(draft, sum(pins.map((pin) => pin.amount))),
    totals: totalFacts(draft),
  });
}

/** The notice that may be due for a grant is given where a lead time that holds now says so; it comes once either way. */
export function tellNotice(draft: Draft, grantId: string, noticedAt: number): void {
  const grant = { ...grantOf(draft, grantId), noticedAt };
  draft.setGrant(grant);
  const lead = leadAt(draft, grant, noticedAt);
  if (lead === undefined || grant.remaining === 0n) return;
  draft.emit("credits.grant.expiring", { grant: grantFacts(draft, grant), lead });
}

function leadAt(draft: Draft, { expiresAt }: Grant, at: number): Duration | undefined {
  if (expiresAt === null) return undefined;
  const { expiringLead } = thresholdsOf(draft.wallet, draft.terms);
  return expiringLead.find((lead) => subtractDuration(expiresAt, lead) === at);
}

function grantFacts(draft: Draft, grant: Grant): GrantFacts {
  const { category, source, priority, features, effectiveAt, expiresAt, displayName, originGrantId } = grant;
  return {
    grantId: draft.terms.publicId("gr", grant.id),
    amount: text(draft, grant.amount),
    remaining: text(draft, grant.remaining),
    held: text(draft, grant.held),
    consumed: text(draft, grant.consumed),
    usedPercent: formatScaled(percentOf(grant.consumed, grant.amount), PERCENT_PLACES),
    status: statusOf(grant),
    category,
    source,
    priority,
    features,
    effectiveAt,
    expiresAt,
    displayName,
    originGrantId,
  };
}

export function totalFacts(draft: Draft): TotalFacts {
  const { wallet } = draft;
  return {
    available: text(draft, wallet.available),
    held: text(draft, wallet.held),
    scheduled: text(draft, wallet.scheduled),
    balance: text(draft, wallet.balance),
    net: text(draft, netOf(wallet)),
    overdraft: text(draft, wallet.overdraft),
  };
}

function text({ terms }: Draft, amount: bigint): string {
  return formatScaled(amount, terms.currency.scale);
}
