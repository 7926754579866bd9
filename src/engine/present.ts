import { QUANTITY_PLACES } from "../core/amounts.js";
import { type Decimal, toDecimal } from "../core/decimal.js";
import { type Grant as CoreGrant, deferredOf, statusOf } from "../core/grant.js";
import { minorPlaces } from "../core/money.js";
import { Decimal as DecimalClass } from "../core/decimal.js";
import type { Policy as CorePolicy } from "../core/policy.js";
import type { Thresholds as CoreThresholds } from "../core/thresholds.js";
import type { Thresholds } from "./api-events.js";
import type { DrawResult, LineResult, ReservationResult, WithdrawalResult } from "../core/results.js";
import type { Draw, Grant, Line, Money, Policy, Reservation, Withdrawal } from "./api-results.js";
import { publicId } from "./ids.js";
import type { WalletHandle } from "./wallet-handles.js";

/** From what the rules compute with to what callers read. */

export function creditsOf({ currency }: WalletHandle, amount: bigint): Decimal {
  return toDecimal(amount, currency.scale);
}

/** One answer says the same amount several times: those share a `Decimal`, which nobody changes. */
function creditsOfAnswer(handle: WalletHandle): (amount: bigint) => Decimal {
  let last: { readonly amount: bigint; readonly decimal: Decimal } | undefined;
  let zero: Decimal | undefined;
  return (amount) => {
    if (amount === 0n) return (zero ??= creditsOf(handle, 0n));
    if (last?.amount !== amount) last = { amount, decimal: creditsOf(handle, amount) };
    return last.decimal;
  };
}

export function moneyOf(minor: bigint, currency: string): Money {
  return { amount: toDecimal(minor, minorPlaces(currency)), currency };
}

export function presentGrant(handle: WalletHandle, grant: CoreGrant): Grant {
  const { names, key } = handle;
  const credits = (amount: bigint) => creditsOf(handle, amount);
  const { cost } = grant;
  // Receipts of before there were payments keep grants without.
  const payment = grant.payment ?? null;
  const isComing = payment !== null && payment.state !== "paid";
  const money = (minor: bigint | undefined) =>
    cost === null || minor === undefined ? null : moneyOf(minor, cost.currency);
  return {
    id: publicId("gr", key, grant.id),
    customerId: names.customerId,
    scope: names.scope === "" ? undefined : names.scope,
    currency: names.currency,
    amount: credits(isComing ? payment.credits : grant.amount),
    remaining: credits(grant.remaining),
    held: credits(grant.held),
    consumed: credits(grant.consumed),
    expired: credits(grant.expired),
    voided: credits(grant.voided),
    adjusted: credits(grant.adjusted),
    refunded: credits(grant.refunded),
    moved: credits(grant.moved),
    status: statusOf(grant),
    category: grant.category,
    source: grant.source,
    priority: grant.priority,
    effectiveAt: new Date(grant.effectiveAt),
    expiresAt: grant.expiresAt === null ? null : new Date(grant.expiresAt),
    features: grant.features,
    cost: isComing ? moneyOf(payment.cost.total, payment.cost.currency) : money(cost?.total),
    deferred: cost === null ? null : money(deferredOf(cost)),
    recognised: money(cost?.recognised),
    breakage: money(cost?.breakage),
    refundedCost: money(cost?.refunded),
    movedCost: money(cost?.moved),
    originGrantId: grant.originGrantId,
    scheduleId: grant.recurrence == null ? null : publicId("sc", key, grant.recurrence.scheduleId),
    subscriptionId: grant.recurrence?.subscriptionId ?? null,
    payment:
      payment === null
        ? null
        : {
            status: payment.state,
            topUpId: payment.topUpId === null ? null : publicId("tu", key, payment.topUpId),
            paymentId: payment.paymentId,
            invoiceUrl: payment.invoiceUrl,
            receiptUrl: payment.receiptUrl,
          },
    displayName: grant.displayName,
    metadata: grant.metadata === null ? null : (JSON.parse(grant.metadata) as Record<string, unknown>),
    createdAt: new Date(grant.createdAt),
  };
}

