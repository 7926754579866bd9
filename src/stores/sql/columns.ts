import { Kept } from "../../store/intake/byte-pool.js";
import type { SqlValue } from "./statement.js";

/** What a column holds; each dialect has a type for each. */
export type ColumnKind =
  | "part"
  | "integer"
  | "flag"
  /** Part of a key: names, ids and idempotency keys, of at most so many bytes. */
  | "key64"
  | "key255"
  | "key384"
  | "key512"
  | "text"
  | "bytes";

export interface Column<Value> {
  readonly kind: ColumnKind;
  readonly isNullable: boolean;
  /** What it means, for people who read the tables. */
  readonly means: string;
  /** Its name, where the field's own is a word of SQL. */
  readonly name?: string;
  readonly encode: (value: Value) => SqlValue;
  readonly decode: (raw: unknown) => Value;
}

type Make = <Value>(
  kind: ColumnKind,
  codec: Pick<Column<Value>, "encode" | "decode">,
) => (means: string, name?: string) => Column<Value>;

const make: Make = (kind, codec) => (means, name) => ({
  kind,
  isNullable: false,
  means,
  ...(name === undefined ? {} : { name }),
  ...codec,
});

/** A safe integer: an instant in UTC milliseconds, a version, a number in a sequence. */
export const integer: (means: string, name?: string) => Column<number> = make("integer", {
  encode: String,
  decode: Number,
});

/** Credits in the currency's smallest unit, money in minor units: 64 bits. */
export const amount: (means: string, name?: string) => Column<bigint> = make("integer", {
  encode: String,
  decode: (raw) => BigInt(textOf(raw)),
});

export const part: (means: string) => Column<number> = make("part", { encode: String, decode: Number });

/** A wallet's 63 bits: 16 hex digits to the engine, a number in the database. */
export const walletId: (means: string) => Column<string> = make("integer", {
  encode: walletNumber,
  decode: (raw) => BigInt(textOf(raw)).toString(16).padStart(WALLET_DIGITS, "0"),
});

export const flag: (means: string) => Column<boolean> = make("flag", {
  encode: (value) => (value ? "1" : "0"),
  decode: (raw) => textOf(raw) === "1",
});

export const text: (means: string, name?: string) => Column<string> = make("text", {
  encode: (value) => value,
  decode: textOf,
});

/** A text of at most so many bytes that stands in a key or an index. */
export function key<Value extends string = string>(
  mostBytes: 64 | 255 | 384 | 512,
): (means: string, name?: string) => Column<Value> {
  return make(`key${mostBytes}`, {
    encode: (value) => value,
    // What the store wrote was of this type, and the store alone writes here.
    decode: (raw) => textOf(raw) as Value,
  });
}

/** Bytes; in statements and rows as hex digits. */
export const bytes: (means: string) => Column<Uint8Array> = make<Uint8Array>("bytes", {
  encode: (value: Uint8Array | Kept) =>
    value instanceof Kept ? value.hex() : Buffer.from(value).toString("hex"),
  decode: (raw) => Uint8Array.from(Buffer.from(textOf(raw), "hex")),
});

export function optional<Value>(column: Column<Value>): Column<Value | null> {
  return {
    ...column,
    isNullable: true,
    encode: (value) => (value === null ? null : column.encode(value)),
    decode: (raw) => (raw === null || raw === undefined ? null : column.decode(raw)),
  };
}

const WALLET_DIGITS = 16;

export function walletNumber(id: string): string {
  return BigInt(`0x${id}`).toString();
}

/** Every column is selected as text; a driver may give it as bytes all the same. */
function textOf(raw: unknown): string {
  if (typeof raw === "string") return raw;
  if (raw instanceof Uint8Array) return Buffer.from(raw).toString("utf8");
  return String(raw);
}
