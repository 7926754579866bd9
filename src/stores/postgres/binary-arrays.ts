import { Kept } from "../../store/intake/byte-pool.js";
import type { ColumnKind } from "../sql/columns.js";

/** One of the server's types: its number, and how a value of it is written. */
interface ElementType {
  readonly oid: number;
  readonly sizeOf: (value: unknown) => number;
  /** @returns the offset behind it. */
  readonly write: (into: Buffer, offset: number, value: unknown) => number;
}

const INT2: ElementType = {
  oid: 21,
  sizeOf: () => 2,
  write: (into, offset, value) => into.writeInt16BE(Number(value), offset),
};

const INT8: ElementType = { oid: 20, sizeOf: () => 8, write: writeInt64 };

const BOOL: ElementType = {
  oid: 16,
  sizeOf: () => 1,
  write: (into, offset, value) => into.writeUInt8(value === true ? 1 : 0, offset),
};

const TEXT: ElementType = {
  oid: 25,
  sizeOf: (value) => Buffer.byteLength(String(value)),
  write: (into, offset, value) => offset + into.write(String(value), offset),
};

const BYTEA: ElementType = {
  oid: 17,
  sizeOf: (value) => (value as Uint8Array | Kept).length,
  write: (into, offset, value) => {
    const bytes = value instanceof Kept ? value.view() : (value as Uint8Array);
    into.set(bytes, offset);
    return offset + bytes.length;
  },
};

const TWO_TO_32 = 2 ** 32;

/** A safe integer, a bigint of 64 bits, or a wallet's 63 bits as hex digits. */
function writeInt64(into: Buffer, offset: number, value: unknown): number {
  if (typeof value === "bigint") return into.writeBigInt64BE(value, offset);
  if (typeof value === "string") return into.writeBigInt64BE(BigInt(`0x${value}`), offset);
  const number = Number(value);
  const high = Math.floor(number / TWO_TO_32);
  into.writeInt32BE(high, offset);
  return into.writeUInt32BE(number - high * TWO_TO_32, offset + 4);
}

function typeOf(kind: ColumnKind): ElementType {
  if (kind === "part") return INT2;
  if (kind === "integer") return INT8;
  if (kind === "flag") return BOOL;
  return kind === "bytes" ? BYTEA : TEXT;
}

/** One value in the server's own binary format: as an array has it, without its length. */
export function binaryValue(kind: ColumnKind, value: unknown): Buffer | null {
  if (value === undefined) throw new TypeError(`a value of ${kind} is missing`);
  if (value === null) return null;
  const { sizeOf, write } = typeOf(kind);
  const bytes = Buffer.allocUnsafe(sizeOf(value));
  write(bytes, 0, value);
  return bytes;
}

const HEADER_BYTES = 20;
const LENGTH_BYTES = 4;
const NULL_LENGTH = -1;

/**
 * An array in the server's own binary format: dimensions, whether there are nulls, the elements' type, how many there
 * are and the number of the first; then each element behind its length. Source: `array_send` of PostgreSQL's arrayfuncs.c.
 */
export function binaryArray(kind: ColumnKind, values: readonly unknown[]): Buffer {
  const { oid, sizeOf, write } = typeOf(kind);
  let size = HEADER_BYTES + LENGTH_BYTES * values.length;
  let hasNulls = false;
  for (const value of values) {
    if (value === undefined) throw new TypeError(`a value of ${kind} is missing`);
    if (value === null) hasNulls = true;
    else size += sizeOf(value);
  }
  const array = Buffer.allocUnsafe(size);
  let offset = array.writeInt32BE(1, 0);
  offset = array.writeInt32BE(hasNulls ? 1 : 0, offset);
  offset = array.writeInt32BE(oid, offset);
  offset = array.writeInt32BE(values.length, offset);
  offset = array.writeInt32BE(1, offset);
  for (const value of values) {
    const start = offset + LENGTH_BYTES;
    const end = value === null ? start : write(array, start, value);
    array.writeInt32BE(value === null ? NULL_LENGTH : end - start, offset);
    offset = end;
  }
  return array;
}
