import { StoreError } from "../../../store/errors.js";
import { chainOf, saidBy } from "./driver-error.js";
import type { Failure } from "./failure.js";

/**
 * When the error was met.
 * - connect: before anything was sent.
 * - autocommit: with a statement that is its own transaction.
 * - transaction: within a transaction, before its COMMIT was sent; every statement in a transaction of the app.
 * - commit: with the COMMIT.
 */
export type Phase = "connect" | "autocommit" | "transaction" | "commit";

/** What the message of an unclassified error begins with: no suite may ever meet it. */
export const UNCLASSIFIED = "The driver's error is of no known class";

const MET: Readonly<Record<Phase, string>> = {
  connect: "No connection to the database",
  autocommit: "The database did not carry out a statement",
  transaction: "The database did not carry out a statement of a transaction",
  commit: "The database did not confirm the commit",
};

/** What can commit by itself may have; the rest is rolled back with its connection. */
function mayCommit(phase: Phase): boolean {
  return phase === "autocommit" || phase === "commit";
}

function kindOf(failure: Failure | null, phase: Phase, writes: boolean): StoreError["kind"] {
  if (failure === null) return writes && phase !== "connect" ? "ambiguous" : "permanent";
  if (failure.outcome === "unknown" && writes && mayCommit(phase)) return "ambiguous";
  return failure.again ? "transient" : "permanent";
}

function outcomeOf(kind: StoreError["kind"], writes: boolean): string {
  if (!writes) return "";
  return kind === "ambiguous" ? " It may have been written, or may be yet." : " Nothing was written.";
}

/**
 * The error that a store throws for an error of its driver.
 * @param failure what the driver's error was classed as; null where no rule knows it
 * @param writes whether the call writes: `commit`, `transact` and `prune` do
 */
export function storeErrorFor(
  failure: Failure | null,
  phase: Phase,
  error: unknown,
  writes: boolean,
): StoreError {
  const kind = kindOf(failure, phase, writes);
  const innermost = chainOf(error).at(-1);
  const said = failure?.said ?? (innermost === undefined ? String(error) : saidBy(innermost));
  const met = failure === null ? `${UNCLASSIFIED}. ${MET[phase]}` : MET[phase];
  const advice = failure?.advice === undefined ? "" : ` ${failure.advice}`;
  const end = /[.!?]$/u.test(said) ? "" : ".";
  return new StoreError(kind, `${met}: ${said}${end}${outcomeOf(kind, writes)}${advice}`, { cause: error });
}
