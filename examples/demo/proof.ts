import { createHash } from "node:crypto";

/** The head of a wallet's ledger, which covers every entry of it. */
interface Head {
  /** The customer. */
  readonly name: string;
  readonly head: string;
}

/**
 * One hash for all ledgers: SHA-256 over a line `customer head` for each, in the order of the customers. Whoever has it
 * knows whether two runs wrote the same entries, wherever they were kept.
 */
export function proofOf(heads: readonly Head[]): string {
  const lines = heads.map(({ name, head }) => `${name} ${head}\n`).sort();
  return createHash("sha256").update(lines.join("")).digest("hex");
}
