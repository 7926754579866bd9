/** Tampers with a ledger in every way, and says which went unnoticed or were blamed on the wrong entry. */
import type { Verdict } from "./ledger.js";
import type { Row } from "./rows.js";
import {
  type Tamper,
  type Thoroughness,
  changedFields,
  changedHeads,
  forged,
  rearranged,
  swappedWallets,
  untouched,
} from "./tampers.js";

/** A stored ledger that can be looked at with other rows in its place. */
export interface Evidence {
  readonly rows: readonly Row[];
  /** `wallet` and `part` of the wallet that is looked at, with its head; and another wallet's. */
  readonly head: Row;
  readonly otherHead: Row;
  /** Whether entries can stand where their wallet's own row is gone. */
  readonly keepsLooseEntries: boolean;
  /** What verifyLedger says where these rows stand; `head` null: the wallet's own row is gone. */
  readonly verdictWith: (tamper: {
    readonly rows?: readonly Row[];
    readonly head?: Row | null;
  }) => Promise<Verdict>;
}

export interface Judgement {
  readonly tried: number;
  /** Named by verifyLedger: the first wrong entry, or the head. */
  readonly named: number;
  /** Not taken by the store in the first place, or not read by it. */
  readonly refused: number;
  readonly unnoticed: readonly string[];
}

export async function judge(evidence: Evidence, thoroughness: Thoroughness): Promise<Judgement> {
  const { rows, head, otherHead } = evidence;
  const wallet = head["wallet"] ?? "";
  const found = { tried: 0, named: 0, refused: 0, unnoticed: [] as string[] };
  const note = (what: string, verdict: Verdict, isNamed: boolean) => {
    found.tried++;
    if (verdict.kind === "refused") found.refused++;
    else if (isNamed) found.named++;
    else found.unnoticed.push(`${what}: ${JSON.stringify(verdict)}`);
  };
  const tryRows = async ({ what, rows: changed }: Tamper, slack = 0) => {
    const verdict = await evidence.verdictWith({ rows: changed });
    const whole = untouched(rows, changed, wallet);
    const isNamed = verdict.kind === "wrong" && verdict.entries >= whole && verdict.entries <= whole + slack;
    note(what, verdict, isNamed);
  };
  for (const tamper of changedFields(rows, wallet, thoroughness)) await tryRows(tamper);
  for (const tamper of rearranged(rows, wallet)) await tryRows(tamper);
  // What its own hash covers is betrayed by the entry after it, or by the head.
  for (const tamper of forged(rows, wallet)) await tryRows(tamper, 1);
  await tryRows(swappedWallets(rows, [head, otherHead]));
  for (const { what, head: changed } of changedHeads(head, thoroughness)) {
    if (changed === null && !evidence.keepsLooseEntries) continue;
    const verdict = await evidence.verdictWith({ head: changed });
    note(
      what,
      verdict,
      verdict.kind === "wrong" &&
        (changed === null || !verdict.isEntry || verdict.entries >= Number(changed["seq"])),
    );
  }
  return found;
}

/** COFFER_TAMPERING=thorough: every byte of every text in every store. */
export function usualThoroughness(usual: Thoroughness): Thoroughness {
  return process.env["COFFER_TAMPERING"] === "thorough" ? "every place" : usual;
}
