import { auditWallet } from "./audit-wallet.js";
import { sumTallies } from "./book.js";
import type { Repeat, Tally } from "./book.js";
import { creditsPerMillion } from "./catalog.js";
import { equal, holds } from "./findings.js";
import type { Findings } from "./findings.js";
import type { PriceList } from "./prices.js";
import { revenueOf } from "./revenue.js";
import type { Statement } from "./statements.js";
import { sumOf } from "./sums.js";

/** What the product counted, and what the engine says: the audit holds one against the other. */
export interface Evidence {
  readonly prices: PriceList;
  readonly customers: ReadonlyMap<string, Tally>;
  readonly models: ReadonlyMap<string, Tally>;
  readonly repeats: readonly Repeat[];
  readonly statements: readonly Statement[];
}

/** Every invariant that does not hold, each in one sentence. */
export function audit(evidence: Evidence): Findings {
  return [
    ...auditRequests(evidence),
    ...auditRepeats(evidence),
    ...auditRating(evidence),
    ...evidence.statements.flatMap((statement) =>
      auditWallet(statement, evidence.customers.get(statement.customerId)),
    ),
    ...auditMoves(evidence),
  ];
}

function auditRequests({ customers, models, statements }: Evidence): Findings {
  const byCustomer = sumTallies(customers.values());
  const byModel = sumTallies(models.values());
  return [
    ...[...customers, ...models].flatMap(([name, { requests, charged, denied, failed }]) =>
      equal(`${name}: requests = charged + denied + failed`, requests, charged + denied + failed),
    ),
    ...equal("requests by customer = requests by model", byCustomer.requests, byModel.requests),
    ...equal("credits by customer = credits by model", byCustomer.credits, byModel.credits),
    ...equal("customers = wallets", customers.size, statements.length),
  ];
}

/** A duplicate changes nothing and is given the first answer again. */
function auditRepeats({ customers, repeats }: Evidence): Findings {
  const { duplicates } = sumTallies(customers.values());
  return [
    ...repeats.flatMap(({ key, first, again, replayed }) => [
      ...holds(`${key}: its duplicate is marked as replayed`, replayed),
      ...holds(`${key}: its duplicate is given the first answer`, first === again),
    ]),
    ...equal("two replayed mutations for each duplicate", repeats.length, 2 * duplicates),
  ];
}

/** What the tokens come to by the price list, reckoned on their sum and not request by request. */
function auditRating({ prices, models }: Evidence): Findings {
  return prices.models.flatMap(({ model, input, output }) => {
    const tally = models.get(model);
    if (tally === undefined) return [`${model}: no tally`];
    const inputCredits = creditsPerMillion(input).times(tally.inputTokens);
    const outputCredits = creditsPerMillion(output).times(tally.outputTokens);
    const listed = inputCredits.plus(outputCredits).div(1_000_000);
    const priced = tally.credits.plus(tally.shortfall);
    // Of a request's two lines, each rounds by half of the sixth decimal place at most.
    const millionths = listed.minus(priced).abs().times(1_000_000);
    return holds(
      `${model}: its tokens at list price and markup are ${listed.toString()} credits; priced ${priced.toString()}`,
      millionths.lte(tally.charged),
    );
  });
}

/** What one customer gives, another gets: credits and money. */
function auditMoves({ statements }: Evidence): Findings {
  const revenues = statements.map(revenueOf);
  const grants = statements.flatMap((statement) => statement.grants);
  return [
    ...equal(
      "credits moved out = credits moved in",
      sumOf(grants, (grant) => grant.moved),
      sumOf(grants, (grant) => (grant.originGrantId === null ? undefined : grant.amount)),
    ),
    ...equal(
      "money moved out = money moved in",
      sumOf(revenues, (revenue) => revenue.movedOut),
      sumOf(revenues, (revenue) => revenue.movedIn),
    ),
  ];
}
