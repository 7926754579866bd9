import { MINUTE_MS } from "../calendar.js";
import type { Draft } from "../draft.js";
import { CreditError, invalidInput } from "../errors.js";
import { type RateHistory, versionName } from "../rate-book.js";
import type { PublishRatesRequest } from "../requests.js";
import type { PublishedRatesResult } from "../results.js";

/** An instant that the caller read from a clock just now is no past one. */
const PAST_MS = 5 * MINUTE_MS;
const MOST_VERSIONS = 1_000;

/** In the engine's own wallet: a new version of each history. What held before goes on holding for what occurred before. */
export function publishRates(draft: Draft, request: PublishRatesRequest): PublishedRatesResult {
  const { now, wallet } = draft;
  const asked = request.effectiveAt ?? now;
  if (asked < now - PAST_MS)
    throw invalidInput(
      "publishRates: `effectiveAt` lies in the past, and what was charged is never rated again. Leave it out for now, or give an instant to come.",
      { field: "effectiveAt" },
    );
  const effectiveAt = Math.max(asked, now);
  const rates = request.rates.map(({ id, feature, plan, customerId, rate }) => {
    const before: RateHistory = wallet.rates.get(id) ?? { id, feature, plan, customerId, versions: [] };
    const version = before.versions.length + 1;
    if (version > MOST_VERSIONS)
      throw new CreditError(
        "over_limit",
        `publishRates: "${feature}" has had ${MOST_VERSIONS} published rates, and all of them are kept.`,
        { feature, limit: MOST_VERSIONS },
      );
    const { actor, reason } = request;
    const added = { version, effectiveAt, rate, publishedAt: now, actor, reason };
    draft.setRates({ ...before, versions: [...before.versions, added] });
    return { feature, name: versionName(before, version) };
  });
  return { kind: "rates", id: draft.settledOperationId, effectiveAt, publishedAt: now, rates };
}
