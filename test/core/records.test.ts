import { expect, it } from "vitest";
import { isOwing } from "../../src/core/records.js";

it("a withdrawal is owing while any of its debts is not paid", () => {
  const owing = (...owed: readonly bigint[]) =>
    isOwing({
      id: "w",
      debts: owed.map((amount, index) => ({ seq: index + 1, feature: null, owed: amount })),
      settlements: [],
      back: {},
    });
  expect([owing(), owing(0n), owing(0n, 0n)]).toEqual([false, false, false]);
  expect([owing(4n), owing(0n, 4n), owing(4n, 0n)]).toEqual([true, true, true]);
});
