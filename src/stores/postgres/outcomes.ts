import type { Outcome, Snapshot } from "../../store/contract.js";
import { StoreError } from "../../store/errors.js";
import type { ReceiptRow } from "../../store/rows.js";
import { unplaced } from "../sql/rows.js";
import type { SqlRow } from "../sql/statement.js";
import type { Placed } from "../sql/tables/table.js";
import { columnsOf } from "../sql/tables/table.js";
import { TABLES } from "../sql/tables/tables.js";

/** What the commit statement says of a change. */
export type CommitAnswer = "won" | "busy" | "stale" | { readonly receipts: readonly ReceiptRow[] };

/** One answer for each change, in order. */
export function answerFrom(changes: number, row: SqlRow | undefined): readonly CommitAnswer[] {
  if (row === undefined) throw new StoreError("ambiguous", "The commit was answered with no row.");
  if (row["every"] === "true") return Array<CommitAnswer>(changes).fill("won");
  const won = new Set(String(row["won"]).match(/\d+/g)?.map(Number));
  const busy = new Set(numbers(row["busy"]));
  const fit = new Set(numbers(row["fit"]));
  const seen = receiptsByChange(row["seen"]);
  return Array.from({ length: changes }, (_, index): CommitAnswer => {
    const n = index + 1;
    const receipts = seen.get(n);
    if (won.has(n)) return "won";
    if (busy.has(n)) return "busy";
    return fit.has(n) && receipts !== undefined ? { receipts } : "stale";
  });
}

export function outcomeOf(answer: CommitAnswer, fresh: Snapshot | undefined): Outcome {
  if (answer === "won") return { status: "committed" };
  if (answer === "busy") return { status: "busy" };
  if (answer !== "stale") return { status: "duplicate", receipts: answer.receipts };
  if (fresh === undefined) throw new StoreError("permanent", "a conflict has a fresh snapshot");
  return { status: "conflict", fresh };
}

function numbers(json: unknown): readonly number[] {
  return typeof json === "string" ? (JSON.parse(json) as number[]) : [];
}

function receiptsByChange(json: unknown): ReadonlyMap<number, readonly ReceiptRow[]> {
  const found = new Map<number, ReceiptRow[]>();
  if (typeof json !== "string") return found;
  for (const [n, values] of JSON.parse(json) as [number, readonly unknown[]][]) {
    const fields: Record<string, unknown> = {};
    columnsOf(TABLES.receipt).forEach(([field, , column], index) => {
      fields[field] = column.decode(values[index]);
    });
    // Every field of the table was decoded by its own column.
    const receipt = unplaced(fields as unknown as Placed<ReceiptRow>);
    found.set(n, [...(found.get(n) ?? []), receipt]);
  }
  return found;
}
