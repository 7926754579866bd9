import type { StoreLimits } from "../contract.js";
import { StoreError } from "../errors.js";
import { Kept } from "./byte-pool.js";
import type { Taken } from "./taken.js";

/** No database sets bounds here: they only keep one call from holding the event loop for long. */
const DEFAULT_LIMITS: StoreLimits = {
  changesPerCommit: 1_000,
  rowsPerChange: 100_000,
  bytesPerCommit: 64 * 1024 * 1024,
  walletsPerTransact: 64,
  transactAcrossParts: true,
  joinsTransactions: false,
};

const utf8 = new TextEncoder();
const MAX_PAGE = 5_000;
/** Of a value that is refused. */
const LONGEST_SHOWN = 100;
/** No UTF-16 unit takes more bytes in UTF-8. */
const MAX_BYTES_PER_UNIT = 3;
/** More than the numbers and flags of any row take. */
const MAX_FIXED_BYTES_PER_ROW = 256;

/** The limits asked for, the others by default. */
export function takeLimits(asked: Partial<StoreLimits> = {}): StoreLimits {
  // A long text has millions of fields, which are not worth copying.
  if (typeof asked !== "object") throw new StoreError("limit", "`limits` must be a plain object of limits.");
  const limits = { ...DEFAULT_LIMITS, ...asked, joinsTransactions: false };
  for (const [name, limit] of Object.entries(limits)) {
    if (typeof limit !== "boolean") checkRowCount(limit, name);
  }
  return Object.freeze(limits);
}

export function checkWithin(count: number, limit: number, what: string): void {
  if (count > limit) throw new StoreError("limit", `${shown(count)} ${what}; at most ${limit} are taken`);
}

/** How many rows a page may have. */
export function checkPageSize(limit: number): void {
  checkRowCount(limit);
  checkWithin(limit, MAX_PAGE, "rows a page");
}

/**
 * Refuses a number of rows that is no whole number of at least 1.
 *
 * @throws {StoreError} `limit`.
 */
export function checkRowCount(limit: number, name = "limit"): void {
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw new StoreError("limit", `${name} must be a whole number of at least 1, not ${shown(limit)}`);
  }
}

/** Objects are not asked for their text: they may have none, or throw. */
function shown(given: unknown): string {
  if (typeof given === "function") return "a function";
  // Writing digits takes longer the more there are.
  if (typeof given === "bigint") return "a bigint";
  return typeof given === "object" && given !== null ? "an object" : String(given).slice(0, LONGEST_SHOWN);
}

/** The rows of a change beside its head. */
function countRows(change: Taken): number {
  const { opened, moved, records, entries, receipts, events, usage } = change;
  return (
    opened.length +
    moved.length +
    records.length +
    entries.length +
    receipts.length +
    events.length +
    usage.length
  );
}

/**
 * Refuses what is too large. A commit's size is the UTF-8 bytes of all its texts and the lengths of its byte arrays,
 * plus 8 for each number and bigint and 1 for each flag. It is counted only when a bound by `units` leaves it open.
 */
export function checkSize(changes: readonly Taken[], units: number, limits: StoreLimits): void {
  let rows = changes.length;
  for (const change of changes) {
    const count = countRows(change);
    checkWithin(count, limits.rowsPerChange, "rows in a change");
    rows += count;
  }
  if (units * MAX_BYTES_PER_UNIT + rows * MAX_FIXED_BYTES_PER_ROW <= limits.bytesPerCommit) return;
  checkWithin(countBytes(changes), limits.bytesPerCommit, "bytes in a commit");
}

/** The exact size of what a commit carries, by the rule of `checkSize`. */
function countBytes(value: unknown): number {
  if (typeof value === "string") return utf8.encode(value).length;
  if (value instanceof Kept) return value.length;
  if (typeof value === "number" || typeof value === "bigint") return 8;
  if (typeof value === "boolean") return 1;
  if (typeof value !== "object" || value === null) return 0;
  return Object.values(value).reduce((sum: number, part: unknown) => sum + countBytes(part), 0);
}
