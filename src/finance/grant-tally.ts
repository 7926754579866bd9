import type { EntryRow, GrantRow } from "../store/rows.js";
import { decodeJson } from "../engine/json.js";
import { deferredMinor } from "./deferred.js";
import type { Effect } from "./effect.js";
import { type Sums, noSums } from "./sums.js";

/** What stays the same of a grant, and reports group by. */
export interface GrantFacts {
  readonly source: string;
  /** Null: it came of no plan. */
  readonly plan: string | null;
}

const PLAN_SOURCE = "plan:";

function factsOf({ source, detail }: GrantRow): GrantFacts {
  const { recurrence } = decodeJson(detail) as {
    readonly recurrence?: { readonly subscriptionId: string | null };
  };
  const isOfPlan = recurrence?.subscriptionId != null && source.startsWith(PLAN_SOURCE);
  return { source, plan: isOfPlan ? source.slice(PLAN_SOURCE.length) : null };
}

/** One grant's part of a report; entries of no grant have one for each money. */
export class GrantTally {
  /** Sums by span and feature. */
  readonly cells: Map<
    string,
    { readonly span: number; readonly feature: string | null; readonly sums: Sums }
  > = new Map();
  /** Promotional credits used, by span and feature. */
  readonly used: Map<string, { readonly span: number; readonly feature: string | null; credits: bigint }> =
    new Map();
  money: string | null = null;
  facts: GrantFacts | null = null;
  /** When the wallet was read. */
  private readonly deferredWhenRead: bigint;
  /** What the entries from the report's start on gained, up to where the wallet was read. */
  private gained = 0n;
  /** What those entries recognised, all of them. */
  private recognisedSince = 0n;
  private recognisedBefore: bigint | null = null;
  private recognisedWhenRead: bigint | null;

  constructor(row?: GrantRow, withFacts: boolean = false) {
    if (row !== undefined && withFacts) this.facts = factsOf(row);
    this.deferredWhenRead = row === undefined ? 0n : deferredMinor(row);
    this.recognisedWhenRead = row === undefined ? null : row.costRecognised;
    this.money = row?.costCurrency ?? null;
  }

  /** Deferred at the report's start. */
  get opening(): bigint {
    return this.deferredWhenRead - this.gained;
  }

  /** Recognised before the report's start; known once the grant's row is. */
  get recognisedAtStart(): bigint {
    return this.recognisedBefore ?? this.recognisedWhenRead ?? 0n;
  }

  /** Any entry that counts at the report's start or later. @param wasRead Whether the wallet, as it was read, has it. */
  note({ cost, account }: EntryRow, effect: Effect | null, wasRead: boolean): void {
    if (effect === null) return;
    this.money = effect.currency;
    if (account !== "grant") return;
    const recognised = effect.effect === "recognised" ? effect.minor : 0n;
    this.recognisedSince += recognised;
    if (!wasRead) return;
    this.gained += cost ?? 0n;
    if (this.recognisedWhenRead !== null) this.recognisedWhenRead -= recognised;
  }

  /** The row as it stands after all entries that were noted. */
  learn(row: GrantRow): void {
    this.facts = factsOf(row);
    this.recognisedBefore = row.costRecognised - this.recognisedSince;
  }

  cell(span: number, feature: string | null): Sums {
    const key = keyOf(span, feature);
    const known = this.cells.get(key);
    if (known !== undefined) return known.sums;
    const sums = noSums();
    this.cells.set(key, { span, feature, sums });
    return sums;
  }

  use(span: number, feature: string | null, credits: bigint): void {
    const key = keyOf(span, feature);
    const known = this.used.get(key);
    if (known === undefined) this.used.set(key, { span, feature, credits });
    else known.credits += credits;
  }
}

function keyOf(span: number, feature: string | null): string {
  return feature === null ? `${span}` : `${span} ${feature}`;
}
