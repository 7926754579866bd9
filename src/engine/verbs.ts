import { paymentVerbs } from "./billing/payment-verbs.js";
import type { Catalog } from "../catalog/define.js";
import { reading, show } from "../catalog/parse-input.js";
import { CreditError, invalidInput } from "../core/errors.js";
import type { GrantResult as CoreGrantResult, Result } from "../core/results.js";
import type {
  Adjustment,
  Attempt,
  GrantResult,
  PolicyChange,
  Refund,
  Reversal,
  Withdrawal,
} from "./api-results.js";
import type { CreditVerbs } from "./api.js";
import { budgetVerbs } from "./budgets.js";
import type { ThresholdsChange } from "./api-events.js";
import { publicId } from "./ids.js";
import { Mutations } from "./mutations.js";
import { scheduleVerbs } from "./schedules.js";
import type { Settled } from "./settle-mutation.js";
import {
  creditsOf,
  moneyOf,
  presentDraw,
  presentGrant,
  presentPolicy,
  presentReservation,
  presentThresholds,
  presentWithdrawal,
} from "./present.js";
import { audit } from "./reads/audit.js";
import { balance } from "./reads/balance.js";
import { check, estimate } from "./reads/check.js";
import { explain } from "./reads/explain.js";
import { forecast } from "./reads/forecast.js";
import { grants } from "./reads/grants.js";
import { ledger } from "./reads/ledger.js";
import { usage } from "./reads/usage.js";
import { verifyLedger } from "./reads/verify-ledger.js";
import type { Services } from "./services.js";
import { subscriptionVerbs } from "./subscriptions/verbs.js";
import { convert, transfer } from "./transfer.js";

/** The verbs over an engine's services, or over those of one transaction of the app. */
export function creditVerbs<C extends Catalog>(services: Services): CreditVerbs<C> {
  const mutations = new Mutations(services);
  const verb =
    <Result>(run: (request: unknown) => Promise<Result>) =>
    (request: unknown): Promise<Result> =>
      services.during(() => run(request));
  const withdraw = verb(async (request) => withdrawal(await mutations.withdraw(request)));
  const attempt = (request: unknown) => tried(() => withdraw(request));
  return {
    grant: verb(async (request) => grantResult(await mutations.grant(request))),
    withdraw,
    tryWithdraw: attempt,
    withdrawMany: async (requests) => Promise.all(listOf(requests).map(attempt)),
    reserve: verb(async (request) => reservation(await mutations.reserve(request))),
    capture: verb(async (request) => withdrawal(await mutations.capture(request))),
    release: verb(async (request) => reservation(await mutations.release(request))),
    extend: verb(async (request) => reservation(await mutations.extend(request))),
    voidGrant: verb(async (request) => grantResult(await mutations.voidGrant(request))),
    amendGrant: verb(async (request) => grantResult(await mutations.amendGrant(request))),
    adjust: verb(async (request) => adjustment(await mutations.adjust(request))),
    reverse: verb(async (request) => reversal(await mutations.reverse(request))),
    refundGrant: verb(async (request) => refund(await mutations.refundGrant(request))),
    transfer: verb((request) => transfer(services, request)),
    convert: verb((request) => convert(services, request)),
    setPolicy: verb(async (request) => policyChange(await mutations.setPolicy(request))),
    ...budgetVerbs<C>(services),
    setThresholds: verb(async (request) => thresholdsChange(await mutations.setThresholds(request))),
    ...scheduleVerbs<C>(services),
    ...paymentVerbs<C>(services),
    ...subscriptionVerbs<C>(services),
    forecast: verb((request) => forecast(services, request)),
    balance: verb((request) => balance(services, request)),
    check: verb((request) => check(services, request)),
    estimate: verb((request) => estimate(services, request)),
    explain: verb((request) => explain(services, request)),
    grants: verb((request) => grants(services, request)),
    ledger: verb((request) => ledger(services, request)),
    usage: verb((request) => usage(services, request)),
    audit: verb((request) => audit(services, request)),
    verifyLedger: verb((request) => verifyLedger(services, request)),
  };
}

const MOST_WITHDRAWALS = 100_000;

/** Holes are filled, so that each of them has an outcome, too. */
function listOf(requests: unknown): readonly unknown[] {
  return reading("withdrawMany", () => {
    if (!Array.isArray(requests))
      throw invalidInput(`withdrawMany: give an array of withdrawals; got ${show(requests)}.`);
    const { length } = requests;
    if (length > MOST_WITHDRAWALS)
      throw new CreditError(
        "over_limit",
        `withdrawMany: at most ${MOST_WITHDRAWALS} withdrawals at a time; these are ${length}. Split them.`,
        { items: length, limit: MOST_WITHDRAWALS },
      );
    return Array.from({ length }, (_, index): unknown => requests[index]);
  });
}

type Of<Kind extends Result["kind"]> = Settled<Extract<Result, { kind: Kind }>>;

async function tried<Value>(run: () => Promise<Value>): Promise<Attempt<Value>> {
  try {
    return { ok: true, value: await run() };
  } catch (error) {
    if (CreditError.is(error)) return { ok: false, error };
    throw error;
  }
}

function withdrawal({ handle, result, replayed }: Of<"withdrawal">): Withdrawal {
  return presentWithdrawal(handle, result, replayed);
}

function reservation({ handle, result, replayed }: Of<"reservation">): ReturnType<typeof presentReservation> {
  return presentReservation(handle, result, replayed);
}

function grantResult({ handle, result, replayed }: Settled<CoreGrantResult>): GrantResult {
  return { ...presentGrant(handle, result.grant), available: creditsOf(handle, result.available), replayed };
}

function adjustment({ handle, result, replayed }: Of<"adjustment">): Adjustment {
  return {
    id: publicId("op", handle.key, result.id),
    amount: creditsOf(handle, result.amount),
    grant: result.grant === null ? null : presentGrant(handle, result.grant),
    draws: result.draws.map((draw) => presentDraw(handle, draw)),
    available: creditsOf(handle, result.available),
    replayed,
  };
}

function reversal({ handle, result, replayed }: Of<"reversal">): Reversal {
  return {
    id: publicId("op", handle.key, result.id),
    withdrawalId: publicId("wd", handle.key, result.withdrawalId),
    amount: creditsOf(handle, result.amount),
    overage: creditsOf(handle, result.overage),
    overdraft: creditsOf(handle, result.overdraft),
    returns: result.returns.map((draw) => presentDraw(handle, draw)),
    grants: result.grants.map((grant) => presentGrant(handle, grant)),
    available: creditsOf(handle, result.available),
    replayed,
  };
}

function refund({ handle, result, replayed }: Of<"refund">): Refund {
  return {
    id: publicId("op", handle.key, result.id),
    amount: creditsOf(handle, result.amount),
    cost: moneyOf(result.money, result.moneyCurrency),
    grant: presentGrant(handle, result.grant),
    available: creditsOf(handle, result.available),
    replayed,
  };
}

function policyChange({ handle, result, replayed }: Of<"policy">): PolicyChange {
  return { policy: presentPolicy(handle, result.policy), replayed };
}

function thresholdsChange({ handle, result, replayed }: Of<"thresholds">): ThresholdsChange {
  return { thresholds: presentThresholds(handle, result.thresholds), replayed };
}
