/** Which published rate holds for whom, and from when on. */
import { describe, expect, test } from "vitest";
import { newKey, plain, refusal } from "../support.js";
import { START, world } from "./support.js";

const DAY = 86_400_000;
const HOUR = 3_600_000;
const ana = { actor: "ana", reason: "new prices" };

describe("a published rate", () => {
  test("holds from now on, and what was charged before keeps its rate", async () => {
    const { credits, cost, clock, sound } = await world();
    expect(await cost("chat")).toBe(10);
    clock.set(clock() + HOUR);
    const published = await credits.publishRates({ features: { chat: { credits: "3", per: 2 } }, ...ana });
    expect(plain(published)).toMatchObject({
      versions: { chat: "chat@1" },
      effectiveAt: new Date(START + HOUR).toISOString(),
      replayed: false,
    });
    expect(await cost("chat", { quantity: 4 })).toBe(6);
    expect(await cost("image")).toBe(40);
    const { items } = await credits.ledger({ customerId: "acme", currency: "tokens" });
    const versions = items.flatMap(({ rateVersion }) => rateVersion ?? []);
    expect(versions).toEqual([expect.stringMatching(/^[0-9a-f]{12}$/), "chat@1", expect.any(String)]);
    await sound();
  });

  test("of a customer goes before that of a plan, of the highest-ranked plan before others, and these before everybody's", async () => {
    const { credits, cost } = await world(["acme", "beta", "gamma"]);
    for (const plan of ["basic", "pro"] as const)
      await credits.subscribe({ customerId: "acme", plan, idempotencyKey: newKey() });
    await credits.subscribe({ customerId: "beta", plan: "basic", idempotencyKey: newKey() });
    expect(
      await Promise.all(["acme", "beta", "gamma"].map((one) => cost("chat", { customerId: one }))),
    ).toEqual([8, 9, 10]);
    const costs = async () => [
      await cost("chat", { customerId: "acme" }),
      await cost("chat", { customerId: "beta" }),
      await cost("chat", { customerId: "gamma" }),
    ];
    await credits.publishRates({ features: { chat: { credits: 100 } } });
    expect(await costs()).toEqual([8, 9, 100]);
    await credits.publishRates({ plan: "basic", features: { chat: { credits: 90 } } });
    expect(await costs()).toEqual([8, 90, 100]);
    await credits.publishRates({ plan: "pro", features: { chat: { credits: 80 } } });
    expect(await costs()).toEqual([80, 90, 100]);
    await credits.publishRates({ customerId: "acme", features: { chat: { credits: 7 } } });
    expect(await costs()).toEqual([7, 90, 100]);
    await credits.publishRates({ customerId: "acme", features: { chat: null } });
    await credits.publishRates({ plan: "pro", features: { chat: null } });
    await credits.publishRates({ features: { chat: null } });
    expect(await costs()).toEqual([8, 90, 10]);
  });

  test("of a plan that has no rate of its own holds, too", async () => {
    const { credits, cost } = await world();
    await credits.subscribe({ customerId: "acme", plan: "team", idempotencyKey: newKey() });
    await credits.publishRates({ plan: "team", features: { image: { credits: 1 } } });
    expect(await cost("image")).toBe(1);
  });

  test("to come holds for what occurs from its instant on, whenever it is recorded", async () => {
    const { credits, cost, clock } = await world();
    const at = START + DAY;
    await credits.publishRates({ features: { chat: { credits: 20 } }, effectiveAt: at });
    expect(await cost("chat")).toBe(10);
    clock.set(clock() + DAY - 1);
    expect(await cost("chat")).toBe(10);
    clock.set(clock() + 1);
    expect(await cost("chat")).toBe(20);
    clock.set(clock() + DAY);
    expect(await cost("chat", { occurredAt: at - 1 })).toBe(10);
    expect(await cost("chat", { occurredAt: at })).toBe(20);
  });

  test("to come can be replaced, and others go on around it", async () => {
    const { credits, cost, clock } = await world();
    await credits.publishRates({ features: { chat: { credits: 20 } }, effectiveAt: START + DAY });
    await credits.publishRates({ features: { chat: { credits: 15 } } });
    await credits.publishRates({ features: { chat: { credits: 30 } }, effectiveAt: START + DAY });
    expect(await cost("chat")).toBe(15);
    clock.set(clock() + DAY);
    expect(await cost("chat")).toBe(30);
    const versions = await credits.publishedRates({ feature: "chat" });
    expect(versions.map(({ version, rate }) => [version, rate])).toEqual([
      ["chat@1", { credits: "20" }],
      ["chat@2", { credits: "15" }],
      ["chat@3", { credits: "30" }],
    ]);
  });

  test("a reservation keeps the rate of its reserve", async () => {
    const { credits } = await world();
    const hold = await credits.reserve({
      customerId: "acme",
      feature: "chat",
      quantity: 5,
      expiresIn: { hours: 1 },
      idempotencyKey: newKey(),
    });
    await credits.publishRates({ features: { chat: { credits: 99 } } });
    const captured = await credits.capture({ reservationId: hold.id, idempotencyKey: newKey() });
    expect(captured.amount.toNumber()).toBe(50);
  });

  test("check, estimate and explain rate by it", async () => {
    const { credits, clock } = await world();
    await credits.publishRates({ customerId: "acme", features: { chat: { credits: 4 } }, ...ana });
    clock.set(clock() + HOUR);
    const use = { customerId: "acme", feature: "chat", quantity: 3 } as const;
    expect((await credits.check(use)).price.toNumber()).toBe(12);
    expect((await credits.estimate(use)).lines[0]?.rateVersion).toBe("chat@1 (customer)");
    const { rate } = await credits.explain({ customerId: "acme", currency: "tokens", feature: "chat" });
    expect(plain(rate)).toEqual({
      version: "chat@1 (customer)",
      source: {
        customerId: "acme",
        effectiveAt: "2026-01-10T00:00:00.000Z",
        published: { at: "2026-01-10T00:00:00.000Z", by: "ana", reason: "new prices" },
      },
      pricePerUnit: "4",
      why: "Published for this customer, in force since 2026-01-10T00:00:00.000Z: it goes before every plan's and the catalog's own.",
    });
  });

  test("is published once under one key", async () => {
    const { credits } = await world();
    const request = { features: { chat: { credits: 3 } }, idempotencyKey: "prices-2026" } as const;
    const first = await credits.publishRates(request);
    expect(await credits.publishRates(request)).toEqual({ ...first, replayed: true });
    const other = credits.publishRates({ ...request, features: { chat: { credits: 4 } } });
    expect(await refusal(other)).toMatchObject({ code: "idempotency_conflict" });
    expect(await credits.publishedRates()).toHaveLength(1);
  });
});

