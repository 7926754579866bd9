import type { Catalog } from "../../catalog/define.js";
import { minorAmount, scaledAmount } from "../../catalog/inputs.js";
import { decide } from "../../core/decide.js";
import { CreditError, impossible } from "../../core/errors.js";
import { isUnheardOf } from "../../core/top-up.js";
import type { TopUpRefundResult, TopUpResult as CoreTopUpResult } from "../../core/results.js";
import type { BillingVerbs, TopUpQuote, TopUpRefund, TopUpResult } from "../api-billing.js";
import { draftOfNow } from "../due.js";
import { namesOf, parseRequest } from "../parse.js";
import { creditsOf, moneyOf } from "../present.js";
import type { Services } from "../services.js";
import { type Settled, ofKind, settleMutation } from "../settle-mutation.js";
import type { WalletHandle } from "../wallet-handles.js";
import { grantFromRow } from "../wallet-rows.js";
import type { Collector } from "./collector.js";
import { portMoney, presentTopUp, presentTopUpResult } from "./present.js";
import type { Provider } from "./provider.js";
import { warnOfProvider } from "./warn.js";
import { type Purchase, purchaseOf } from "./purchase.js";
import { type TopUpPlace, storedTopUp } from "./recorded-payment.js";
import * as schemas from "./schemas.js";

/** What is bought through the engine's billing provider. */
export interface Billing {
  readonly provider: Provider;
  readonly collector: Collector;
}

/** @param billing Null: the engine was made without. */
export function billingVerbs<C extends Catalog>(
  services: Services,
  billing: Billing | null,
): BillingVerbs<C> {
  const during =
    <Result>(run: (request: unknown) => Promise<Result>) =>
    (request: unknown): Promise<Result> =>
      services.during(() => run(request));
  return {
    quoteTopUp: during((request) => quoteTopUp(services, billing, request)),
    topUp: during((request) => topUp(services, needed(billing, "topUp"), request)),
    refreshTopUp: during((request) => refreshTopUp(services, needed(billing, "refreshTopUp"), request)),
    cancelTopUp: during((request) => cancelTopUp(services, billing, request)),
    refundTopUp: during((request) => refundTopUp(services, needed(billing, "refundTopUp"), request)),
  };
}

function needed(billing: Billing | null, verb: string): Billing {
  if (billing !== null) return billing;
  throw new CreditError(
    "unsupported",
    `${verb}: this engine has no billing provider. Give createCreditEngine one as \`billing\`.`,
  );
}

async function quoteTopUp(
  services: Services,
  billing: Billing | null,
  request: unknown,
): Promise<TopUpQuote> {
  const { input } = parseRequest(schemas.quoteTopUpSchema, request, "quoteTopUp");
  const handle = services.handle(namesOf(input, input.currency));
  const purchase = purchaseOf(handle.currency, input, "quoteTopUp");
  const { credits, price } = purchase;
  const availableAfter = await availableWith(services, handle, purchase);
  const quoted = await billing?.provider.quote({ customerId: input.customerId, subtotal: portMoney(price) });
  const tax = quoted === null || quoted === undefined ? 0n : minorAmount(quoted.tax, "tax");
  const total = quoted === null || quoted === undefined ? price.total : minorAmount(quoted.total, "total");
  return {
    credits: creditsOf(handle, credits),
    package: purchase.package,
    subtotal: moneyOf(price.total, price.currency),
    tax: moneyOf(tax, price.currency),
    total: moneyOf(total, price.currency),
    availableAfter: creditsOf(handle, availableAfter),
  };
}

/** The grant is decided as it would be, and dropped. */
async function availableWith(
  services: Services,
  handle: WalletHandle,
  { credits, price, priority }: Purchase,
): Promise<bigint> {
  const draft = await draftOfNow(services, handle);
  const { result } = decide(
    draft,
    {
      kind: "grant",
      amount: credits,
      category: "paid",
      cost: price,
      source: "top_up",
      priority,
      effectiveAt: null,
      expiresAt: null,
      features: null,
      displayName: null,
      metadata: null,
      awaitsPayment: false,
    },
    { actor: null, reason: null },
  );
  return ofKind(result, "grant").available;
}

async function topUp(services: Services, { collector }: Billing, request: unknown): Promise<TopUpResult> {
  const { input, text } = parseRequest(schemas.topUpSchema, request, "topUp");
  const handle = services.handle(namesOf(input, input.currency));
  const purchase = purchaseOf(handle.currency, input, "topUp");
  const begun = await settleMutation(services, handle, input, text, "topUp", {
    kind: "topUp",
    ...purchase,
    displayName: input.displayName ?? null,
    metadata: input.metadata ?? null,
  });
  const place = { handle, topUpId: begun.result.topUp.id };
  const { replayed } = begun;
  // A repeat goes on where the first call was: it may have died before the money was asked for.
  const now = replayed ? await storedTopUp(services, place) : begun.result.topUp;
  if (now.state !== "pending") {
    if (isUnheardOf(now))
      await collector.refresh(place).catch((error: unknown) => warnOfProvider(place, error));
    return presentTopUpResult({ ...(await current(services, place)), replayed });
  }
  return presentTopUpResult({ ...(await charged(services, collector, place, begun)), replayed });
}

