/** Catalogs that make no sense, or mean harm. */
import { defineCatalog } from "coffer";
import { describe, expect, test } from "vitest";
import { refusal } from "../support.js";

const define = defineCatalog as (definition: unknown) => unknown;
const tokens = { tokens: { name: "Tokens" } };
const rated = (rate: unknown) => ({ currencies: tokens, features: { chat: { currency: "tokens", rate } } });
const currency = (fields: object) => ({ currencies: { tokens: { name: "Tokens", ...fields } } });
const poisoned = (text: string) => JSON.parse(text) as unknown;

function matched(depth: number): unknown {
  return depth === 0 ? { credits: 1 } : { match: [{ when: { a: "b" }, rate: matched(depth - 1) }] };
}

const circle: Record<string, unknown> = { match: [] };
circle["match"] = [{ when: { a: "b" }, rate: circle }];

test.each<readonly [what: string, definition: unknown, says: string]>([
  ["undefined", undefined, "plain object"],
  ["null", null, "plain object"],
  ["a list", [], "plain object"],
  ["a map", new Map(), "plain object"],
  ["no currencies", {}, "`currencies`"],
  ["an empty list of currencies", { currencies: {} }, "`currencies` is empty"],
  ["currencies as a list", { currencies: [{ name: "T" }] }, "`currencies`"],
  ["a nameless currency", { currencies: { tokens: {} } }, "`currencies.tokens.name`"],
  ["an empty name", currency({ name: "" }), "`currencies.tokens.name` must not be empty"],
  ["an empty id", { currencies: { "": { name: "T" } } }, "currencies"],
  ["a long id", { currencies: { ["x".repeat(256)]: { name: "T" } } }, "currencies"],
  ["a broken id", { currencies: { "\ud800": { name: "T" } } }, "currencies"],
  ["a scale below zero", currency({ scale: -1 }), "`currencies.tokens.scale` must be at least 0; got -1"],
  ["a scale above 12", currency({ scale: 13 }), "`currencies.tokens.scale` must be at most 12; got 13"],
  ["half a scale", currency({ scale: 1.5 }), "scale"],
  ["a scale in words", currency({ scale: "6" }), "scale"],
  ["an unknown option", currency({ colour: "red" }), '"colour"'],
  ["an unknown option at the top", { currencies: tokens, plan: {} }, '"plan"'],
  ["an unknown burn criterion", currency({ burnOrder: ["alphabet"] }), "burnOrder"],
  ["an empty burn order", currency({ burnOrder: [] }), "burnOrder"],
  ["a late window of nothing", currency({ lateWindow: {} }), "lateWindow"],
  ["half a day of late window", currency({ lateWindow: { days: 0.5 } }), "lateWindow"],
  ["a negative late window", currency({ lateWindow: { days: -1 } }), "lateWindow"],
  ["a policy unheard of", currency({ policy: { mode: "free" } }), "policy"],
  ["a negative limit", currency({ policy: { mode: "soft", limit: -1 } }), "`currencies.tokens.policy.limit`"],
  [
    "a finer limit than the scale",
    currency({ scale: 0, policy: { mode: "soft", limit: 0.5 } }),
    "policy.limit",
  ],
  ["overage without a price", currency({ policy: { mode: "overage" } }), "policy.price"],
  [
    "a negative price",
    currency({ policy: { mode: "overage", price: { amount: -1, currency: "USD" } } }),
    "policy.price.amount",
  ],
  [
    "a consent nobody can give",
    currency({ policy: { mode: "overage", price: { amount: 1, currency: "USD" }, consent: { by: "ann" } } }),
    "setPolicy",
  ],
  [
    "a feature without a rate",
    { currencies: tokens, features: { chat: { currency: "tokens" } } },
    "features.chat.rate",
  ],
  [
    "a feature without a currency",
    { currencies: tokens, features: { chat: { rate: { credits: 1 } } } },
    "features.chat.currency",
  ],
  ["features as a list", { currencies: tokens, features: [] }, "features"],
  ["a rate of nothing", rated({}), "features.chat.rate"],
  ["a rate as a number", rated(5), "features.chat.rate"],
  ["negative credits", rated({ credits: -1 }), "features.chat.rate.credits"],
  ["credits that are no number", rated({ credits: "2e3" }), '"2e3"'],
  ["per zero", rated({ credits: 1, per: 0 }), "features.chat.rate.per"],
  ["per less than zero", rated({ credits: 1, per: -1 }), "features.chat.rate.per"],
  ["a finer minimum than the scale", rated({ credits: 1, minimum: "0.0000001" }), "minimum"],
  ["a negative minimum", rated({ credits: 1, minimum: -1 }), "minimum"],
  ["an unknown rounding", rated({ credits: 1, rounding: "bankers" }), "rounding"],
  ["an unknown option of a rate", rated({ credits: 1, each: 2 }), '"each"'],
  ["two kinds of rate at once", rated({ credits: 1, tiers: [{ credits: 1 }] }), '"credits"'],
  ["no tiers", rated({ tiers: [] }), "tiers"],
  ["a bounded last tier", rated({ tiers: [{ upTo: 5, credits: 1 }] }), "tiers.0"],
  ["an unbounded first tier", rated({ tiers: [{ credits: 1 }, { credits: 1 }] }), "tiers.0"],
  [
    "tiers out of order",
    rated({ tiers: [{ upTo: 5, credits: 1 }, { upTo: 5, credits: 1 }, { credits: 1 }] }),
    "tiers.1.upTo",
  ],
  ["a tier up to zero", rated({ tiers: [{ upTo: 0, credits: 1 }, { credits: 1 }] }), "tiers.0.upTo"],
  [
    "101 tiers",
    rated({ tiers: Array.from({ length: 101 }, (_, n) => ({ upTo: n + 1, credits: 1 })) }),
    "tiers",
  ],
  ["no cases", rated({ match: [] }), "match"],
  ["a case without a rate", rated({ match: [{ when: { a: "b" } }] }), "match.0.rate"],
  ["a case of no values", rated({ match: [{ when: { a: [] }, rate: { credits: 1 } }] }), "match.0.when.a"],
  ["a case of numbers", rated({ match: [{ when: { a: 1 }, rate: { credits: 1 } }] }), "match.0.when.a"],
  [
    "a wrong fallback",
    rated({ match: [{ when: { a: "b" }, rate: { credits: 1 } }], fallback: {} }),
    "fallback",
  ],
  ["rates nested 9 deep", rated(matched(9)), "8 deep"],
  ["rates in a circle", rated(circle), "8 deep"],
])("%s: refused, saying where", async (_, definition, says) => {
  const error = await refusal(() => define(definition));
  expect(error).toMatchObject({ code: "invalid_input" });
  expect(error.message).toContain(says);
});

