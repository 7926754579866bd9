import type { Arbitrary, FastCheck } from "./fast-check.js";

/** Instants from which a few days' steps cross something that calendars trip over. */
const STARTS: readonly string[] = [
  "2025-01-30T00:00:00Z", // into a month that has no such day
  "2024-02-28T23:00:00Z", // a leap day
  "2025-02-28T12:00:00Z", // none
  "2025-12-31T23:59:59.999Z", // a year
  "2025-03-30T00:59:59.999Z", // summer time begins in Berlin
  "2025-10-26T00:59:59.999Z", // and ends
  "2025-04-05T14:59:59.999Z", // half an hour back on Lord Howe
  "2025-11-02T05:59:59.999Z", // summer time ends in New York
  "1970-01-01T00:00:00Z", // the least instant of most clocks
];

/** Instants for a clock to start at, in UTC milliseconds: mostly the end of a month. */
export function starts(fc: FastCheck): Arbitrary<number> {
  return fc.constantFrom(...STARTS.map((text) => Date.parse(text)));
}
