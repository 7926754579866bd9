/** Unknown names, strangers among features, and more than one way, or none, to say what was used. */
import { beforeAll, describe, expect, test } from "vitest";
import { gift, newKey, refusedWith, use, world } from "../support.js";
import { complaint } from "./probe.js";
import { type Stage, VERBS, type Wild, stage } from "./verbs.js";

let here: Stage;
beforeAll(async () => {
  here = await stage();
});

/** Names of things that every object has. */
const INHERITED = ["constructor", "toString", "__proto__", "hasOwnProperty", "valueOf"];

const usageVerbs = ["withdraw", "reserve", "check", "estimate"] as const;

test.each(VERBS)("%s: a currency that is not in the catalog is unknown", async (verb) => {
  if (here.accepted[verb]["currency"] === undefined) return;
  for (const currency of ["coins", "Tokens", "tokens ", ...INHERITED])
    expect
      .soft(
        await complaint(
          here,
          verb,
          { ...here.accepted[verb], currency },
          "unknown_currency",
          `"${currency}"`,
          '"tokens", "gold"',
        ),
      )
      .toBeUndefined();
});

describe.each(usageVerbs)("%s", (verb) => {
  const usage = (fields: Wild): Wild => {
    const { feature: _, quantity: __, ...rest } = here.accepted[verb];
    return { ...rest, ...fields };
  };

  test("a feature or currency that is not in the catalog is unknown", async () => {
    for (const feature of ["speech", "Chat", ...INHERITED]) {
      const items = [
        { feature: "unit", quantity: 1 },
        { feature, quantity: 1 },
      ];
      for (const fields of [{ feature, quantity: 1 }, { items }])
        expect
          .soft(await complaint(here, verb, usage(fields), "unknown_feature", `"${feature}"`, '"chat"'))
          .toBeUndefined();
    }
    for (const currency of ["coins", ...INHERITED])
      expect
        .soft(await complaint(here, verb, usage({ currency, amount: 1 }), "unknown_currency", currency))
        .toBeUndefined();
  });

  test("features of two currencies make no event", async () => {
    const items = [
      { feature: "unit", quantity: 1 },
      { feature: "gilt", quantity: 1 },
    ];
    expect(
      await complaint(here, verb, usage({ items }), "invalid_input", "gilt", "unit", "currencies"),
    ).toBeUndefined();
  });

  test.each<Wild>([
    {},
    { feature: "unit" },
    { quantity: 1 },
    { currency: "tokens" },
    { amount: 1 },
    { items: [] },
    { feature: "unit", amount: 1 },
    { currency: "tokens", quantity: 1 },
    { feature: "unit", quantity: 1, amount: 1 },
    { feature: "unit", quantity: 1, currency: "tokens" },
    { feature: "unit", quantity: 1, currency: "tokens", amount: 1 },
    { feature: "unit", quantity: 1, items: [{ feature: "unit", quantity: 1 }] },
    { currency: "tokens", amount: 1, items: [{ feature: "unit", quantity: 1 }] },
    { currency: "tokens", amount: 1, dimensions: { size: "s" } },
    { items: [{ feature: "unit", quantity: 1 }], dimensions: { size: "s" } },
    { items: [{ feature: "unit", quantity: 1 }], quantity: 1 },
    { items: [{ feature: "unit", quantity: 1 }], amount: 1 },
  ])("what was used is said in one way (%#)", async (fields) => {
    expect(
      await complaint(here, verb, usage(fields), "invalid_input", /`(quantity|amount|items|feature)`/),
    ).toBeUndefined();
  });

  test.each<Wild>([
    { items: [{}] },
    { items: [{ feature: "unit" }] },
    { items: [{ quantity: 1 }] },
    { items: [null] },
    { items: ["unit"] },
    { items: [{ feature: "unit", quantity: 1, amount: 1 }] },
    { items: { 0: { feature: "unit", quantity: 1 } } },
  ])("each item is a feature and a quantity (%#)", async (fields) => {
    expect(await complaint(here, verb, usage(fields), "invalid_input", "items")).toBeUndefined();
  });

  test("without a rate for its dimensions there is no price", async () => {
    for (const dimensions of [undefined, {}, { size: "xl" }, { Size: "s" }, { constructor: "s" }])
      expect
        .soft(
          await complaint(
            here,
            verb,
            usage({ feature: "model", quantity: 1, dimensions }),
            "no_rate",
            '"model"',
            "fallback",
          ),
        )
        .toBeUndefined();
  });

  test("more than 20 dimensions are too many", async () => {
    const dimensions = Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`d${index}`, "x"]));
    expect(
      await complaint(here, verb, usage({ feature: "unit", quantity: 1, dimensions }), "invalid_input", "20"),
    ).toBeUndefined();
  });
});

