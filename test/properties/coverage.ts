import type { ModelEntry, ModelGrant, ModelOutcome } from "../../src/testing/model/index.js";
import type { Call } from "./world.js";

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

/** What a run has met, with how often. */
export class Coverage {
  private readonly counts = new Map<string, number>();

  private count(what: string, times = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + times);
  }

  call(call: Call, outcome: ModelOutcome): void {
    if (!outcome.ok) {
      this.count(`code ${outcome.code}`);
      this.count(`${call.verb}: ${outcome.code}`);
      return;
    }
    this.count(`verb ${call.verb}`);
    if (outcome.value.replayed) this.count("replayed");
    const value = outcome.value as Record<string, unknown>;
    for (const part of ["overdraft", "overage", "shortfall"]) {
      if (value[part] !== undefined && value[part] !== "0") this.count(`${call.verb} with ${part}`);
    }
  }

  books(entries: readonly ModelEntry[], grants: readonly ModelGrant[]): void {
    for (const entry of entries) {
      this.count(`entry ${entry.type}`);
      if (entry.type === "reversed") this.count(`reversed on ${entry.account}`);
      if (entry.operationId.startsWith("due:")) this.count(`due ${entry.type}`);
    }
    for (const grant of grants) this.count(`status ${grant.status}`);
  }

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
    ];
    return wanted.filter((what) => !this.counts.has(what));
  }

  toString(): string {
    return [...this.counts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([what, times]) => `${what}: ${times}`)
      .join("\n");
  }
}
