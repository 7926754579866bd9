/** What callers see: the shapes of the public surface, with decimals as text. */
import {
  CONSUMING,
  EXPIRING,
  goneBy,
  hasExpired,
  heldOf,
  isLive,
  lostOf,
  moneyGoneBy,
  openOf,
  overageCredits,
  overdraftOf,
  remainingOf,
} from "./accounts.js";
import { type Money, formatDecimal, formatMoney } from "./decimal.js";
import { type Fraction, ZERO, isNegative, isPositive, negate, subtract, sum } from "./fraction.js";
import type {
  EntryType,
  ModelBalance,
  ModelDraw,
  ModelEntry,
  ModelGrant,
  ModelGrantResult,
  ModelGrantStatus,
  ModelLine,
  ModelReservation,
  ModelWithdrawal,
  MoneyOut,
} from "./results.js";
import { inBurnOrder } from "./burnOrder.js";
import type { Cause, Entry, Grant, Headroom, Line, Reservation, State, Wallet, Withdrawal } from "./state.js";

const moneyOrNull = (money: Money | null): MoneyOut | null => (money === null ? null : formatMoney(money));

const opposite = (money: Money | null): MoneyOut | null =>
  money === null ? null : formatMoney({ ...money, minor: -money.minor });

function statusOf(wallet: Wallet, grant: Grant, at: number): ModelGrantStatus {
  const open = isPositive(openOf(wallet, grant));
  if (grant.voided) return "voided";
  if (at < grant.effectiveAt) return "scheduled";
  if (hasExpired(grant, at) && (open || isPositive(lostOf(wallet, grant)))) return "expired";
  return open ? "active" : "depleted";
}

/** Money of a paid grant: what it cost, what is still deferred, and where the rest went. */
function moneyView(wallet: Wallet, grant: Grant) {
  const { cost } = grant;
  const gone = (types: readonly EntryType[]): MoneyOut | null =>
    cost === null ? null : formatMoney({ ...cost, minor: moneyGoneBy(wallet, grant, types) });
  const entries = wallet.entries.filter((entry) => entry.grantId === grant.id);
  const deferred = entries.reduce((total, entry) => total + (entry.cost?.minor ?? 0n), 0n);
  return {
    cost: moneyOrNull(cost),
    deferred: cost === null ? null : formatMoney({ ...cost, minor: deferred }),
    recognised: gone(CONSUMING),
    breakage: gone([...EXPIRING, "voided", "adjusted"]),
    refundedCost: gone(["refunded"]),
    movedCost: gone(["transferred_out"]),
  };
}

export function grantView(wallet: Wallet, grant: Grant, at: number): ModelGrant {
  const gone = (types: readonly EntryType[]): string => formatDecimal(goneBy(wallet, grant, types));
  return {
    id: grant.id,
    customerId: wallet.customerId,
    currency: wallet.currency,
    amount: formatDecimal(grant.amount),
    remaining: formatDecimal(remainingOf(wallet, grant)),
    held: formatDecimal(heldOf(wallet, grant)),
    consumed: gone(CONSUMING),
    expired: gone(EXPIRING),
    voided: gone(["voided"]),
    adjusted: gone(["adjusted"]),
    refunded: gone(["refunded"]),
    moved: gone(["transferred_out"]),
    status: statusOf(wallet, grant, at),
    category: grant.category,
    source: grant.source,
    priority: grant.priority,
    effectiveAt: grant.effectiveAt,
    expiresAt: grant.expiresAt,
    features: grant.features,
    ...moneyView(wallet, grant),
    originGrantId: grant.originGrantId,
    displayName: grant.displayName,
    createdAt: grant.createdAt,
  };
}

export function entryView(entry: Entry): ModelEntry {
  return {
    seq: entry.seq,
    type: entry.type,
    account: entry.account,
    amount: formatDecimal(entry.amount),
    balanceAfter: formatDecimal(entry.balanceAfter),
    grantId: entry.grantId,
    operationId: entry.cause.operationId,
    reservationId: entry.reservationId,
    feature: entry.feature,
    quantity: entry.quantity === null ? null : formatDecimal(entry.quantity),
    dimensions: entry.dimensions,
    cost: moneyOrNull(entry.cost),
    occurredAt: entry.occurredAt,
    recordedAt: entry.cause.at,
  };
}

