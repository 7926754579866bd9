import { periodAt, periodStart } from "../../core/period.js";
import {
  type Subscription as CoreSubscription,
  billingPeriods,
  statusAt,
  subscriptionAt,
} from "../../core/subscription.js";
import type { Subscription, SubscriptionResult } from "../api-lifecycle.js";
import { publicId } from "../ids.js";
import { creditsOf, moneyOf, presentGrant } from "../present.js";
import type { Services } from "../services.js";
import type { WalletHandle } from "../wallet-handles.js";
import type { SettledSubscription } from "./settle-subscription.js";

export function presentOutcome(
  services: Services,
  own: WalletHandle,
  { outcome, replayed }: SettledSubscription,
): SubscriptionResult {
  const wallets = outcome.wallets.map((one) => ({
    ...one,
    handle: services.handle({ ...own.names, currency: one.currency }),
  }));
  return {
    ...presentSubscription(own, outcome.subscription, outcome.at),
    grants: wallets.flatMap(({ handle, grants }) => grants.map((grant) => presentGrant(handle, grant))),
    refunds: wallets.flatMap(({ handle, refunds }) =>
      refunds.map(({ grant, amount, money, moneyCurrency }) => ({
        grantId: publicId("gr", handle.key, grant.id),
        amount: creditsOf(handle, amount),
        cost: moneyOf(money, moneyCurrency),
      })),
    ),
    replayed,
  };
}

/** As it stands at an instant. */
export function presentSubscription(
  { key, names }: WalletHandle,
  subscription: CoreSubscription,
  now: number,
): Subscription {
  const current = subscriptionAt(subscription, now);
  const { pending, trialEndsAt, endsAt, every, startsAt } = current;
  const periods = billingPeriods(current);
  const period = periodAt(periods, Math.max(now, startsAt));
  return {
    id: publicId("sb", key, current.id),
    customerId: names.customerId,
    scope: names.scope === "" ? undefined : names.scope,
    plan: current.plan,
    quantity: current.quantity,
    addOns: current.addOns.map(({ plan, quantity, until }) => ({ plan, quantity, until: dateOf(until) })),
    status: statusAt(current, now),
    every: { [every.unit]: every.count },
    anchor: new Date(current.anchor),
    timeZone: current.timeZone,
    currentPeriod: {
      from: new Date(periodStart(periods, period)),
      to: new Date(periodStart(periods, period + 1)),
    },
    startsAt: new Date(startsAt),
    trialEndsAt: dateOf(trialEndsAt),
    endsAt: dateOf(endsAt),
    pending:
      pending === null ? null : { at: new Date(pending.at), plan: pending.plan, quantity: pending.quantity },
    createdAt: new Date(current.createdAt),
  };
}

function dateOf(instant: number | null): Date | null {
  return instant === null ? null : new Date(instant);
}
