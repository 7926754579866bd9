import { toDecimal } from "../core/decimal.js";
import { minorPlaces } from "../core/money.js";
import type { GroupKeys, PromotionalUse, RevenueGroup, RevenueRow } from "./api.js";
import type { GrantTally } from "./grant-tally.js";
import type { LedgerWallet } from "./ledger-stream.js";
import { estimateAt, presentEstimate } from "./proportional.js";
import type { ReportOptions } from "./report-options.js";
import { type Sums, addTo, closingOf, isNothing, noSums } from "./sums.js";

interface MoneyGroup {
  readonly keys: GroupKeys;
  readonly currency: string;
  opening: bigint;
  /** Sums of each span that has any. */
  readonly spans: Map<number, Sums>;
  /** Breakage expected and not booked, at each bound of the spans. */
  readonly estimates: bigint[];
}

interface UseGroup {
  readonly keys: GroupKeys;
  readonly creditCurrency: string;
  readonly scale: number;
  readonly spans: Map<number, bigint>;
}

/** The rows of a report, as they grow: as many as there are groups, however many entries there are. */
export class Groups {
  private readonly money: Map<string, MoneyGroup> = new Map();
  private readonly use: Map<string, UseGroup> = new Map();

  constructor(private readonly options: ReportOptions) {}

  add(wallet: LedgerWallet, tally: GrantTally): void {
    if (tally.money !== null) this.addMoney(wallet, tally, tally.money);
    for (const { span, feature, credits } of tally.used.values()) {
      const group = this.useGroup(wallet, this.keysOf(wallet, tally, feature));
      group.spans.set(span, (group.spans.get(span) ?? 0n) + credits);
    }
  }

  private addMoney(wallet: LedgerWallet, tally: GrantTally, money: string): void {
    const group = this.moneyGroup(this.keysOf(wallet, tally, null), money);
    group.opening += tally.opening;
    this.addEstimates(group, tally);
    for (const { span, feature, sums } of tally.cells.values()) {
      const { spans } =
        feature === null ? group : this.moneyGroup(this.keysOf(wallet, tally, feature), money);
      const known = spans.get(span);
      if (known === undefined) spans.set(span, sums);
      else addTo(known, sums);
    }
  }

  /** Use is recognised under its feature, but earns breakage for the grant: both columns are looked at together. */
  private addEstimates({ estimates }: MoneyGroup, tally: GrantTally): void {
    const { breakageRate, bounds } = this.options;
    if (breakageRate === null) return;
    const spans = bounds.slice(1).map(() => noSums());
    for (const { span, sums } of tally.cells.values()) {
      const together = spans[span];
      if (together !== undefined) addTo(together, sums);
    }
    let deferred = tally.opening;
    let recognised = tally.recognisedAtStart;
    for (const [place, sums] of [noSums(), ...spans].entries()) {
      deferred = closingOf(deferred, sums);
      recognised += sums.recognised;
      estimates[place] = (estimates[place] ?? 0n) + estimateAt(breakageRate, recognised, deferred);
    }
  }

  private keysOf({ names }: LedgerWallet, { facts }: GrantTally, feature: string | null): GroupKeys {
    const values = {
      customer: names.customerId,
      feature,
      plan: facts?.plan ?? null,
      source: facts?.source ?? null,
      creditCurrency: names.currency,
    };
    const { groupBy } = this.options;
    return Object.fromEntries(
      groupBy.flatMap((group) => (group in values ? [[group, values[group as keyof typeof values]]] : [])),
    );
  }

  private moneyGroup(keys: GroupKeys, currency: string): MoneyGroup {
    const name = JSON.stringify([keys, currency]);
    const known = this.money.get(name);
    if (known !== undefined) return known;
    const made = { keys, currency, opening: 0n, spans: new Map<number, Sums>(), estimates: [] };
    this.money.set(name, made);
    return made;
  }

  private useGroup({ names, scale }: LedgerWallet, keys: GroupKeys): UseGroup {
    const name = JSON.stringify([keys, names.currency]);
    const known = this.use.get(name);
    if (known !== undefined) return known;
    const made = { keys, creditCurrency: names.currency, scale, spans: new Map<number, bigint>() };
    this.use.set(name, made);
    return made;
  }

