import { StoreError } from "../../store/errors.js";
import type { Taken } from "../../store/intake/taken.js";
import { query } from "../sql/programs/context.js";
import type { Program } from "../sql/statement.js";
import type { CommitStatement } from "./commit-statement.js";
import { type CommitAnswer, answerFrom } from "./outcomes.js";

/** In one array format or the other. */
export type CommitsBy = Pick<CommitStatement<unknown>, "of">;

/** The changes as one statement, and how each was answered. */
export function* commitTaken(
  by: CommitsBy,
  taken: readonly Taken[],
): Program<readonly (readonly [Taken, CommitAnswer])[]> {
  const [row] = yield* query(by.of(taken));
  const answers = answerFrom(taken.length, row);
  return taken.map((change, index) => [change, answers[index] ?? "stale"] as const);
}

/** Under lock nothing can be refused but by a defect. */
export function* writeTaken(by: CommitsBy, changes: readonly Taken[]): Program<void> {
  for (const [{ key }, answer] of yield* commitTaken(by, changes)) {
    if (answer !== "won")
      throw new StoreError("permanent", `wallet ${key.part}/${key.id} changed under its lock`);
  }
}
