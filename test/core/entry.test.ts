import { expect, it } from "vitest";
import { isOperationId, operationIdAt } from "../../src/core/entry.js";

it("an operation is named by where its first entry stands", () => {
  expect(operationIdAt(1_736_467_200_000, 7)).toBe("1736467200000-7");
  expect([operationIdAt(-5, 1), operationIdAt(8_640_000_000_000_000, 1)].every(isOperationId)).toBe(true);
  expect(isOperationId("-8640000000000000-9007199254740991")).toBe(true);
});

it.each([
  "",
  "1",
  "1-",
  "-1",
  "1-2-3",
  "a-1",
  "1--1",
  "x1-1",
  "1-1x",
  "12345678901234567-1",
  "1-12345678901234567",
])("%j names none", (text) => {
  expect(isOperationId(text)).toBe(false);
});
