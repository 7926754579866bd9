import type { WalletCall, WalletOutcome } from "coffer/testing";

/** What a process says of its calls, one line each. */
export type Line =
  | { readonly say: "began"; readonly id: string; readonly call: WalletCall; readonly at: bigint }
  | {
      readonly say: "ended";
      readonly id: string;
      readonly outcome: WalletOutcome | null;
      readonly at: bigint;
    }
  | { readonly say: "over" };

/** Bigints travel as texts with an `n` behind. */
export function toText(value: unknown): string {
  return JSON.stringify(value, (_, field: unknown) => (typeof field === "bigint" ? `${field}n` : field));
}

export function fromText(text: string): unknown {
  return JSON.parse(text, (_, field: unknown) =>
    typeof field === "string" && /^-?\d+n$/u.test(field) ? BigInt(field.slice(0, -1)) : field,
  );
}
