/** Money of one group in one span, in minor units. */
export interface Sums {
  billed: bigint;
  recognised: bigint;
  breakage: bigint;
  refunded: bigint;
  movedIn: bigint;
  movedOut: bigint;
  /** What came to a group, or left it, because a use gave deferred money a feature. */
  attributed: bigint;
  overage: bigint;
  /** Of the columns beside, what concerns a time before the span. */
  earlier: { recognised: bigint; breakage: bigint; overage: bigint };
  /** The same, of a time before the whole report. */
  before: { recognised: bigint; breakage: bigint; overage: bigint };
}

export function noSums(): Sums {
  return {
    billed: 0n,
    recognised: 0n,
    breakage: 0n,
    refunded: 0n,
    movedIn: 0n,
    movedOut: 0n,
    attributed: 0n,
    overage: 0n,
    earlier: { recognised: 0n, breakage: 0n, overage: 0n },
    before: { recognised: 0n, breakage: 0n, overage: 0n },
  };
}

const COLUMNS = [
  "billed",
  "recognised",
  "breakage",
  "refunded",
  "movedIn",
  "movedOut",
  "attributed",
  "overage",
] as const;
const EARLIER = ["recognised", "breakage", "overage"] as const;

export function addTo(sums: Sums, more: Sums): void {
  for (const column of COLUMNS) sums[column] += more[column];
  for (const column of EARLIER) {
    sums.earlier[column] += more.earlier[column];
    sums.before[column] += more.before[column];
  }
}

/** What is deferred at the end, of what was at the start. */
export function closingOf(opening: bigint, sums: Sums): bigint {
  const { billed, recognised, breakage, refunded, movedIn, movedOut, attributed } = sums;
  return opening + billed - recognised - breakage - refunded + movedIn - movedOut + attributed;
}

export function isNothing(sums: Sums): boolean {
  return (
    COLUMNS.every((column) => sums[column] === 0n) && EARLIER.every((column) => sums.earlier[column] === 0n)
  );
}

type EarlierColumn = (typeof EARLIER)[number];

/** Money that was booked in a span and concerns what happened at `occurredAt`. */
export function noteOccurrence(
  sums: Sums,
  fact: { readonly column: EarlierColumn; readonly minor: bigint; readonly occurredAt: number },
  starts: { readonly span: number; readonly report: number },
): void {
  if (fact.occurredAt < starts.span) sums.earlier[fact.column] += fact.minor;
  if (fact.occurredAt < starts.report) sums.before[fact.column] += fact.minor;
}
