import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { chooseStore } from "./stores/choose.js";
import type { StoreChoice } from "./stores/choose.js";
import { UsageError } from "./usage-error.js";

export interface Options {
  /** An Azure LLM inference trace to replay; undefined: the built-in stream. */
  readonly trace: string | undefined;
  /** How many requests to meter; undefined: the whole trace. */
  readonly requests: number | undefined;
  readonly seed: number;
  /** A year in the life of a SaaS instead; undefined: the metered hour. */
  readonly year: { readonly customers: number; readonly journal: string | undefined } | undefined;
  readonly store: StoreChoice;
  readonly json: boolean;
  readonly help: boolean;
}

const DEFAULT_REQUESTS = 3000;
const DEFAULT_SEED = 1;
const DEFAULT_CUSTOMERS = 1_000;
const MAX_CUSTOMERS = 100_000;
const MAX_REQUESTS = 1_000_000;
const MAX_SEED = 2 ** 32 - 1;

export const HELP = `Meters an AI product on prepaid credits, end to end, at real model prices.

Usage: npm run demo -- [options]

  --requests N   requests to meter (default: ${DEFAULT_REQUESTS}; with --trace: all of them)
  --seed N       seed of everything that is drawn at random (default: ${DEFAULT_SEED})
  --trace FILE   replay an Azure LLM inference trace (CSV: TIMESTAMP,ContextTokens,GeneratedTokens)
  --store STORE  where the credits are kept (default: a fresh SQLite file in a temporary folder):
                   FILE or sqlite:FILE      a new file of SQLite
                   memory                   nowhere
                   postgres://…             a new schema in a database of PostgreSQL
                   mysql://… or mariadb://… a database without credits; of a URL without one, a new database
  --year         a year in the life of a SaaS instead: plans, refills, changes of plan and of prices, revenue by month
  --customers N  with --year: how many (default: ${DEFAULT_CUSTOMERS})
  --journal FILE with --year: where the journal goes, for hledger (FILE.beancount: for beancount, FILE.csv: CSV;
                 default: a fresh file in a temporary folder)
  --json         print the report as JSON
  --help         print this text

Exit status: 0 if every invariant holds; 1 if one is broken, or the trace or the store cannot be used; 2 for wrong
options.
`;

export function parseOptions(argv: readonly string[]): Options {
  const { trace, requests, seed, store, json, help, year, customers, journal } = readFlags(argv);
  if (trace === "") throw new UsageError("--trace needs a file.");
  if (journal === "") throw new UsageError("--journal needs a file.");
  if (journal !== undefined && !existsSync(dirname(journal)))
    throw new UsageError(`--journal: there is no folder "${dirname(journal)}".`);
  return {
    trace,
    requests:
      requests === undefined ? defaultRequests(trace) : wholeNumber("--requests", requests, 1, MAX_REQUESTS),
    seed: seed === undefined ? DEFAULT_SEED : wholeNumber("--seed", seed, 0, MAX_SEED),
    year: year === true ? { customers: customersOf(customers), journal } : undefined,
    store: chooseStore(store),
    json: json ?? false,
    help: help ?? false,
  };
}

function readFlags(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        trace: { type: "string" },
        requests: { type: "string" },
        seed: { type: "string" },
        store: { type: "string" },
        year: { type: "boolean" },
        customers: { type: "string" },
        journal: { type: "string" },
        json: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function customersOf(customers: string | undefined): number {
  return customers === undefined
    ? DEFAULT_CUSTOMERS
    : wholeNumber("--customers", customers, 1, MAX_CUSTOMERS);
}

function defaultRequests(trace: string | undefined): number | undefined {
  return trace === undefined ? DEFAULT_REQUESTS : undefined;
}

function wholeNumber(flag: string, text: string, least: number, most: number): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new UsageError(`${flag} must be a whole number from ${least} to ${most}; got "${text}".`);
}
