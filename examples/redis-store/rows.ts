/** Rows as JSON texts: bigints and bytes, which JSON lacks, as objects of one field. No row has objects otherwise. */

export function encode(row: object): string {
  // The holder's own value: JSON turns a Buffer into an object before it is shown.
  return JSON.stringify(row, function (this: Readonly<Record<string, unknown>>, name: string) {
    const value = this[name];
    if (typeof value === "bigint") return { $bigint: value.toString() };
    return value instanceof Uint8Array ? { $bytes: Buffer.from(value).toString("hex") } : value;
  });
}

export function decode(text: string): unknown {
  return JSON.parse(text, (_, value: unknown) => {
    if (typeof value !== "object" || value === null) return value;
    if ("$bigint" in value) return BigInt(String(value.$bigint));
    return "$bytes" in value ? new Uint8Array(Buffer.from(String(value.$bytes), "hex")) : value;
  });
}
