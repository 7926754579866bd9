/** What a period would have cost. */
import { describe, expect, test } from "vitest";
import { newKey, refusal } from "../support.js";
import { catalog, world } from "./support.js";
import type { RatePreview } from "coffer";

const JANUARY = { from: "2026-01-01T00:00:00Z", to: "2026-02-01T00:00:00Z" };

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

async function listed(preview: RatePreview): Promise<readonly string[]> {
  const rows: string[] = [];
  for await (const { customerId, feature, quantity, charged, proposed, difference } of preview)
    rows.push([customerId, feature, quantity, charged, proposed, difference].map(String).join(" "));
  return rows.sort(compareTexts);
}

describe("a preview", () => {
  test("says by customer and feature what a month would have cost, and changes nothing", async () => {
    const { credits, cost, clock, store } = await world(["acme", "beta", "gamma"]);
    await credits.publishRates({ customerId: "gamma", features: { chat: { credits: 1 } } });
    await cost("chat", { quantity: 3 });
    await cost("chat", { quantity: 4 });
    await cost("image", { quantity: 2 });
    await cost("chat", { customerId: "beta", quantity: 10 });
    await cost("chat", { customerId: "gamma", quantity: 10 });
    clock.set(Date.parse("2026-02-01T00:00:00Z"));
    await cost("chat", { quantity: 1_000 });
    const before = JSON.stringify(store.dump());
    const preview = await credits.previewRates({ features: { chat: { credits: 12 } }, ...JANUARY });
    const rows = ["acme chat 7 70 84 14", "beta chat 10 100 120 20", "gamma chat 10 10 10 0"];
    expect(await listed(preview)).toEqual(rows);
    expect(await listed(preview)).toEqual(rows);
    const both = { chat: { credits: 12 }, image: { credits: 30 } };
    const totals = await (await credits.previewRates({ features: both, ...JANUARY })).totals();
    expect(
      totals.map(({ feature, difference }) => `${feature} ${difference.toString()}`).sort(compareTexts),
    ).toEqual(["chat 34", "image -20"]);
    expect(JSON.stringify(store.dump())).toBe(before);
  });

  test("of a plan's or a customer's rate changes only theirs", async () => {
    const { credits, cost } = await world(["acme", "beta"]);
    await credits.subscribe({ customerId: "acme", plan: "pro", idempotencyKey: newKey() });
    await cost("chat", { quantity: 2 });
    await cost("chat", { customerId: "beta", quantity: 2 });
    const features = { chat: { credits: 5 } };
    expect(await listed(await credits.previewRates({ features, plan: "pro", ...JANUARY }))).toEqual([
      "acme chat 2 16 10 -6",
      "beta chat 2 20 20 0",
    ]);
    expect(await listed(await credits.previewRates({ features, customerId: "beta", ...JANUARY }))).toEqual([
      "beta chat 2 20 10 -10",
    ]);
    expect(await listed(await credits.previewRates({ features, ...JANUARY }))).toEqual([
      "acme chat 2 16 16 0",
      "beta chat 2 20 10 -10",
    ]);
  });

  test("of an end of what was published rates by what is next", async () => {
    const { credits, cost } = await world();
    await credits.publishRates({ features: { chat: { credits: 25 } } });
    await cost("chat", { quantity: 2 });
    const preview = await credits.previewRates({ features: { chat: null }, ...JANUARY });
    expect(await listed(preview)).toEqual(["acme chat 2 50 20 -30"]);
  });

  test("counts a line once, however many grants paid for it, and twins twice", async () => {
    const { credits, cost, sound } = await world([]);
    for (const amount of [15, 15, 100])
      await credits.grant({
        customerId: "acme",
        currency: "tokens",
        amount,
        category: "promotional",
        idempotencyKey: newKey(),
      });
    await cost("chat", { quantity: 4 });
    const twin = { feature: "chat", quantity: 2 } as const;
    await credits.withdraw({ customerId: "acme", items: [twin, twin], idempotencyKey: newKey() });
    const preview = await credits.previewRates({ features: { chat: { credits: 1 } }, ...JANUARY });
    expect(await listed(preview)).toEqual(["acme chat 8 80 8 -72"]);
    await sound();
  });

  test("rates a capture in parts on its running sum", async () => {
    const { credits } = await world();
    const hold = await credits.reserve({
      customerId: "acme",
      feature: "chat",
      quantity: 4,
      expiresIn: { hours: 1 },
      idempotencyKey: newKey(),
    });
    for (const final of [false, false, true])
      await credits.capture({ reservationId: hold.id, quantity: 1, final, idempotencyKey: newKey() });
    const features = { chat: { credits: 7, per: 2, block: true } };
    // Three are two started blocks.
    expect(await listed(await credits.previewRates({ features, ...JANUARY }))).toEqual([
      "acme chat 3 30 14 -16",
    ]);
  });

  test("moves through the tiers of a period, and says what would be refused", async () => {
    const { credits, cost } = await world();
    for (let day = 0; day < 3; day++) await cost("chat", { quantity: 5 });
    const tiers = { tiers: [{ upTo: 8, credits: 10 }, { credits: 1 }], over: "period" } as const;
    expect(await listed(await credits.previewRates({ features: { chat: tiers }, ...JANUARY }))).toEqual([
      `acme chat 15 150 ${8 * 10 + 7} -63`,
    ]);
    const matched = { match: [{ when: { model: "large" }, rate: { credits: 1 } }] };
    const [total] = await (await credits.previewRates({ features: { chat: matched }, ...JANUARY })).totals();
    expect([total?.refused.toString(), total?.proposed.toString()]).toEqual(["15", "0"]);
  });

  test.each([
    ["an unknown feature", { features: { nope: { credits: 1 } } }, "unknown_feature"],
    ["a period that ends before it begins", { from: JANUARY.to, to: JANUARY.from }, "invalid_input"],
    ["a rate that is none", { features: { chat: { credits: "x" } } }, "invalid_input"],
    ["an option that is unknown", { effectiveAt: 0 }, "invalid_input"],
  ])("refuses %s", async (_, more, code) => {
    const { credits } = await world();
    const call = credits.previewRates as unknown as (request: unknown) => Promise<unknown>;
    const request = { features: { chat: { credits: 1 } }, ...JANUARY, ...more };
    expect(await refusal(call(request))).toMatchObject({ code });
  });
});

test("the catalog of these tests has what they need", () => {
  expect(Object.keys(catalog.plans)).toEqual(["basic", "pro", "team"]);
});