export function presentDraw(
  handle: WalletHandle,
  { grantId, feature, amount, money, moneyCurrency }: DrawResult,
  credits: (amount: bigint) => Decimal = (one) => creditsOf(handle, one),
): Draw {
  const id = publicId("gr", handle.key, grantId);
  // The usual case by itself: a copy for each field that may be left out would take most of the time.
  if (feature !== null && money === null) return { grantId: id, feature, amount: credits(amount) };
  return {
    grantId: id,
    ...(feature === null ? {} : { feature }),
    amount: credits(amount),
    ...(money === null || moneyCurrency === null ? {} : { cost: moneyOf(money, moneyCurrency) }),
  };
}

export function presentLine(
  handle: WalletHandle,
  { feature, quantity, price, rateVersion }: LineResult,
  credits: (amount: bigint) => Decimal = (one) => creditsOf(handle, one),
): Line {
  if (feature !== null && quantity !== null && rateVersion !== null)
    return {
      feature,
      quantity: toDecimal(quantity, QUANTITY_PLACES),
      price: credits(price),
      rateVersion,
    };
  return {
    ...(feature === null ? {} : { feature }),
    ...(quantity === null ? {} : { quantity: toDecimal(quantity, QUANTITY_PLACES) }),
    price: credits(price),
    ...(rateVersion === null ? {} : { rateVersion }),
  };
}

export function presentWithdrawal(
  handle: WalletHandle,
  result: WithdrawalResult,
  replayed: boolean,
): Withdrawal {
  const credits = creditsOfAnswer(handle);
  const { reservationId } = result;
  const withdrawal = {
    id: publicId("wd", handle.key, result.id),
    price: credits(result.price),
    amount: credits(result.price - result.shortfall),
    draws: result.draws.map((draw) => presentDraw(handle, draw, credits)),
    lines: result.lines.map((line) => presentLine(handle, line, credits)),
    overdraft: credits(result.overdraft),
    overage: credits(result.overage),
    shortfall: credits(result.shortfall),
    available: credits(result.available),
    replayed,
  };
  if (reservationId === null) return withdrawal;
  return { ...withdrawal, reservationId: publicId("rs", handle.key, reservationId) };
}

export function presentReservation(
  handle: WalletHandle,
  result: ReservationResult,
  replayed: boolean,
): Reservation {
  const credits = creditsOfAnswer(handle);
  return {
    id: publicId("rs", handle.key, result.id),
    status: result.state,
    price: credits(result.price),
    held: credits(result.held),
    pins: result.pins.map(({ grantId, amount }) => ({
      grantId: publicId("gr", handle.key, grantId),
      amount: credits(amount),
    })),
    lines: result.lines.map((line) => presentLine(handle, line, credits)),
    overdraft: credits(result.overdraft),
    overage: credits(result.overage),
    available: credits(result.available),
    expiresAt: new Date(result.expiresAt),
    replayed,
  };
}

export function presentPolicy(handle: WalletHandle, policy: CorePolicy): Policy {
  const limit = (amount: bigint | null) => (amount === null ? null : creditsOf(handle, amount));
  if (policy.mode === "hard") return { mode: "hard" };
  if (policy.mode === "soft") return { mode: "soft", limit: limit(policy.limit) };
  const { price, consent } = policy;
  return {
    mode: "overage",
    price: { amount: new DecimalClass(price.amount), currency: price.currency },
    limit: limit(policy.limit),
    consent:
      consent === null || consent === "required"
        ? consent
        : { by: consent.by, at: new Date(consent.at), limit: limit(consent.limit) },
  };
}

export function presentThresholds(
  handle: WalletHandle,
  { usageLow, balanceLow, expiringLead }: CoreThresholds,
): Thresholds {
  return {
    usageLow: usageLow.map(({ digits, places }) => toDecimal(digits, places)),
    balanceLow: balanceLow === null ? null : creditsOf(handle, balanceLow),
    expiringLead,
  };
}
