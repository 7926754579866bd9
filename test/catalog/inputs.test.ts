import { describe, expect, it } from "vitest";
import {
  decimalSchema,
  durationSchema,
  idSchema,
  instantSchema,
  minorAmount,
  moneySchema,
  scaledAmount,
  scaledQuantity,
  textSchema,
} from "../../src/catalog/inputs.js";
import { MAX_AMOUNT, MAX_QUANTITY, parseDecimal } from "../../src/core/amounts.js";
import { MAX_INSTANT } from "../../src/core/calendar.js";
import { Decimal } from "../../src/core/decimal.js";
import { refusal } from "../core/support.js";

function partsOf(text: string) {
  const parts = parseDecimal(text);
  if (parts === undefined) throw new Error(`no decimal: ${text}`);
  return parts;
}

describe("a decimal", () => {
  it("is read from text, numbers, bigints and Decimals alike", () => {
    const parts = { digits: 15n, places: 1 };
    expect(["1.50", 1.5, new Decimal("1.5")].map((value) => decimalSchema.parse(value))).toEqual([
      parts,
      parts,
      parts,
    ]);
    expect(decimalSchema.parse(15n)).toEqual({ digits: 15n, places: 0 });
  });

  it.each([["1e3"], [Number.NaN], [Infinity], [null], [{}], [""], [true]])("is not %s", (value) => {
    const parsed = decimalSchema.safeParse(value);
    expect(parsed.error?.issues[0]?.message).toContain("must be a decimal number");
  });
});

describe("a text", () => {
  it("has 1 to 255 bytes of well-formed Unicode, without NUL", () => {
    for (const text of ["a", " a ", "é".repeat(127), "a".repeat(255)])
      expect(idSchema.parse(text)).toBe(text);
    for (const text of ["", "a".repeat(256), "é".repeat(128), "\ud800", "a\u0000b", 5, null])
      expect(idSchema.safeParse(text).success).toBe(false);
    expect(textSchema(2).safeParse("abc").success).toBe(false);
    expect(textSchema(3).safeParse("abc").success).toBe(true);
  });
});

describe("an instant", () => {
  const instant = Date.UTC(2025, 0, 10);
  it("is a Date, UTC milliseconds, or an ISO text with an offset", () => {
    const same = [
      new Date(instant),
      instant,
      "2025-01-10T00:00:00Z",
      "2025-01-10T01:00:00+01:00",
      "2025-01-10T00:00:00.000Z",
    ];
    expect(same.map((value) => instantSchema.parse(value))).toEqual(same.map(() => instant));
    expect([MAX_INSTANT, -MAX_INSTANT].map((value) => instantSchema.parse(value))).toEqual([
      MAX_INSTANT,
      -MAX_INSTANT,
    ]);
    expect(instantSchema.parse("2025-01-10T00:00:00.123000Z")).toBe(instant + 123);
  });

  it.each([
    ["2025-01-10"],
    ["2025-01-10T00:00:00"],
    ["2025-02-30T00:00:00Z"],
    ["2025-01-10T00:00:00.1234Z"],
    ["tomorrow"],
    [1.5],
    [MAX_INSTANT + 1],
    [-MAX_INSTANT - 1],
    [Number.NaN],
    [new Date(Number.NaN)],
    [null],
    [5n],
    [{}],
  ])("is not %s", (value) => {
    expect(instantSchema.safeParse(value).error?.issues[0]?.message).toContain("must be an instant");
  });
});

describe("a duration", () => {
  it("is longer than nothing, in units of the calendar", () => {
    expect(durationSchema.parse({ days: 1, hours: 0.5, minutes: undefined })).toEqual({
      days: 1,
      hours: 0.5,
    });
    const units = { years: 1, months: 2, weeks: 3, days: 4, hours: 5, minutes: 6, seconds: 7 };
    expect(durationSchema.parse(units)).toEqual(units);
    for (const duration of [
      {},
      { days: 0 },
      { days: -1 },
      { days: 0.5 },
      { eons: 1 },
      { hours: Infinity },
      "1 day",
      null,
    ])
      expect(durationSchema.safeParse(duration).success).toBe(false);
  });
});

