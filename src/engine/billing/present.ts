import { boughtIn, periodNow, periodResetsAt } from "../../core/auto-period.js";
import { minorText } from "../../core/money.js";
import type { TopUpResult as CoreTopUpResult } from "../../core/results.js";
import type { AutoTopUp as CoreAutoTopUp, Minor, TopUp as CoreTopUp } from "../../core/top-up.js";
import type { AutoTopUp, TopUp, TopUpPaymentInfo, TopUpResult } from "../api-billing.js";
import { publicId } from "../ids.js";
import { creditsOf, moneyOf, presentGrant } from "../present.js";
import type { Settled } from "../settle-mutation.js";
import type { WalletHandle } from "../wallet-handles.js";
import type { PortMoney } from "./port.js";

export function portMoney({ total, currency }: Minor): PortMoney {
  return { amount: minorText(total, currency), currency };
}

export function presentTopUp(handle: WalletHandle, topUp: CoreTopUp): TopUp {
  const { key, names } = handle;
  return {
    id: publicId("tu", key, topUp.id),
    customerId: names.customerId,
    scope: names.scope === "" ? undefined : names.scope,
    currency: names.currency,
    status: topUp.state,
    by: topUp.by,
    credits: creditsOf(handle, topUp.credits),
    package: topUp.package,
    price: moneyOf(topUp.price.total, topUp.price.currency),
    grantId: publicId("gr", key, topUp.grantId),
    payment: presentPayment(topUp),
    createdAt: new Date(topUp.createdAt),
    settledAt: topUp.settledAt === null ? null : new Date(topUp.settledAt),
  };
}

function presentPayment({ payment, price, state, refundedGross }: CoreTopUp): TopUpPaymentInfo {
  const { id, reason, tax, total, actionUrl, receiptUrl, invoiceUrl } = payment;
  const money = (minor: bigint | null) => (minor === null ? null : moneyOf(minor, price.currency));
  return {
    id,
    reason,
    tax: money(tax),
    total: money(total),
    actionUrl: state === "pending" ? actionUrl : null,
    receiptUrl,
    invoiceUrl,
    refunded: moneyOf(refundedGross, price.currency),
  };
}

export function presentTopUpResult({ handle, result, replayed }: Settled<CoreTopUpResult>): TopUpResult {
  const topUp = presentTopUp(handle, result.topUp);
  const isComing = topUp.status === "pending" || topUp.status === "completed";
  return {
    status: topUp.status,
    topUp,
    grant: isComing ? presentGrant(handle, result.grant) : undefined,
    payment: topUp.payment,
    available: creditsOf(handle, result.available),
    replayed,
  };
}

export function presentAutoTopUp(handle: WalletHandle, auto: CoreAutoTopUp, now: number): AutoTopUp {
  const { buys, caps, money, paused, inFlight, failures, retryAt, expiresIn } = auto;
  const period = periodNow(auto, now);
  const isCapped = period.isCapped;
  return {
    threshold: creditsOf(handle, auto.threshold),
    target: "target" in buys ? creditsOf(handle, buys.target) : null,
    packs: "target" in buys ? null : { of: creditsOf(handle, buys.packsOf), package: buys.package },
    caps: {
      count: caps.count,
      money: caps.money === null ? null : moneyOf(caps.money, money),
      every: { [caps.every.unit]: caps.every.count },
    },
    payIn: money,
    expiresIn,
    status:
      paused !== null
        ? "paused"
        : inFlight !== null
          ? "in_flight"
          : retryAt !== null
            ? "retrying"
            : isCapped
              ? "capped"
              : "watching",
    paused: paused === "removed" ? null : paused,
    topUpId: inFlight === null ? null : publicId("tu", handle.key, inFlight),
    failures,
    retryAt: retryAt === null ? null : new Date(retryAt),
    bought: {
      count: period.count,
      money: moneyOf(boughtIn(period, money), money),
      since: new Date(period.startsAt),
      resetsAt: new Date(periodResetsAt({ ...auto, period })),
    },
  };
}