test("twenty dimensions are not too many", async () => {
  const { credits } = world();
  const dimensions = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`d${index}`, "x"]));
  const free = { customerId: "acme", feature: "unit", quantity: 0, dimensions, idempotencyKey: "k" } as const;
  expect(await credits.withdraw(free)).toMatchObject({ replayed: false });
});

test("names that every object has are good names for dimensions", async () => {
  const { credits } = world();
  await gift(credits, 10);
  const dimensions = { constructor: "a", toString: "b", hasOwnProperty: "c" };
  await credits.withdraw({
    customerId: "acme",
    feature: "unit",
    quantity: 1,
    dimensions,
    idempotencyKey: "w",
  });
  const [entry] = (await credits.ledger({ customerId: "acme", currency: "tokens", types: ["consumed"] }))
    .items;
  expect(entry?.dimensions).toEqual(dimensions);
});

test("a reservation names each feature with the same dimensions once", async () => {
  const twins = [
    { feature: "unit", quantity: 1 },
    { feature: "unit", quantity: 2 },
  ];
  const { feature: _, quantity: __, ...rest } = here.accepted.reserve;
  expect(
    await complaint(here, "reserve", { ...rest, items: twins }, "invalid_input", '"unit"', "twice"),
  ).toBeUndefined();
});

describe("a grant's restriction", () => {
  test("names features that exist, of its own currency", async () => {
    const with_ = (features: readonly string[]) => ({ ...here.accepted.grant, features });
    expect(
      await complaint(here, "grant", with_(["unit", "speech"]), "unknown_feature", '"speech"'),
    ).toBeUndefined();
    expect(await complaint(here, "grant", with_(["constructor"]), "unknown_feature")).toBeUndefined();
    expect(
      await complaint(here, "grant", with_(["unit", "gilt"]), "invalid_input", '"gilt"', '"tokens"'),
    ).toBeUndefined();
  });
});

describe("cost", () => {
  test("a paid grant has one, a promotional one has none", async () => {
    const { cost: _, ...without } = here.accepted.grant;
    expect(await complaint(here, "grant", without, "invalid_input", "`cost`")).toBeUndefined();
    const gifted = { ...here.accepted.grant, category: "promotional" };
    expect(await complaint(here, "grant", gifted, "invalid_input", "`cost`", "promotional")).toBeUndefined();
  });
});

describe("captures", () => {
  test("say what was used in one way, of the hold's currency, each line once", async () => {
    const { quantity: _, ...capture } = here.accepted.capture;
    const item = { feature: "unit", quantity: 1 };
    for (const fields of [
      { quantity: 1, amount: 1 },
      { quantity: 1, items: [item] },
      { amount: 1, items: [item] },
      { items: [] },
      { items: [{ ...item, feature: "gilt" }] },
      { items: [item, item] },
    ])
      expect
        .soft(
          await complaint(here, "capture", { ...capture, ...fields }, "invalid_input"),
          JSON.stringify(fields),
        )
        .toBeUndefined();
  });

  test("a hold of credits outright has no quantity", async () => {
    const { credits } = world();
    await gift(credits, 5);
    const wallet = { customerId: "acme", currency: "tokens" } as const;
    const hold = await credits.reserve({
      ...wallet,
      amount: 3,
      expiresIn: { hours: 1 },
      idempotencyKey: "r",
    });
    await refusedWith(
      credits.capture({ reservationId: hold.id, quantity: 1, idempotencyKey: newKey() }),
      "invalid_input",
    );
    const captured = await credits.capture({ reservationId: hold.id, amount: 2, idempotencyKey: newKey() });
    expect(captured.amount.toString()).toBe("2");
  });
});

test("an amendment changes something", async () => {
  const { grantId, idempotencyKey } = here.accepted.amendGrant;
  const nothing = { grantId, idempotencyKey };
  expect(await complaint(here, "amendGrant", nothing, "invalid_input", "at least one")).toBeUndefined();
});

test("nothing wrong with the stage: credits can still be used", async () => {
  await expect(use(here.credits, 1)).resolves.toMatchObject({ replayed: false });
});
