import { describe, expect, it } from "vitest";
import { compileCatalog, currencyOf, featureOf } from "../../src/catalog/catalog.js";
import { defineCatalog } from "../../src/catalog/define.js";
import { DEFAULT_BURN_ORDER } from "../../src/core/burn-order.js";
import { refusal } from "../core/support.js";

const TOKENS = { tokens: { name: "Tokens" } };
const message = (definition: unknown) => refusal(() => compileCatalog(definition)).message;

describe("a currency", () => {
  it("has six places, is `hard`, burns by default and keeps 35 days, unless told", () => {
    expect(currencyOf(compileCatalog({ currencies: TOKENS }), "tokens")).toMatchObject({
      id: "tokens",
      name: "Tokens",
      scale: 6,
      policy: { mode: "hard" },
      burnCriteria: DEFAULT_BURN_ORDER,
      lateWindow: { days: 35 },
    });
    const own = {
      name: "Own",
      scale: 0,
      policy: { mode: "soft", limit: 5 },
      burnOrder: ["paidFirst"],
      lateWindow: { hours: 2 },
      symbol: "T",
      unit: { singular: "token", plural: "tokens" },
    };
    const currency = currencyOf(compileCatalog({ currencies: { own } }), "own");
    expect(currency).toMatchObject({
      scale: 0,
      policy: { mode: "soft", limit: 5n },
      burnCriteria: ["paidFirst"],
      lateWindow: { hours: 2 },
    });
    const key = {
      id: "a",
      priority: 1,
      expiresAt: null,
      features: null,
      effectiveAt: 0,
      createdAt: 0,
      amount: 1n,
      cost: null,
    };
    expect(
      currency.burnOrder({ ...key, category: "paid" }, { ...key, priority: 0, category: "promotional" }),
    ).toBeLessThan(0);
  });

  it("has 0 to 12 places", () => {
    const scaled = (scale: number) => ({ currencies: { tokens: { name: "Tokens", scale } } });
    expect([0, 12].map((scale) => currencyOf(compileCatalog(scaled(scale)), "tokens").scale)).toEqual([
      0, 12,
    ]);
    for (const scale of [-1, 13, 1.5]) expect(message(scaled(scale))).toContain("currencies.tokens.scale");
  });

  it("makes sense, or says where not", () => {
    const currency = (facts: unknown) =>
      message({ currencies: { tokens: { name: "Tokens", ...(facts as object) } } });
    expect(currency({ name: "" })).toContain("currencies.tokens.name");
    expect(currency({ burnOrder: ["luck"] })).toContain("currencies.tokens.burnOrder.0");
    expect(currency({ burnOrder: [] })).toContain("currencies.tokens.burnOrder");
    expect(currency({ lateWindow: { days: 0 } })).toContain("currencies.tokens.lateWindow");
    expect(currency({ policy: { mode: "soft", limit: -1 } })).toContain("currencies.tokens.policy.limit");
    expect(currency({ policy: { mode: "free" } })).toContain("currencies.tokens.policy");
    expect(currency({ colour: "red" })).toContain("colour");
  });

  it("knows each criterion of burn order", () => {
    const burnOrder = [
      ...DEFAULT_BURN_ORDER,
      "latestExpiry",
      "paidFirst",
      "latestEffective",
      "latestCreated",
      "lowestBasis",
      "highestBasis",
    ];
    expect(compileCatalog({ currencies: { tokens: { name: "T", burnOrder } } }).currencies.size).toBe(1);
  });

  it("stands in every catalog", () => {
    expect(message({ currencies: {} })).toContain("`currencies` is empty");
    expect(message({})).toContain("currencies");
    expect(message(null)).toContain("defineCatalog");
    expect(message("tokens")).toContain("defineCatalog");
  });
});

describe("a feature", () => {
  it("is priced in a currency that is defined, at its scale", () => {
    const catalog = compileCatalog({
      currencies: { tokens: { name: "Tokens", scale: 2 } },
      features: { chat: { currency: "tokens", name: "Chat", rate: { credits: 1, minimum: "0.25" } } },
    });
    expect(featureOf(catalog, "chat")).toMatchObject({
      id: "chat",
      currency: "tokens",
      rate: { minimum: 25n },
    });
    expect(
      refusal(() =>
        compileCatalog({
          currencies: TOKENS,
          features: { chat: { currency: "gems", rate: { credits: 1 } } },
        }),
      ),
    ).toEqual({
      code: "unknown_currency",
      message:
        'defineCatalog: feature "chat" is priced in "gems", which is not among the currencies "tokens".',
      details: { currency: "gems", feature: "chat" },
    });
  });

  it("needs a rate", () => {
    expect(message({ currencies: TOKENS, features: { chat: { currency: "tokens" } } })).toContain(
      "features.chat.rate",
    );
    expect(
      message({ currencies: TOKENS, features: { chat: { currency: "tokens", rate: { credits: -1 } } } }),
    ).toContain("features.chat.rate.credits");
    expect(
      message({ currencies: TOKENS, features: { "": { currency: "tokens", rate: { credits: 1 } } } }),
    ).toContain("features");
  });
});

describe("what is not in a catalog", () => {
  it("is unknown, and the message names what is", () => {
    const catalog = compileCatalog({ currencies: TOKENS });
    expect(refusal(() => currencyOf(catalog, "gems"))).toEqual({
      code: "unknown_currency",
      message: 'There is no currency "gems" in the catalog; it has "tokens".',
      details: { currency: "gems" },
    });
    expect(refusal(() => featureOf(catalog, "chat"))).toEqual({
      code: "unknown_feature",
      message: 'There is no feature "chat" in the catalog; it has none.',
      details: { feature: "chat" },
    });
  });

  it("ten of them at most", () => {
    const currencies = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`c${index}`, { name: "C" }]));
    const ten = Array.from({ length: 10 }, (_, index) => `"c${index}"`).join(", ");
    const listed = (count: number) =>
      refusal(() => currencyOf(compileCatalog({ currencies: currencies(count) }), "x")).message;
    expect(listed(10)).toBe(`There is no currency "x" in the catalog; it has ${ten}.`);
    expect(listed(12)).toBe(`There is no currency "x" in the catalog; it has ${ten} and 2 more.`);
  });
});

it("defineCatalog keeps the definition beside what was compiled of it", () => {
  const features = { chat: { currency: "tokens", rate: { credits: 1 } } } as const;
  const catalog = defineCatalog({ currencies: TOKENS, features });
  expect([catalog.currencies, catalog.features, catalog.compiled.features.size]).toEqual([
    TOKENS,
    features,
    1,
  ]);
  expect(defineCatalog({ currencies: TOKENS }).features).toEqual({});
});
