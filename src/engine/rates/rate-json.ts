import { isPlainObject } from "../../catalog/plain.js";
import { show } from "../../catalog/parse-input.js";
import { decimalText } from "../../core/decimal.js";

const DEEPEST = 40;
const MOST_VALUES = 20_000;
const LARGEST_RATE_BYTES = 65_536;

/** A problem with a rate that was given. */
export class NoRate {
  constructor(readonly problem: string) {}
}

/** A definition as JSON, decimals as texts: whether it makes a rate is for the compiler to say. */
export function rateJson(rate: unknown): string | NoRate {
  const counted = { values: 0 };
  const plain = plainOf(rate, DEEPEST, counted);
  if (plain instanceof NoRate) return plain;
  const text = JSON.stringify(plain);
  return Buffer.byteLength(text) <= LARGEST_RATE_BYTES ? text : tooLarge();
}

function plainOf(value: unknown, depth: number, counted: { values: number }): unknown {
  counted.values++;
  if (counted.values > MOST_VALUES) return tooLarge();
  if (depth === 0) return new NoRate("nests too deep");
  if (typeof value === "boolean") return value;
  if (Array.isArray(value)) return listOf(value, depth, counted);
  if (isPlainObject(value)) return fieldsOf(value, depth, counted);
  return (
    decimalText(value) ?? new NoRate(`must be a rate, as in { credits: 2, per: 1000 }; got ${show(value)}`)
  );
}

function listOf(values: readonly unknown[], depth: number, counted: { values: number }): unknown {
  const list: unknown[] = [];
  for (const value of values) {
    const part = plainOf(value, depth - 1, counted);
    if (part instanceof NoRate) return part;
    list.push(part);
  }
  return list;
}

function fieldsOf(
  fields: Readonly<Record<string, unknown>>,
  depth: number,
  counted: { values: number },
): unknown {
  const plain: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    const part = plainOf(value, depth - 1, counted);
    if (part instanceof NoRate) return part;
    plain[name] = part;
  }
  return plain;
}

function tooLarge(): NoRate {
  return new NoRate(`must have at most ${LARGEST_RATE_BYTES} bytes as JSON`);
}
