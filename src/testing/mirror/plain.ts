/** What the engine and the model answer, in one plain form: decimals as text, instants as numbers, nothing null. */

export type Plain = string | number | boolean | undefined | Plain[] | { [name: string]: Plain };
export type PlainRecord = Record<string, Plain>;

function isDecimal(value: object): value is { toFixed(): string } {
  return "toFixed" in value && typeof value.toFixed === "function";
}

/** Leaves out what only the engine knows. */
function omitting(value: object): object {
  const { rateVersion: _, metadata: __, scope: ___, ...rest } = value as Record<string, unknown>;
  return rest;
}

/** Decimals become text, dates milliseconds, ids what `rename` makes of them; null and undefined are left out. */
function plain(value: unknown, rename: (id: string) => string = (id) => id): Plain {
  if (value === null || value === undefined) return undefined;
  if (typeof value === "string") return rename(value);
  if (typeof value === "number" || typeof value === "boolean") return value;
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Date) return value.getTime();
  if (Array.isArray(value)) return value.map((one) => plain(one, rename));
  if (typeof value !== "object") return undefined;
  if (isDecimal(value)) return value.toFixed();
  const fields = Object.entries(omitting(value)).map(
    ([name, field]) => [name, plain(field, rename)] as const,
  );
  return Object.fromEntries(fields.filter(([, field]) => field !== undefined));
}

export function plainRecord(value: unknown, rename?: (id: string) => string): PlainRecord {
  const result = plain(value, rename);
  if (typeof result !== "object" || Array.isArray(result)) throw new TypeError("Not a record.");
  // Pins have no order of their own.
  if (!Array.isArray(result["pins"])) return result;
  return { ...result, pins: [...result["pins"]].sort((a, b) => (show(a) < show(b) ? -1 : 1)) };
}

/** Some fields of a record; those it does not have stay out. */
export function only(record: PlainRecord, names: readonly string[]): PlainRecord {
  return Object.fromEntries(
    names.filter((name) => record[name] !== undefined).map((name) => [name, record[name]]),
  );
}

export function show(value: Plain): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing");
}
