import { StoreError } from "../errors.js";
import type { BytePool, Kept } from "./byte-pool.js";

const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT64 = -MAX_INT64;
const WHOLE_QUANTITY = 10n ** 12n;
const MINUS_WHOLE_QUANTITY = -WHOLE_QUANTITY;

const LONGEST_PROBLEM = 500;

/** Ends the call: what was given breaks the contract, and would again. What is quoted of it may be of any length. */
export function refuse(problem: string): never {
  throw new StoreError("permanent", problem.slice(0, LONGEST_PROBLEM));
}

/**
 * Checks the values that come into the store, and counts the texts and bytes among them.
 *
 * A value that a database could not hold is refused here too: code that was tested on the memory store must not
 * meet its first U+0000 in production.
 */
export class Intake {
  /** UTF-16 units of all texts and bytes of all byte arrays so far: at least a third of what they take in UTF-8. */
  units = 0;
  readonly #pool: BytePool;

  constructor(pool: BytePool) {
    this.#pool = pool;
  }

  text(value: string, name: string): string {
    if (typeof value !== "string") refuse(`${name} is not a text: ${describe(value)}`);
    if (value.includes("\0") || !value.isWellFormed()) {
      refuse(`${name} holds U+0000 or a lone surrogate`);
    }
    this.units += value.length;
    return value;
  }

  bytes(value: Uint8Array, name: string): Kept {
    if (!(value instanceof Uint8Array)) refuse(`${name} is not a Uint8Array: ${describe(value)}`);
    this.units += value.length;
    return this.#pool.keep(value);
  }

  textOrNull(value: string | null, name: string): string | null {
    return value === null ? null : this.text(value, name);
  }
}

export function flag(value: boolean, name: string): boolean {
  return typeof value === "boolean" ? value : refuse(`${name} is not a boolean: ${describe(value)}`);
}

/** A safe integer. Minus zero becomes zero, as in every database. */
export function integer(value: number, name: string): number {
  return Number.isSafeInteger(value)
    ? value + 0
    : refuse(`${name} is not a safe integer: ${describe(value)}`);
}

export function integerOrNull(value: number | null, name: string): number | null {
  return value === null ? null : integer(value, name);
}

export function bigint(value: bigint, name: string): bigint {
  return typeof value === "bigint" ? value : refuse(`${name} is not a bigint: ${describe(value)}`);
}

export function int64(value: bigint, name: string): bigint {
  if (typeof value !== "bigint" || value > MAX_INT64 || value < MIN_INT64) {
    refuse(`${name} is not a bigint within ±(2^63 − 1): ${describe(value)}`);
  }
  return value;
}

export function int64OrNull(value: bigint | null, name: string): bigint | null {
  return value === null ? null : int64(value, name);
}

/** Parts of a whole unit, in units of 10^-12. */
export function fraction(value: bigint, name: string): bigint {
  if (typeof value !== "bigint" || value >= WHOLE_QUANTITY || value <= MINUS_WHOLE_QUANTITY) {
    refuse(`${name} is not a bigint below one whole unit: ${describe(value)}`);
  }
  return value;
}

/** The name of a wallet: part 0–255 and 63 bits as 16 lower-case hex digits. */
export function partNumber(value: number, name: string): number {
  return Number.isInteger(value) && value >= 0 && value <= 255
    ? value
    : refuse(`${name} is not a part (0–255): ${describe(value)}`);
}

export function walletId(value: string, name: string): string {
  return typeof value === "string" && /^[0-7][0-9a-f]{15}$/.test(value)
    ? value
    : refuse(`${name} is not a wallet id (63 bits as 16 lower-case hex digits): ${describe(value)}`);
}

export function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return isShort(value) ? String(value) : "a huge bigint";
  return typeof value === "number" ? String(value) : typeof value;
}

/** Writing digits takes longer the more there are. */
function isShort(value: bigint): boolean {
  return BigInt.asIntN(128, value) === value;
}
