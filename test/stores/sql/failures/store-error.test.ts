import { describe, expect, it } from "vitest";
import {
  elsewhere,
  lost,
  passing,
  refused,
  type Verdict,
} from "../../../../src/stores/sql/failures/failure.js";
import { storeErrorFor, UNCLASSIFIED, type Phase } from "../../../../src/stores/sql/failures/store-error.js";
import { StoreError } from "../../../../src/store/errors.js";
import { driverError } from "./driver-errors.js";

function kindOf(verdict: Verdict | null, phase: Phase, writes: boolean): string {
  const failure = verdict === null ? null : { ...verdict, said: "it" };
  return storeErrorFor(failure, phase, new Error("it"), writes).kind;
}

const PHASES: readonly Phase[] = ["connect", "autocommit", "transaction", "commit"];

describe("storeErrorFor", () => {
  it.each(PHASES)("believes who says that nothing was done: %s", (phase) => {
    for (const writes of [false, true]) {
      expect(kindOf(passing(), phase, writes)).toBe("transient");
      expect(kindOf(elsewhere(), phase, writes)).toBe("transient");
      expect(kindOf(refused(), phase, writes)).toBe("permanent");
    }
  });

  it("takes a lost write for ambiguous only where it could commit", () => {
    expect(PHASES.map((phase) => kindOf(lost(), phase, true))).toEqual([
      "transient",
      "ambiguous",
      "transient",
      "ambiguous",
    ]);
    expect(PHASES.map((phase) => kindOf(lost(), phase, false))).toEqual([
      "transient",
      "transient",
      "transient",
      "transient",
    ]);
  });

  it("says of a failing disk what may have been written, and does not try again", () => {
    const disk: Verdict = { outcome: "unknown", again: false, drop: false };
    expect(PHASES.map((phase) => kindOf(disk, phase, true))).toEqual([
      "permanent",
      "ambiguous",
      "permanent",
      "ambiguous",
    ]);
    expect(PHASES.map((phase) => kindOf(disk, phase, false))).toEqual([
      "permanent",
      "permanent",
      "permanent",
      "permanent",
    ]);
  });

  it("takes an unclassified error of a write for ambiguous, once something was sent", () => {
    expect(PHASES.map((phase) => kindOf(null, phase, true))).toEqual([
      "permanent",
      "ambiguous",
      "ambiguous",
      "ambiguous",
    ]);
    expect(PHASES.map((phase) => kindOf(null, phase, false))).toEqual([
      "permanent",
      "permanent",
      "permanent",
      "permanent",
    ]);
  });

  it("says what failed, what the driver said, what was written and what to do", () => {
    const cause = driverError("permission denied for table wallet", { code: "42501" });
    const failure = { ...refused("Grant the rights."), said: "permission denied for table wallet (42501)" };
    const error = storeErrorFor(failure, "autocommit", cause, true);
    expect(error).toBeInstanceOf(StoreError);
    expect(error.cause).toBe(cause);
    expect(error.message).toBe(
      "The database did not carry out a statement: permission denied for table wallet (42501). " +
        "Nothing was written. Grant the rights.",
    );
    expect(storeErrorFor({ ...lost(), said: "read ECONNRESET" }, "commit", cause, true).message).toBe(
      "The database did not confirm the commit: read ECONNRESET. It may have been written, or may be yet.",
    );
    expect(storeErrorFor({ ...lost(), said: "read ECONNRESET" }, "autocommit", cause, false).message).toBe(
      "The database did not carry out a statement: read ECONNRESET.",
    );
  });

  it("marks what no rule knows", () => {
    expect(storeErrorFor(null, "commit", driverError("odd", { code: "Q1" }), true).message).toBe(
      `${UNCLASSIFIED}. The database did not confirm the commit: odd (Q1). It may have been written, or may be yet.`,
    );
    expect(storeErrorFor(null, "autocommit", "a word", false).message).toContain("a word");
  });
});
