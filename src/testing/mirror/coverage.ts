import type { Call } from "../arbitraries/calls.js";
import type { ModelEntry, ModelGrant, ModelOutcome } from "../model/results.js";
import { RULE_NAMES, rulesMetBy, rulesSeenIn } from "./rules.js";

const VERBS = [
  "grant",
  "withdraw",
  "reserve",
  "capture",
  "extend",
  "release",
  "voidGrant",
  "amendGrant",
  "adjust",
  "reverse",
  "refundGrant",
  "transfer",
  "setPolicy",
];

const ENTRY_TYPES = [
  "granted",
  "consumed",
  "expired",
  "voided",
  "adjusted",
  "reversed",
  "refunded",
  "transferred_out",
  "transferred_in",
  "expiry_reversed",
  "overdraft",
  "overdraft_settled",
  "overage",
  "amended",
];

const CODES = [
  "invalid_input",
  "insufficient_credits",
  "consent_required",
  "idempotency_conflict",
  "unknown_currency",
  "unknown_feature",
  "no_rate",
  "grant_not_found",
  "grant_closed",
  "withdrawal_not_found",
  "reservation_not_found",
  "reservation_closed",
  "reservation_expired",
  "over_limit",
  "occurred_at_out_of_window",
];

const STATUSES = ["scheduled", "active", "depleted", "expired", "voided"];

/**
 * What runs have met, with how often: verbs, entry types, error codes, statuses, rules. A property that never met one of
 * them has not tested it: let the run fail.
 *
 * @example
 * ```ts
 * import { Coverage } from "coffer/testing";
 *
 * const coverage = new Coverage();
 * // … play sequences on mirrors that are given this coverage …
 * if (coverage.missing().length > 0) throw new Error(`never met: ${coverage.missing().join("; ")}`);
 * ```
 */
export class Coverage {
  private readonly counts = new Map<string, number>();

  private count(what: string, times = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + times);
  }

  /** Counts one call and the model's answer to it. */
  call(call: Call, outcome: ModelOutcome): void {
    if (!outcome.ok) {
      this.count(`code ${outcome.code}`);
      this.count(`${call.verb}: ${outcome.code}`);
      return;
    }
    this.count(`verb ${call.verb}`);
    if (outcome.value.replayed) this.count("replayed");
    for (const rule of rulesMetBy(call, outcome)) this.count(rule);
    const value = outcome.value as Record<string, unknown>;
    for (const part of ["overdraft", "overage", "shortfall"]) {
      if (value[part] !== undefined && value[part] !== "0") this.count(`${call.verb} with ${part}`);
    }
  }

  /** Counts what a wallet's books show at the end of a run. */
  books(entries: readonly ModelEntry[], grants: readonly ModelGrant[]): void {
    for (const entry of entries) {
      this.count(`entry ${entry.type}`);
      if (entry.type === "reversed") this.count(`reversed on ${entry.account}`);
      if (entry.operationId.startsWith("due:")) this.count(`due ${entry.type}`);
    }
    for (const rule of rulesSeenIn(entries, grants)) this.count(rule);
    for (const grant of grants) this.count(`status ${grant.status}`);
  }

  /** What no run has met so far. Empty: all of it was met. */
  missing(): string[] {
    const wanted = [
      ...VERBS.map((verb) => `verb ${verb}`),
      ...ENTRY_TYPES.map((type) => `entry ${type}`),
      ...CODES.map((code) => `code ${code}`),
      ...STATUSES.map((status) => `status ${status}`),
      ...["grant", "overdraft", "overage"].map((account) => `reversed on ${account}`),
      ...["expired", "overdraft_settled"].map((type) => `due ${type}`),
      ...["overdraft", "overage", "shortfall"].flatMap((part) => [
        `withdraw with ${part}`,
        `capture with ${part}`,
      ]),
      "replayed",
      ...RULE_NAMES,
    ];
    return wanted.filter((what) => !this.counts.has(what));
  }

  /** Each thing met, a line each, with how often. */
  toString(): string {
    return [...this.counts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([what, times]) => `${what}: ${times}`)
      .join("\n");
  }
}