test("a feature in a currency that is not there is unknown_currency", async () => {
  for (const name of ["coins", "constructor", "toString"]) {
    const error = await refusal(() =>
      define({ currencies: tokens, features: { chat: { currency: name, rate: { credits: 1 } } } }),
    );
    expect(error).toMatchObject({ code: "unknown_currency" });
    expect(error.message).toMatch(/"chat".*"tokens"/);
  }
});

describe("a key named __proto__", () => {
  test.each([
    '{"__proto__":{"currencies":{}}}',
    '{"currencies":{"__proto__":{"name":"T"},"tokens":{"name":"T"}}}',
    '{"currencies":{"tokens":{"name":"T","__proto__":{"scale":1}}}}',
    '{"currencies":{"tokens":{"name":"T"}},"features":{"__proto__":{"currency":"tokens","rate":{"credits":1}}}}',
    '{"currencies":{"tokens":{"name":"T"}},"features":{"a":{"currency":"tokens","rate":{"credits":1,"__proto__":{}}}}}',
    '{"currencies":{"tokens":{"name":"T"}},"features":{"a":{"currency":"tokens","rate":{"match":[{"when":{"__proto__":"b"},"rate":{"credits":1}}]}}}}',
  ])("is refused in %s", async (text) => {
    const error = await refusal(() => define(poisoned(text)));
    expect(error).toMatchObject({ code: "invalid_input" });
    expect(error.message).toContain("__proto__");
  });
});

test("getters and proxies that throw are refused", async () => {
  const boom = () => {
    throw new Error("boo");
  };
  for (const hostile of [
    new Proxy({}, { ownKeys: boom }),
    Object.defineProperty({}, "currencies", { get: boom, enumerable: true }),
  ])
    expect(await refusal(() => define(hostile))).toMatchObject({ code: "invalid_input" });
});

test("names that every object has are good names for currencies and features", () => {
  const catalog = defineCatalog({
    currencies: { constructor: { name: "C" }, toString: { name: "T" } },
    features: { hasOwnProperty: { currency: "constructor", rate: { credits: 1 } } },
  });
  expect([...catalog.compiled.currencies.keys()]).toEqual(["constructor", "toString"]);
  expect([...catalog.compiled.features.keys()]).toEqual(["hasOwnProperty"]);
});
