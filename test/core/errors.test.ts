import { describe, expect, it } from "vitest";
import { CreditError, impossible, invalidInput } from "../../src/core/errors.js";

describe("a credit error", () => {
  it("says what was wrong, with facts and a cause", () => {
    const cause = new Error("disk full");
    const error = new CreditError("store_unavailable", "It did not answer.", { tries: 3 }, { cause });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: "CreditError",
      code: "store_unavailable",
      message: "It did not answer.",
      details: { tries: 3 },
      cause,
    });
    expect(invalidInput("No.", { field: "a" })).toMatchObject({
      code: "invalid_input",
      details: { field: "a" },
    });
    expect(invalidInput("No.").details).toEqual({});
  });

  it("may be tried again where the store was the reason", () => {
    const retryable = (code: CreditError["code"]) => new CreditError(code, "").retryable;
    expect(retryable("store_conflict")).toBe(true);
    expect(retryable("store_unavailable")).toBe(true);
    expect(retryable("insufficient_credits")).toBe(false);
  });

  it("is known by its brand, not by its class", () => {
    const error = new CreditError("no_rate", "");
    expect(Reflect.get(error, Symbol.for("coffer.CreditError"))).toBe(true);
    const ofAnotherCopy = { [Symbol.for("coffer.CreditError")]: true, code: "no_rate" };
    expect([
      CreditError.is(error),
      CreditError.is(error, "no_rate"),
      CreditError.is(error, "over_limit"),
    ]).toEqual([true, true, false]);
    expect([CreditError.is(ofAnotherCopy), CreditError.is(ofAnotherCopy, "no_rate")]).toEqual([true, true]);
    expect(CreditError.is(ofAnotherCopy, "over_limit")).toBe(false);
    expect(
      [new Error("x"), null, undefined, "text", { code: "no_rate" }].some((other) => CreditError.is(other)),
    ).toBe(false);
    expect(CreditError.is({ [Symbol.for("coffer.CreditError")]: true }, "no_rate")).toBe(false);
    expect(Object.keys(error)).not.toContain("Symbol(coffer.CreditError)");
  });
});

it("an impossible state asks to be reported", () => {
  expect(impossible("two and two are five").message).toBe(
    "coffer: impossible state: two and two are five. Please report this; nothing was written.",
  );
});
