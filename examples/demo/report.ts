import type { Decimal } from "coffer";
import type { Options } from "./args.js";
import { sumTallies } from "./book.js";
import type { Tally } from "./book.js";
import { creditsPerMillion, MARKUP, USD_PER_CREDIT } from "./catalog.js";
import type { Findings } from "./findings.js";
import { proofOf } from "./proof.js";
import { creditUseOf, revenueOf, together } from "./revenue.js";
import type { CreditUse, Revenue } from "./revenue.js";
import type { Run } from "./run.js";
import type { Statement } from "./statements.js";

export type Named<Figures> = Figures & { readonly name: string };

export interface WalletRow {
  readonly name: string;
  readonly entries: number;
  readonly verified: boolean;
  /** Hash of the last entry: it covers every entry before. */
  readonly head: string;
}

/** What `--json` prints, and what the tables show. */
export interface Report {
  readonly workload: { readonly source: string; readonly from: Date; readonly to: Date };
  readonly prices: {
    readonly source: string;
    readonly asOf: string;
    readonly markup: Decimal;
    readonly usdPerCredit: Decimal;
    readonly models: readonly PriceRow[];
  };
  readonly customers: readonly Named<Tally>[];
  readonly models: readonly Named<Tally>[];
  readonly total: Tally;
  readonly credits: readonly Named<CreditUse>[];
  readonly creditsTotal: CreditUse;
  readonly revenue: readonly Named<Revenue>[];
  readonly revenueTotal: Revenue;
  readonly wallets: readonly WalletRow[];
  /** One hash over the heads of all ledgers. */
  readonly proof: string;
  readonly broken: Findings;
}

export interface PriceRow {
  readonly provider: string;
  readonly model: string;
  /** USD a million tokens, at list. */
  readonly inputUsd: Decimal;
  readonly outputUsd: Decimal;
  /** Credits a million tokens, with the markup. */
  readonly inputCredits: Decimal;
  readonly outputCredits: Decimal;
}

export function createReport(options: Options, run: Run, broken: Findings): Report {
  const { statements } = run;
  const all = together(statements);
  const wallets = statements.map(walletOf);
  return {
    workload: { source: sourceOf(options), from: run.firstAt, to: run.endedAt },
    prices: pricesOf(run),
    customers: named(run.customers),
    models: named(run.models),
    total: sumTallies(run.customers.values()),
    credits: statements.map((statement) => ({ name: statement.customerId, ...creditUseOf(statement) })),
    creditsTotal: creditUseOf(all),
    revenue: statements.map((statement) => ({ name: statement.customerId, ...revenueOf(statement) })),
    revenueTotal: revenueOf(all),
    wallets,
    proof: proofOf(wallets),
    broken,
  };
}

function walletOf({ customerId, entries, verification }: Statement): WalletRow {
  return {
    name: customerId,
    entries: entries.length,
    verified: verification.ok,
    head: entries.at(-1)?.hash ?? "",
  };
}

function sourceOf({ trace, seed }: Options): string {
  return trace === undefined
    ? `built-in stream, seed ${seed}`
    : `Azure LLM inference trace, spread by seed ${seed}`;
}

function pricesOf({ prices: { source, version, asOf, models } }: Run): Report["prices"] {
  return {
    source: `${source} ${version}`,
    asOf,
    markup: MARKUP,
    usdPerCredit: USD_PER_CREDIT,
    models: models.map(({ provider, model, input, output }) => ({
      provider,
      model,
      inputUsd: input,
      outputUsd: output,
      inputCredits: creditsPerMillion(input),
      outputCredits: creditsPerMillion(output),
    })),
  };
}

function named(tallies: ReadonlyMap<string, Tally>): readonly Named<Tally>[] {
  return [...tallies].map(([name, tally]) => ({ name, ...tally }));
}