describe("an amount", () => {
  it("is scaled, within the scale and the range", () => {
    expect(scaledAmount(partsOf("1.5"), 2, "amount")).toBe(150n);
    expect(scaledAmount(partsOf(String(MAX_AMOUNT)), 0, "amount")).toBe(MAX_AMOUNT);
    expect(scaledAmount(partsOf(`-${MAX_AMOUNT}`), 0, "amount", "any")).toBe(-MAX_AMOUNT);
    expect(refusal(() => scaledAmount(partsOf("1.005"), 2, "amount"))).toMatchObject({
      code: "invalid_input",
      message: expect.stringContaining("3 decimal places; this currency keeps 2") as unknown,
      details: { field: "amount", scale: 2 },
    });
    for (const sign of ["", "-"])
      expect(
        refusal(() => scaledAmount(partsOf(`${sign}${MAX_AMOUNT + 1n}`), 0, "amount", "any")).message,
      ).toContain("too large");
  });

  it("has the sign that is asked for", () => {
    const amount = (text: string, sign?: "positive" | "zeroOrMore" | "any") => () =>
      scaledAmount(partsOf(text), 0, "amount", sign);
    expect([amount("0")(), amount("0", "any")(), amount("-1", "any")(), amount("1", "positive")()]).toEqual([
      0n,
      0n,
      -1n,
      1n,
    ]);
    expect(refusal(amount("-1")).message).toContain("must not be negative");
    expect(refusal(amount("0", "positive")).message).toContain("must be above zero");
    expect(refusal(amount("-1", "positive")).details).toEqual({ field: "amount" });
  });
});

describe("a quantity", () => {
  it("has 12 places, and at most a thousand million million", () => {
    expect(scaledQuantity(partsOf("0.000000000001"), "quantity")).toBe(1n);
    expect(scaledQuantity(partsOf("1000000000000000"), "quantity")).toBe(MAX_QUANTITY);
    expect(refusal(() => scaledQuantity(partsOf("0.0000000000001"), "quantity"))).toMatchObject({
      message: expect.stringContaining("13 decimal places; quantities keep 12") as unknown,
      details: { field: "quantity" },
    });
    expect(refusal(() => scaledQuantity(partsOf("1000000000000000.1"), "quantity")).message).toContain(
      "too large",
    );
    expect(refusal(() => scaledQuantity(partsOf("0"), "per", "positive")).message).toContain("above zero");
    expect(refusal(() => scaledQuantity(partsOf("-1"), "quantity")).message).toContain(
      "must not be negative",
    );
  });
});

describe("money", () => {
  it("is in the minor units of its currency", () => {
    const money = (amount: string, currency: string) =>
      minorAmount({ amount: partsOf(amount), currency }, "cost");
    expect([money("8500.00", "USD"), money("1000", "JPY"), money("1.234", "KWD"), money("0", "USD")]).toEqual(
      [850_000n, 1_000n, 1_234n, 0n],
    );
    expect(refusal(() => money("1.005", "USD"))).toMatchObject({
      code: "invalid_input",
      message: expect.stringContaining("3 decimal places; USD has 2") as unknown,
      details: { field: "cost" },
    });
    expect(refusal(() => money("0.5", "JPY")).message).toContain("JPY has 0");
    expect(refusal(() => money("-1", "USD"))).toMatchObject({ details: { field: "cost.amount" } });
  });

  it("names an ISO 4217 currency", () => {
    expect(moneySchema.parse({ amount: 1, currency: "USD" }).currency).toBe("USD");
    for (const currency of ["usd", "US", "USDT", "", null])
      expect(moneySchema.safeParse({ amount: 1, currency }).success).toBe(false);
    expect(moneySchema.safeParse({ amount: 1, currency: "USD", tax: 1 }).success).toBe(false);
  });
});
