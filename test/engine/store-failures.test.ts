/** What each kind of failure of a store means: to the engine, and to callers. */
import { StoreError } from "coffer/store";
import { describe, expect, test } from "vitest";
import {
  asCreditError,
  asScopedError,
  isAmbiguous,
  isPassing,
  isRefused,
  isTooLarge,
  mayHaveHappened,
  noSnapshot,
  wasNotSent,
} from "../../src/engine/store-failures.js";

const KINDS = ["transient", "ambiguous", "limit", "permanent", "unsupported"] as const;
const kindsOf = (is: (error: unknown) => boolean) =>
  KINDS.filter((kind) => is(new StoreError(kind, "scripted.")));

test("each kind is what it is, and nothing else", () => {
  expect(kindsOf(isAmbiguous)).toEqual(["ambiguous"]);
  expect(kindsOf(isPassing)).toEqual(["transient", "ambiguous"]);
  expect(kindsOf(isTooLarge)).toEqual(["limit"]);
  expect(kindsOf(isRefused)).toEqual(["limit", "permanent"]);
  expect(kindsOf(wasNotSent)).toEqual(["limit", "unsupported"]);
  expect(kindsOf(mayHaveHappened)).toEqual(["ambiguous"]);
});

const named = (name: string, facts: object) => Object.assign(new Error("elsewhere"), { name, ...facts });

test.each([
  ["an error of another name", named("Error", { kind: "ambiguous" })],
  ["one that tells no kind", named("StoreError", {})],
  ["what is no error", { name: "StoreError", kind: "ambiguous" }],
  ["nothing", undefined],
])("%s is none of a store's: it passes as it is, and may have happened", (_, error) => {
  for (const is of [isAmbiguous, isPassing, isTooLarge, isRefused, wasNotSent]) expect(is(error)).toBe(false);
  expect(mayHaveHappened(error)).toBe(true);
  expect(asCreditError(error)).toBe(error);
  expect(asScopedError(error)).toBe(error);
});

test("the error of another copy of the package is one", () => {
  expect(isPassing(named("StoreError", { kind: "transient" }))).toBe(true);
});

test("a read without a snapshot is said to be one", () => {
  expect(noSnapshot()).toMatchObject({ kind: "permanent", message: "It answered a read with no snapshot." });
});

describe("callers are told", () => {
  const told = (as: (error: unknown) => unknown) =>
    Object.fromEntries(
      KINDS.map((kind) => {
        const cause = new StoreError(kind, "scripted.");
        const error = as(cause) as Error & { readonly code: string };
        expect(error).toMatchObject({ name: "CreditError", details: {} });
        expect(error.cause).toBe(cause);
        return [kind, [error.code, error.message]];
      }),
    );

  test("by the engine", () => {
    const failed = [
      "store_unavailable",
      "The store failed: scripted. Nothing was written; try again with the same idempotency key.",
    ];
    expect(told(asCreditError)).toEqual({
      unsupported: ["unsupported", "scripted."],
      limit: ["over_limit", "scripted."],
      ambiguous: [
        "store_unavailable",
        "The store did not say whether this was written. Try again with the same idempotency key: it is never applied twice.",
      ],
      transient: failed,
      permanent: failed,
    });
  });

  test("within a transaction of the app", () => {
    expect(told(asScopedError)).toEqual({
      unsupported: ["unsupported", "scripted."],
      limit: ["over_limit", "scripted."],
      transient: [
        "store_conflict",
        "The database gave this transaction up: scripted. Roll it back, and run the whole transaction again.",
      ],
      ambiguous: [
        "store_unavailable",
        "The store did not say whether this was written. Roll the transaction back, and run all of it again with the same idempotency keys: nothing is ever applied twice.",
      ],
      permanent: [
        "store_unavailable",
        "The store failed: scripted. Roll the transaction back; nothing of it was written.",
      ],
    });
  });
});
