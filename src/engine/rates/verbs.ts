import type * as z from "zod";
import { currencyOf, featureOf, planOf } from "../../catalog/catalog.js";
import type { CompiledCatalog } from "../../catalog/catalog.js";
import { compileRate } from "../../catalog/compile-rate.js";
import type { Catalog } from "../../catalog/define.js";
import type { Rate } from "../../catalog/definition.js";
import { invalidInput } from "../../core/errors.js";
import { versionName } from "../../core/rate-book.js";
import { walletsOf } from "../../core/subscription.js";
import type { PublishedRateVersion, PublishedRates, RatePreview, RateVerbs } from "../api-rates.js";
import { publicId } from "../ids.js";
import { sha256 } from "../ledger-hash.js";
import { parseRequest } from "../parse.js";
import type { Services } from "../services.js";
import { settleMutation } from "../settle-mutation.js";
import { previewOf } from "./preview.js";
import { CATALOG_WALLET, historiesOf, lookAtRates } from "./rate-keeper.js";
import * as schemas from "./schemas.js";

export function rateVerbs<C extends Catalog>(services: Services): RateVerbs<C> {
  return {
    publishRates: (request) => services.during(() => publishRates(services, request)),
    publishedRates: (request = {}) => services.during(() => publishedRates(services, request)),
    previewRates: (request) => services.during(() => previewRates(services, request)),
  };
}

const ID_LENGTH = 40;

async function publishRates(services: Services, request: unknown): Promise<PublishedRates> {
  const { input, text } = parseRequest(schemas.publishRates, request, "publishRates");
  const { plan = null, customerId = null } = input;
  const rates = ratesOf(services.catalog, input, "publishRates");
  const handle = services.handle(CATALOG_WALLET);
  const { result, replayed } = await settleMutation(services, handle, input, text, "rates", {
    kind: "publishRates",
    rates: rates.map(({ feature, rate }) => ({
      id: historyId(feature, plan, customerId),
      feature,
      plan,
      customerId,
      rate,
    })),
    effectiveAt: input.effectiveAt ?? null,
    actor: input.actor ?? null,
    reason: input.reason ?? null,
  });
  services.rates.expire();
  return {
    id: publicId("op", handle.key, result.id),
    effectiveAt: new Date(result.effectiveAt),
    publishedAt: new Date(result.publishedAt),
    versions: Object.fromEntries(result.rates.map(({ feature, name }) => [feature, name])),
    replayed,
  };
}

/** All must make rates of known features before anything is touched. */
function ratesOf(
  catalog: CompiledCatalog,
  {
    features,
    plan,
    customerId,
  }: z.output<typeof schemas.publishRates> | z.output<typeof schemas.previewRates>,
  verb: string,
): readonly { readonly feature: string; readonly rate: string | null }[] {
  if (plan !== undefined && customerId !== undefined)
    throw invalidInput(
      `${verb}: give \`plan\` or \`customerId\`, not both: a customer's own rate holds whatever plan they have.`,
      { field: "plan" },
    );
  const reached = plan === undefined ? null : walletsOf([planOf(catalog, plan)], catalog, []);
  return Object.entries(features).map(([id, rate]) => {
    const { currency } = featureOf(catalog, id);
    if (reached !== null && !reached.includes(currency))
      throw invalidInput(
        `${verb}: plan "${plan ?? ""}" says nothing about "${currency}", in which "${id}" is priced, so wallets of it do not know of the plan. Give it a grant, a rate or a policy there in the catalog first.`,
        { field: "plan", feature: id },
      );
    if (rate !== null)
      compileRate(JSON.parse(rate), currencyOf(catalog, currency).scale, `${verb}: features.${id}`);
    return { feature: id, rate };
  });
}

/** No name holds a NUL. */
function historyId(feature: string, plan: string | null, customerId: string | null): string {
  return Buffer.from(sha256(`${feature}\u0000${plan ?? ""}\u0000${customerId ?? ""}`))
    .toString("hex")
    .slice(0, ID_LENGTH);
}

async function publishedRates(
  services: Services,
  request: unknown,
): Promise<readonly PublishedRateVersion[]> {
  const { input } = parseRequest(schemas.publishedRates, request, "publishedRates");
  const { key } = services.handle(CATALOG_WALLET);
  const { records } = await services.snapshotOf({ key });
  return historiesOf(records)
    .filter(({ feature }) => input.feature === undefined || feature === input.feature)
    .flatMap((history) =>
      history.versions.map((one) => ({
        feature: history.feature,
        plan: history.plan,
        customerId: history.customerId,
        version: versionName(history, one.version),
        rate: one.rate === null ? null : (JSON.parse(one.rate) as Rate),
        effectiveAt: new Date(one.effectiveAt),
        publishedAt: new Date(one.publishedAt),
        actor: one.actor,
        reason: one.reason,
      })),
    )
    .sort((a, b) => Number(a.publishedAt) - Number(b.publishedAt));
}

async function previewRates(services: Services, request: unknown): Promise<RatePreview> {
  const { input } = parseRequest(schemas.previewRates, request, "previewRates");
  const { from, to, plan = null, customerId = null } = input;
  if (from >= to) throw invalidInput("previewRates: `from` must be before `to`.", { field: "to" });
  const rates = ratesOf(services.catalog, input, "previewRates");
  await lookAtRates(services);
  return previewOf(services, { rates, plan, customerId, from, to });
}