describe("two processes", () => {
  test("the one that publishes rates by it at once, the other within ratesMaxStaleMs", async () => {
    const { credits, another, cost, pace } = await world();
    const other = another({ ratesMaxStaleMs: 1_000 });
    const eager = another({ ratesMaxStaleMs: 0 });
    expect(await cost("chat", { on: other })).toBe(10);
    await credits.publishRates({ features: { chat: { credits: 20 } } });
    expect(await cost("chat")).toBe(20);
    expect(await cost("chat", { on: eager })).toBe(20);
    pace.pass(999);
    expect(await cost("chat", { on: other })).toBe(10);
    pace.pass(1);
    expect(await cost("chat", { on: other })).toBe(20);
  });

  test("an instant further ahead than that is the same for both", async () => {
    const { credits, another, cost, pace, clock } = await world();
    const other = another({ ratesMaxStaleMs: 1_000 });
    await cost("chat", { on: other });
    await credits.publishRates({ features: { chat: { credits: 20 } }, effectiveAt: START + 2_000 });
    pace.pass(1_000);
    clock.set(clock() + 1_999);
    expect([await cost("chat"), await cost("chat", { on: other })]).toEqual([10, 10]);
    clock.set(clock() + 1);
    expect([await cost("chat"), await cost("chat", { on: other })]).toEqual([20, 20]);
  });
});

describe("what is refused", () => {
  const good = { features: { chat: { credits: 3 } } };
  test.each([
    ["nothing", {}, "invalid_input"],
    ["no features", { features: {} }, "invalid_input"],
    [
      "an unknown feature beside a good one",
      { features: { chat: { credits: 3 }, nope: { credits: 1 } } },
      "unknown_feature",
    ],
    ["an unknown plan", { ...good, plan: "nope" }, "unknown_plan"],
    ["a plan and a customer", { ...good, plan: "pro", customerId: "acme" }, "invalid_input"],
    [
      "a plan that wallets of the currency do not know",
      { plan: "pro", features: { gilt: { credits: 1 } } },
      "invalid_input",
    ],
    ["a past instant", { ...good, effectiveAt: START - DAY }, "invalid_input"],
    ["no instant", { ...good, effectiveAt: "tomorrow" }, "invalid_input"],
    ["a rate that is none", { features: { chat: 3 } }, "invalid_input"],
    ["a negative rate", { features: { chat: { credits: -1 } } }, "invalid_input"],
    ["a rate with a function", { features: { chat: { credits: () => 3 } } }, "invalid_input"],
    ["undefined", { features: { chat: undefined } }, "invalid_input"],
    ["a misspelt rate", { features: { chat: { credit: 1 } } }, "invalid_input"],
    [
      "a minimum finer than the scale",
      { features: { chat: { credits: 1, minimum: "0.5" } } },
      "invalid_input",
    ],
    ["an option that is unknown", { ...good, effectivAt: START }, "invalid_input"],
    ["an empty customer", { ...good, customerId: "" }, "invalid_input"],
  ])("%s", async (_, request, code) => {
    const { credits, cost } = await world();
    const call = credits.publishRates as unknown as (request: unknown) => Promise<unknown>;
    expect(await refusal(call(request))).toMatchObject({ code });
    expect(await credits.publishedRates()).toEqual([]);
    expect(await cost("chat")).toBe(10);
  });

  test("a rate that refers to itself, or never ends", async () => {
    const { credits } = await world();
    const call = credits.publishRates as unknown as (request: unknown) => Promise<unknown>;
    const loop: Record<string, unknown> = { credits: 1 };
    loop["match"] = [
      { when: {}, rate: loop },
      { when: {}, rate: loop },
    ];
    expect(await refusal(call({ features: { chat: loop } }))).toMatchObject({ code: "invalid_input" });
    const long = {
      match: Array.from({ length: 900 }, () => ({ when: { a: "b".repeat(100) }, rate: { credits: 1 } })),
    };
    expect(await refusal(call({ features: { chat: long } }))).toMatchObject({ code: "invalid_input" });
  });

  test("use that a published rate has no case for", async () => {
    const { credits, cost } = await world();
    await credits.publishRates({
      features: { chat: { match: [{ when: { model: "large" }, rate: { credits: 1 } }] } },
    });
    expect(await refusal(cost("chat"))).toMatchObject({ code: "no_rate" });
  });
});
