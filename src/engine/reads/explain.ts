import { featureOf } from "../../catalog/catalog.js";
import { invalidInput } from "../../core/errors.js";
import type { Draft } from "../../core/draft.js";
import { QUANTITY_UNIT } from "../../core/amounts.js";
import { type Grant, statusOf } from "../../core/grant.js";
import { type AppliedRate, occasionAt, rateLine, rateOf } from "../../core/lines.js";
import { planPolicyOf, policyOf } from "../../core/past-zero.js";
import { mayPay } from "../../core/wallet.js";
import type { ExplainedGrant, Explanation } from "../api-read-results.js";
import { draftOfNow } from "../due.js";
import { publicId } from "../ids.js";
import { namesOf, parseRequest } from "../parse.js";
import { creditsOf, presentPolicy } from "../present.js";
import { lookAtRates } from "../rates/rate-keeper.js";
import { explainSchema } from "../request-schemas.js";
import type { Services } from "../services.js";
import type { WalletHandle } from "../wallet-handles.js";

const MOST_GRANTS = 1_000;

/** Why credits burn in the order they do, grant by grant, and which rate applies. */
export async function explain(services: Services, request: unknown): Promise<Explanation> {
  const { input } = parseRequest(explainSchema, request, "explain");
  const handle = services.handle(namesOf(input, input.currency));
  const { feature = null, dimensions = null } = input;
  const draft = await draftOfNow(services, handle);
  if (feature !== null) await lookAtRates(services);
  const { burnOrder, burnCriteria } = handle.currency;
  const open = [...draft.wallet.openGrants.values()].sort(burnOrder).slice(0, MOST_GRANTS);
  return {
    burnOrder: [...burnCriteria, "id"],
    grants: open.map((grant) => explainGrant(handle, grant, feature)),
    policy: presentPolicy(handle, policyOf(draft)),
    policySource: policySourceOf(draft),
    rate: feature === null ? null : explainRate(services, handle, draft, { feature, dimensions }),
  };
}

function explainGrant(handle: WalletHandle, grant: Grant, feature: string | null): ExplainedGrant {
  const { pays, why } = reasonFor(grant, feature);
  return {
    grantId: publicId("gr", handle.key, grant.id),
    displayName: grant.displayName,
    remaining: creditsOf(handle, grant.remaining),
    held: creditsOf(handle, grant.held),
    status: statusOf(grant),
    pays,
    why,
  };
}

function reasonFor(grant: Grant, feature: string | null): { readonly pays: boolean; readonly why: string } {
  if (grant.phase === "voided")
    return doesNotPay("It was voided; what a reservation holds of it can still be captured.");
  if (grant.phase === "expired")
    return doesNotPay("It has expired; what a reservation holds of it can still be captured.");
  if (grant.phase === "scheduled")
    return doesNotPay(`It is not effective before ${new Date(grant.effectiveAt).toISOString()}.`);
  if (!mayPay(grant.features, feature))
    return doesNotPay(`It pays only for ${(grant.features ?? []).join(", ")}.`);
  if (grant.remaining === 0n) return doesNotPay("All that is left of it is held by reservations.");
  const expiry =
    grant.expiresAt === null ? "never expires" : `expires ${new Date(grant.expiresAt).toISOString()}`;
  const restriction = grant.features === null ? "pays for anything" : `pays for ${grant.features.join(", ")}`;
  return { pays: true, why: `Priority ${grant.priority}, ${expiry}, ${restriction}, ${grant.category}.` };
}

function doesNotPay(why: string): { readonly pays: false; readonly why: string } {
  return { pays: false, why };
}

function policySourceOf(draft: Draft): Explanation["policySource"] {
  if (draft.wallet.policy !== null) return "wallet";
  const plan = planPolicyOf(draft)?.plan;
  return plan === undefined ? "currency" : { plan };
}

function explainRate(
  services: Services,
  handle: WalletHandle,
  { wallet, now }: Draft,
  asked: { readonly feature: string; readonly dimensions: Readonly<Record<string, string>> | null },
): NonNullable<Explanation["rate"]> {
  const { feature: featureId, dimensions } = asked;
  const feature = featureOf(services.catalog, featureId);
  if (feature.currency !== handle.names.currency)
    throw invalidInput(`explain: feature "${featureId}" is priced in "${feature.currency}".`, {
      field: "feature",
    });
  const unit = { feature: featureId, quantity: QUANTITY_UNIT, dimensions };
  const occasion = occasionAt(wallet, handle.terms, now);
  const { rateVersion, price } = rateLine(handle.terms, unit, occasion);
  const applied = rateOf(handle.terms, feature, occasion);
  return {
    version: rateVersion ?? "",
    source: sourceOf(applied),
    pricePerUnit: creditsOf(handle, price),
    why: whyOf(applied),
  };
}

function sourceOf({ plan, published }: AppliedRate): NonNullable<Explanation["rate"]>["source"] {
  if (published === null) return plan === null ? "catalog" : { plan: plan.id };
  const { customerId, actor, reason, publishedAt, effectiveAt } = published;
  return {
    published: { at: new Date(publishedAt), by: actor, reason },
    effectiveAt: new Date(effectiveAt),
    ...(customerId === null ? {} : { customerId }),
    ...(plan === null ? {} : { plan: plan.id }),
  };
}

function whyOf({ plan, published }: AppliedRate): string {
  if (published === null)
    return plan === null
      ? "The catalog's own rate: nothing overrides it."
      : `The rate of plan "${plan.id}" (rank ${plan.rank}), which the customer has: it goes before the catalog's own.`;
  const since = `in force since ${new Date(published.effectiveAt).toISOString()}`;
  if (published.customerId !== null)
    return `Published for this customer, ${since}: it goes before every plan's and the catalog's own.`;
  return plan === null
    ? `Published for everybody, ${since}: it takes the place of the catalog's own, and nothing overrides it.`
    : `Published for plan "${plan.id}" (rank ${plan.rank}), which the customer has, ${since}: it goes before the plan's own and what holds for everybody.`;
}
