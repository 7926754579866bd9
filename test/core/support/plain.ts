/** A value with its amounts as numbers: tests use amounts that numbers hold exactly. */
export type Plain<Value> = Value extends bigint
  ? number
  : Value extends readonly (infer Item)[]
    ? readonly Plain<Item>[]
    : Value extends object
      ? { readonly [Key in keyof Value]: Plain<Value[Key]> }
      : Value;

export function plain<Value>(value: Value): Plain<Value> {
  return convert(value) as Plain<Value>;
}

function convert(value: unknown): unknown {
  if (typeof value === "bigint") return exactNumber(value);
  if (Array.isArray(value)) return value.map(convert);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, convert(part)]));
}

function exactNumber(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new Error(`${value} is too large for a plain number`);
  return number;
}