  rows(): readonly RevenueRow[] {
    const { groupBy } = this.options;
    return [...this.money.values()]
      .flatMap((group) => this.rowsOf(group))
      .sort((a, b) => compareKeys(groupBy, a, b) || compareTexts(a.currency, b.currency));
  }

  private rowsOf({ keys, currency, opening, spans, estimates }: MoneyGroup): readonly RevenueRow[] {
    const { bounds, breakageRate } = this.options;
    let open = opening;
    return bounds.slice(1).flatMap((_, span) => {
      const sums = spans.get(span) ?? noSums();
      const start = open;
      open = closingOf(start, sums);
      if (start === 0n && isNothing(sums)) return [];
      const estimate = [estimates[span] ?? 0n, estimates[span + 1] ?? 0n] as const;
      return [
        {
          ...this.monthOf(span),
          ...keys,
          ...presentSums(currency, start, sums),
          proportional:
            breakageRate === null ? null : presentEstimate(currency, estimate, sums.breakage, open),
        },
      ];
    });
  }

  totals(): readonly RevenueRow[] {
    const { bounds, breakageRate } = this.options;
    const totals = new Map<string, { opening: bigint; sums: Sums; estimate: [bigint, bigint] }>();
    for (const { currency, opening, spans, estimates } of this.money.values()) {
      const known = totals.get(currency);
      const total = known ?? { opening: 0n, sums: noSums(), estimate: [0n, 0n] };
      if (known === undefined) totals.set(currency, total);
      total.opening += opening;
      for (const sums of spans.values()) addTo(total.sums, sums);
      total.estimate[0] += estimates[0] ?? 0n;
      total.estimate[1] += estimates[bounds.length - 1] ?? 0n;
    }
    return [...totals]
      .map(([currency, total]) => ({
        ...total,
        currency,
        sums: { ...total.sums, earlier: total.sums.before },
      }))
      .filter(({ opening, sums }) => opening !== 0n || !isNothing(sums))
      .sort((a, b) => compareTexts(a.currency, b.currency))
      .map(({ currency, opening, sums, estimate }) => ({
        ...presentSums(currency, opening, sums),
        proportional:
          breakageRate === null
            ? null
            : presentEstimate(currency, estimate, sums.breakage, closingOf(opening, sums)),
      }));
  }

  private monthOf(span: number): GroupKeys {
    const { groupBy, bounds } = this.options;
    return groupBy.includes("month") ? { month: monthName(bounds[span] ?? 0) } : {};
  }

  promotional(): readonly PromotionalUse[] {
    const { groupBy } = this.options;
    return [...this.use.values()]
      .flatMap(({ keys, creditCurrency, scale, spans }) =>
        [...spans]
          .filter(([, credits]) => credits !== 0n)
          .map(([span, credits]) => ({
            ...this.monthOf(span),
            ...keys,
            creditCurrency,
            used: toDecimal(credits, scale),
          })),
      )
      .sort((a, b) => compareKeys(groupBy, a, b) || compareTexts(a.creditCurrency, b.creditCurrency));
  }
}

export function monthName(instant: number): string {
  return new Date(instant).toISOString().replace(/-\d\dT.*$/, "");
}

function presentSums(currency: string, opening: bigint, sums: Sums): Omit<RevenueRow, "proportional"> {
  const money = (minor: bigint) => toDecimal(minor, minorPlaces(currency));
  const { earlier } = sums;
  return {
    currency,
    opening: money(opening),
    billed: money(sums.billed),
    recognised: money(sums.recognised),
    breakage: money(sums.breakage),
    refunded: money(sums.refunded),
    movedIn: money(sums.movedIn),
    movedOut: money(sums.movedOut),
    attributed: money(sums.attributed),
    closing: money(closingOf(opening, sums)),
    overage: money(sums.overage),
    earlier: {
      recognised: money(earlier.recognised),
      breakage: money(earlier.breakage),
      overage: money(earlier.overage),
    },
  };
}

function compareKeys(groupBy: readonly RevenueGroup[], a: GroupKeys, b: GroupKeys): number {
  for (const group of groupBy) {
    if (group === "currency") continue;
    const [one, other] = [a[group] ?? null, b[group] ?? null];
    if (one === other) continue;
    // What belongs to none comes first.
    if (one === null) return -1;
    if (other === null) return 1;
    return compareTexts(one, other);
  }
  return 0;
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
