import { createCreditEngine, defineCatalog } from "coffer";
import { fakeProvider } from "coffer/billing";
import { memoryStore } from "coffer/memory";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { creditsFor, priceOf, type TopUpTerms } from "../../../src/core/top-up-price.js";
import { plain, refusal, refusedWith } from "../support.js";
import { ACME, shop } from "./support.js";

test.each([
  [{ credits: 500 }, "500", "5"],
  [{ credits: 999 }, "999", "9.99"],
  // The band prices all of it: a thousand cost less than 999 and one.
  [{ credits: 1_000 }, "1000", "9"],
  [{ credits: 10_000 }, "10000", "80"],
  [{ credits: "10.50" }, "10.5", "0.11"],
  [{ package: "small" }, "500", "4.5"],
  [{ package: "small", packages: 3 }, "1500", "13.5"],
  [{ money: { amount: "5.00", currency: "USD" } }, "500", "5"],
  // 90.00 buys 9,999 in the second band (89.99), and 11,250 in the last.
  [{ money: { amount: "90.00", currency: "USD" } }, "11250", "90"],
  [{ money: { amount: "1.00", currency: "EUR" } }, "50", "1"],
  [{ money: { amount: "101", currency: "JPY" } }, "50.5", "101"],
  [{ credits: 50, payIn: "EUR" }, "50", "1"],
])("%j buys %s credits for %s", async (purchase, credits, subtotal) => {
  const { credits: engine } = shop();
  const quote = await engine.quoteTopUp({ ...ACME, ...purchase });
  expect(plain(quote)).toMatchObject({ credits, subtotal: { amount: subtotal } });
});

test("the tax is the provider's, and debts are settled in what would be there", async () => {
  const { credits } = shop({ taxPercent: 19 });
  await credits.withdraw({ ...ACME, amount: 30, idempotencyKey: "w" });
  const quote = await credits.quoteTopUp({ ...ACME, credits: 100 });
  expect(plain(quote)).toEqual({
    credits: "100",
    package: null,
    subtotal: { amount: "1", currency: "USD" },
    tax: { amount: "0.19", currency: "USD" },
    total: { amount: "1.19", currency: "USD" },
    availableAfter: "70",
  });
  expect(plain(await credits.balance(ACME))).toMatchObject({ overdraft: "30", available: "0" });
});

describe("what is not sold is refused before anything is asked", () => {
  it.each([
    [{}, "one of three ways"],
    [{ credits: 10, package: "small" }, "one of three ways"],
    [{ credits: 10, packages: 2 }, "name it"],
    [{ package: "none" }, "small, pack"],
    [{ credits: 9 }, "the least that is sold"],
    [{ credits: 100_001 }, "the most that is sold"],
    [{ credits: 0 }, "above zero"],
    // Half-up they would cost nothing, again and again.
    [{ credits: "0.2", payIn: "EUR" }, "less than the least money"],
    [{ credits: 10, payIn: "GBP" }, "USD, EUR, JPY"],
    [{ money: { amount: "1.00", currency: "USD" }, payIn: "EUR" }, "payIn"],
    [{ money: { amount: "0.00", currency: "USD" } }, "buys no credits"],
  ])("%j", async (purchase, says) => {
    const { credits, billing } = shop();
    const error = await refusal(credits.quoteTopUp({ ...ACME, ...purchase } as never));
    expect(error).toMatchObject({ code: "invalid_input", message: expect.stringContaining(says) as string });
    expect(billing.calls.charge).toBe(0);
  });

  it("a currency that is not sold at all says where to say so", async () => {
    const { credits } = shop();
    const error = await refusal(credits.quoteTopUp({ customerId: "acme", currency: "unsold", credits: 1 }));
    expect(error).toMatchObject({
      code: "unsupported",
      message: expect.stringContaining("currencies.unsold.topUps") as string,
    });
  });
});

const bandsArbitrary = fc
  .uniqueArray(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 4 })
  .chain((bounds) =>
    fc.tuple(
      fc.constant(bounds.sort((a, b) => a - b)),
      fc.array(fc.integer({ min: 1, max: 500 }), { minLength: bounds.length, maxLength: bounds.length }),
    ),
  )
  .map(([bounds, prices]) =>
    prices.map((price, index) => ({
      upTo: index === prices.length - 1 ? null : BigInt(bounds[index] ?? 0) * 100n,
      price: `0.${String(price).padStart(4, "0")}`,
    })),
  );

test("money buys the most credits that cost no more than it", () => {
  fc.assert(
    fc.property(bandsArbitrary, fc.bigInt({ min: 0n, max: 5_000n }), (bands, minor) => {
      const terms: TopUpTerms = {
        money: "USD",
        bands,
        packages: new Map(),
        minimum: 0n,
        maximum: null,
        expiresIn: null,
        priority: 50,
      };
      const credits = creditsFor(terms, minor, 2);
      const price = priceOf(terms, credits, 2) ?? 0n;
      expect(price <= minor).toBe(true);
      // Exactly, before rounding, one more would cost more than there is, in whichever band it falls.
      const more = credits + 1n;
      const band = bands.find(({ upTo }) => upTo === null || more <= upTo);
      const each = BigInt((band?.price ?? "0.0").slice(2));
      expect(more * each > minor * 10_000n).toBe(true);
    }),
  );
});

test("what costs more than can be kept exactly is refused before anything is charged", async () => {
  const billing = fakeProvider();
  const dear = createCreditEngine({
    catalog: defineCatalog({
      currencies: {
        gold: {
          name: "Gold",
          scale: 0,
          topUps: {
            USD: { price: "1000000000", packages: { hoard: { credits: 1, price: "50000000000000000" } } },
          },
        },
      },
    }),
    store: memoryStore(),
    billing,
  });
  const gold = { customerId: "acme", currency: "gold" } as const;
  for (const bought of [{ credits: "1000000000" }, { package: "hoard", packages: 10 }] as const)
    await refusedWith(dear.topUp({ ...gold, ...bought, idempotencyKey: "dear" }), "invalid_input");
  expect(billing.calls.charge).toBe(0);
});