function sumOver(grants: readonly Grant[], amountOf: (grant: Grant) => Fraction): Fraction {
  return sum(grants.map(amountOf));
}

export function availableIn(wallet: Wallet, at: number): Fraction {
  return sumOver(
    wallet.grants.filter((grant) => isLive(grant, at)),
    (grant) => remainingOf(wallet, grant),
  );
}

export function balanceView(wallet: Wallet, at: number): ModelBalance {
  const live = wallet.grants.filter((grant) => isLive(grant, at));
  const scheduled = wallet.grants.filter((grant) => at < grant.effectiveAt);
  const open = (grant: Grant): Fraction => openOf(wallet, grant);
  const overdraft = overdraftOf(wallet);
  return {
    available: formatDecimal(availableIn(wallet, at)),
    held: formatDecimal(sumOver(wallet.grants, (grant) => heldOf(wallet, grant))),
    scheduled: formatDecimal(sumOver(scheduled, open)),
    balance: formatDecimal(subtract(sumOver(wallet.grants, open), overdraft)),
    net: formatDecimal(subtract(sumOver(live, open), overdraft)),
    overdraft: formatDecimal(overdraft),
    overage: formatDecimal(overageCredits(wallet, at)),
  };
}

function lineView({ feature, quantity, price }: Line): ModelLine {
  return {
    feature,
    quantity: quantity === null ? null : formatDecimal(quantity),
    price: formatDecimal(price),
  };
}

export function withdrawalView(wallet: Wallet, withdrawal: Withdrawal, at: number): ModelWithdrawal {
  const own = wallet.entries.filter((entry) => entry.withdrawalId === withdrawal.id);
  const total = (type: EntryType): string =>
    formatDecimal(negate(sum(own.filter((entry) => entry.type === type).map((entry) => entry.amount))));
  const { reservationId } = withdrawal;
  return {
    id: withdrawal.id,
    price: formatDecimal(withdrawal.price),
    amount: formatDecimal(subtract(withdrawal.price, withdrawal.shortfall)),
    draws: movedView(wallet, { operationId: withdrawal.operationId, at }, "consumed"),
    lines: withdrawal.lines.map(lineView),
    overdraft: total("overdraft"),
    overage: total("overage"),
    shortfall: formatDecimal(withdrawal.shortfall),
    available: formatDecimal(availableIn(wallet, at)),
    ...(reservationId === null ? {} : { reservationId }),
  };
}

export function reservationView(
  state: State,
  wallet: Wallet,
  reservation: Reservation,
  at: number,
): ModelReservation {
  const { headroom, pins } = reservation;
  const held = (mode: Headroom["mode"]): string =>
    formatDecimal(headroom?.mode === mode ? headroom.amount : ZERO);
  return {
    id: reservation.id,
    status: reservation.status,
    price: formatDecimal(reservation.price),
    held: formatDecimal(sum(pins.map((pin) => pin.amount))),
    pins: inBurnOrder(state, wallet).flatMap((grant) =>
      pins
        .filter((pin) => pin.grantId === grant.id)
        .map((pin) => ({ grantId: pin.grantId, amount: formatDecimal(pin.amount) })),
    ),
    lines: reservation.priced.map(lineView),
    overdraft: held("soft"),
    overage: held("overage"),
    available: formatDecimal(availableIn(wallet, at)),
    expiresAt: reservation.expiresAt,
  };
}

export function grantResult(wallet: Wallet, grant: Grant, at: number): ModelGrantResult {
  return { ...grantView(wallet, grant, at), available: formatDecimal(availableIn(wallet, at)) };
}

/** What one operation moved on the grants of a wallet by entries of one type, each above zero. */
export function movedView(wallet: Wallet, cause: Cause, type: EntryType): ModelDraw[] {
  return wallet.entries.flatMap(({ cause: { operationId }, ...entry }) => {
    if (operationId !== cause.operationId || entry.type !== type || entry.grantId === null) return [];
    const { grantId, feature, cost } = entry;
    const isTaken = isNegative(entry.amount);
    const amount = formatDecimal(isTaken ? negate(entry.amount) : entry.amount);
    return [{ grantId, feature, amount, cost: isTaken ? opposite(cost) : moneyOrNull(cost) }];
  });
}