/** Where the provider does not answer, nobody knows, and the wallet says when it is asked again. */
async function charged(
  services: Services,
  collector: Collector,
  place: TopUpPlace,
  begun: Settled<CoreTopUpResult>,
): Promise<Settled<CoreTopUpResult>> {
  const topUp = begun.replayed ? await storedTopUp(services, place) : begun.result.topUp;
  try {
    return (await collector.settle(place, topUp)) ?? (await current(services, place));
  } catch (error) {
    warnOfProvider(place, error);
    return begun.replayed ? current(services, place) : begun;
  }
}

/** As it is stored now. */
async function current(services: Services, place: TopUpPlace): Promise<Settled<CoreTopUpResult>> {
  const { handle } = place;
  const topUp = await storedTopUp(services, place);
  const draft = await draftOfNow(services, handle);
  const open = draft.grant(topUp.grantId);
  const snapshot =
    open === undefined ? await services.snapshotOf({ key: handle.key, grants: [topUp.grantId] }) : undefined;
  const row = snapshot?.asked.grants[0];
  const grant = open ?? (row === undefined ? undefined : grantFromRow(row, draft.now));
  if (grant === undefined) throw impossible(`grant ${topUp.grantId} is gone`);
  return {
    handle,
    result: { kind: "topUp", topUp, grant, available: draft.wallet.available },
    replayed: true,
  };
}

async function refreshTopUp(
  services: Services,
  { collector }: Billing,
  request: unknown,
): Promise<TopUpResult> {
  const { input } = parseRequest(schemas.topUpRefSchema, request, "refreshTopUp");
  const { handle, local } = await services.handleOf("tu", input.topUpId, "top_up_not_found");
  const place = { handle, topUpId: local };
  await collector.refresh(place);
  return presentTopUpResult(await current(services, place));
}

async function cancelTopUp(
  services: Services,
  billing: Billing | null,
  request: unknown,
): Promise<TopUpResult> {
  const { input, text } = parseRequest(schemas.topUpRefSchema, request, "cancelTopUp");
  const { handle, local } = await services.handleOf("tu", input.topUpId, "top_up_not_found");
  const place = { handle, topUpId: local };
  const { replayed } = await settleMutation(services, handle, input, text, "topUp", {
    kind: "callOffTopUp",
    topUpId: local,
  });
  await billing?.collector.goOn(place).catch((error: unknown) => warnOfProvider(place, error));
  const after = await current(services, place);
  const { state } = after.result.topUp;
  if (state !== "completed") return presentTopUpResult({ ...after, replayed });
  throw new CreditError(
    "grant_closed",
    `Top-up "${input.topUpId}" is paid, so it cannot be canceled; give it back with refundTopUp.`,
    { topUpId: input.topUpId, state },
  );
}

async function refundTopUp(
  services: Services,
  { collector }: Billing,
  request: unknown,
): Promise<TopUpRefund> {
  const { input, text } = parseRequest(schemas.refundTopUpSchema, request, "refundTopUp");
  const { handle, local } = await services.handleOf("tu", input.topUpId, "top_up_not_found");
  const { scale } = handle.currency;
  const settled = await settleMutation(services, handle, input, text, "topUpRefund", {
    kind: "refundTopUp",
    topUpId: local,
    amount: input.amount === undefined ? null : scaledAmount(input.amount, scale, "amount", "positive"),
    reason: input.reason ?? null,
  });
  const place = { handle, topUpId: local };
  const status = await refunded(services, collector, place, settled.result);
  return presentRefund(settled, await storedTopUp(services, place), status);
}

async function refunded(
  services: Services,
  collector: Collector,
  place: TopUpPlace,
  { refundId }: TopUpRefundResult,
): Promise<TopUpRefund["status"]> {
  const topUp = await storedTopUp(services, place);
  const refund = topUp.refunds.find(({ id }) => id === refundId);
  if (refund?.state !== "pending") return refund?.state === "failed" ? "failed" : "succeeded";
  try {
    return await collector.refund(place, topUp, refund);
  } catch (error) {
    warnOfProvider(place, error);
    return "pending";
  }
}

function presentRefund(
  { handle, result, replayed }: Settled<TopUpRefundResult>,
  topUp: Parameters<typeof presentTopUp>[1],
  status: TopUpRefund["status"],
): TopUpRefund {
  const { currency } = topUp.price;
  return {
    topUp: presentTopUp(handle, topUp),
    amount: creditsOf(handle, result.amount),
    cost: moneyOf(result.money, currency),
    total: moneyOf(result.gross, currency),
    status,
    available: creditsOf(handle, result.available),
    replayed,
  };
}
