/** Amounts that are none, of the wrong sign, too fine or too large: refused by every verb, changing nothing. */
import { Decimal } from "coffer";
import { beforeAll, describe, expect, test } from "vitest";
import { complaint } from "./probe.js";
import { type Stage, type Verb, type Wild, call, stage, withAt } from "./verbs.js";

let here: Stage;
beforeAll(async () => {
  here = await stage();
});

const noNumbers: readonly (readonly [value: unknown, shown: string])[] = [
  [Number.NaN, "NaN"],
  [Number.POSITIVE_INFINITY, "Infinity"],
  [Number.NEGATIVE_INFINITY, "-Infinity"],
  [Number.MAX_VALUE, "1.797"],
  [Number.MIN_VALUE, "5e-324"],
  ...["", " ", " 1", "1 ", "1\n", "1e3", "1E3", "1e-3", "0x10", "1,000", "1_000", "1 000", ".5", "5."].map(
    (text) => [text, JSON.stringify(text)] as const,
  ),
  ...["--1", "+-1", "１", "٣", "½", "NaN", "Infinity", "-", "+", "\u0000", "1\u0000", "0b1", "12n"].map(
    (text) => [text, JSON.stringify(text)] as const,
  ),
  ["9".repeat(101), "999"],
  [true, "true"],
  [[], "an array"],
  [[1], "an array"],
  [{}, "type object"],
  [{ toString: () => "1" }, "type object"],
  [new Date(0), "type object"],
  [() => 1, "type function"],
  [Symbol("1"), "type symbol"],
  [new Decimal(Number.NaN), "type object"],
  [new Decimal(Number.POSITIVE_INFINITY), "type object"],
];

/** Every place where an amount may stand, in a request that is good but for it. */
const places: readonly (readonly [verb: Verb, path: string, around: Wild])[] = [
  ["grant", "amount", {}],
  ["grant", "cost.amount", {}],
  ["withdraw", "quantity", {}],
  ["withdraw", "amount", { feature: undefined, quantity: undefined, currency: "tokens" }],
  [
    "withdraw",
    "items.1.quantity",
    {
      feature: undefined,
      quantity: undefined,
      items: [
        { feature: "unit", quantity: 1 },
        { feature: "chat", quantity: 1 },
      ],
    },
  ],
  ["reserve", "quantity", {}],
  ["reserve", "amount", { feature: undefined, quantity: undefined, currency: "tokens" }],
  ["capture", "quantity", {}],
  ["capture", "amount", { quantity: undefined }],
  ["adjust", "amount", {}],
  ["reverse", "amount", {}],
  ["refundGrant", "amount", {}],
  ["transfer", "amount", {}],
  ["setPolicy", "policy.limit", {}],
  ["setPolicy", "policy.price.amount", { policy: { mode: "overage", price: { currency: "USD" } } }],
  [
    "setPolicy",
    "policy.consent.limit",
    { policy: { mode: "overage", price: { amount: 1, currency: "USD" }, consent: { by: "ann" } } },
  ],
  ["check", "quantity", {}],
  ["estimate", "quantity", {}],
];

function request(verb: Verb, path: string, around: Wild, value: unknown): Wild {
  return withAt({ ...here.accepted[verb], ...around }, path, value);
}

test.each(places)("%s: nothing but a number stands in `%s`", async (verb, path, around) => {
  for (const [value, shown] of [...noNumbers, [null, "null"] as const])
    expect
      .soft(
        await complaint(
          here,
          verb,
          request(verb, path, around, value),
          "invalid_input",
          `\`${path}\``,
          shown,
        ),
      )
      .toBeUndefined();
});

test.each(places)("%s: a negative number in `%s` is refused", async (verb, path, around) => {
  if (verb === "adjust") return; // Down is what it is for.
  for (const value of [-1, "-0.01", -1n, new Decimal("-2")])
    expect
      .soft(
        await complaint(here, verb, request(verb, path, around, value), "invalid_input", /must (not )?be/),
      )
      .toBeUndefined();
});

test.each([
  ["grant", "amount"],
  ["adjust", "amount"],
  ["reverse", "amount"],
  ["refundGrant", "amount"],
  ["transfer", "amount"],
] as const)("%s: zero makes no sense in `%s`", async (verb, path) => {
  for (const value of [0, "0", "-0", "0.000", 0n, -0, new Decimal(0)])
    expect
      .soft(
        await complaint(here, verb, request(verb, path, {}, value), "invalid_input", `\`${path}\``, "zero"),
      )
      .toBeUndefined();
});

test.each([
  ["grant", "cost.amount", {}],
  ["withdraw", "quantity", {}],
  ["reserve", "quantity", {}],
  ["capture", "quantity", {}],
  ["check", "quantity", {}],
  ["setPolicy", "policy.limit", {}],
  ["setPolicy", "policy.price.amount", { policy: { mode: "overage", price: { currency: "USD" } } }],
] as const)("%s: zero is a number like any other in `%s`", async (verb, path, around) => {
  here = await stage();
  await expect(call(here.credits, verb, request(verb, path, around, 0))).resolves.toBeDefined();
});

describe("decimal places", () => {
  test.each([
    ["grant", "amount", {}, "1.0000001", "6"],
    ["withdraw", "amount", { feature: undefined, quantity: undefined, currency: "tokens" }, 1e-7, "6"],
    ["withdraw", "quantity", {}, "0.0000000000001", "12"],
    ["reserve", "quantity", {}, "0.0000000000001", "12"],
    ["adjust", "amount", {}, "-1.0000001", "6"],
    ["transfer", "amount", { currency: "gold" }, "0.5", "0"],
    ["reverse", "amount", {}, "0.0000001", "6"],
    ["grant", "cost.amount", {}, "10.001", "2"],
    ["grant", "cost", {}, { amount: "10.5", currency: "JPY" }, "0"],
    ["grant", "cost", {}, { amount: "1.0001", currency: "KWD" }, "3"],
    ["setPolicy", "policy.limit", {}, "0.0000001", "6"],
  ] as const)("%s: `%s` has at most those that are kept (%#)", async (verb, path, around, value, kept) => {
    const wrong = request(verb, path, around, value);
    expect(await complaint(here, verb, wrong, "invalid_input", path, "decimal places", kept)).toBeUndefined();
  });

  test("zeros at the end count for nothing, and 0.1 is one tenth", async () => {
    here = await stage();
    const { credits } = here;
    const grant = { customerId: "tidy", currency: "tokens", category: "promotional" } as const;
    await credits.grant({ ...grant, amount: "1.10000000000", idempotencyKey: "a" });
    await credits.grant({ ...grant, amount: 0.1, idempotencyKey: "b" });
    await credits.grant({ ...grant, amount: 0.2, idempotencyKey: "c" });
    await credits.grant({ ...grant, amount: "+0001", idempotencyKey: "d" });
    expect((await credits.balance({ customerId: "tidy", currency: "tokens" })).available.toString()).toBe(
      "2.4",
    );
  });
});
