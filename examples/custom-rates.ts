/** Every way to price a feature, and what each charges. `estimate` prices without charging. */
import { createCreditEngine, CreditError, defineCatalog } from "coffer";
import { memoryStore } from "coffer/memory";
import { manualClock } from "coffer/testing";

const catalog = defineCatalog({
  currencies: { credits: { name: "Credits", scale: 2 } },
  features: {
    // In proportion: 0.3 per 1,000.
    text: { currency: "credits", rate: { credits: "0.3", per: 1000 } },
    // Each started minute is charged whole.
    call: { currency: "credits", rate: { credits: 4, per: 60, block: true } },
    // The first 10 pages cost 1 each, the next 90 cost 0.5, all above 0.2.
    page: {
      currency: "credits",
      rate: { tiers: [{ upTo: 10, credits: 1 }, { upTo: 100, credits: "0.5" }, { credits: "0.2" }] },
    },
    // By the dimensions of the event; the first case that agrees wins.
    image: {
      currency: "credits",
      rate: {
        match: [
          { when: { model: "large", size: ["2k", "4k"] }, rate: { credits: 12 } },
          { when: { model: "large" }, rate: { credits: 8 } },
          { when: { model: "small" }, rate: { credits: 2 } },
        ],
      },
    },
    // Never less than 0.05 an event; what does not fit two places is rounded up.
    search: { currency: "credits", rate: { credits: "0.001", minimum: "0.05", rounding: "up" } },
  },
});

let made = 0;
const credits = createCreditEngine({
  catalog,
  store: memoryStore(),
  clock: manualClock("2026-01-01T00:00:00Z"),
  ids: () => String(++made).padStart(6, "0"),
});

type Feature = keyof typeof catalog.features;

async function price(feature: Feature, quantity: string, dimensions?: Record<string, string>): Promise<void> {
  const named = dimensions === undefined ? "" : ` ${JSON.stringify(dimensions)}`;
  try {
    const estimate = await credits.estimate({ customerId: "acme", feature, quantity, dimensions });
    console.log(
      `${feature.padEnd(7)} ${quantity.padStart(6)}  ${estimate.price.toFixed(2).padStart(6)}${named}`,
    );
  } catch (error) {
    if (!CreditError.is(error)) throw error;
    console.log(`${feature.padEnd(7)} ${quantity.padStart(6)}  ${error.code}${named}`);
  }
}

console.log("feature   used   price");
await price("text", "1000");
await price("text", "1234"); // 0.3702
await price("text", "50"); // 0.015: half up
await price("call", "60");
await price("call", "60.5");
await price("page", "10");
await price("page", "30"); // 10 × 1 + 20 × 0.5
await price("page", "150"); // 10 × 1 + 90 × 0.5 + 50 × 0.2
await price("image", "1", { model: "large", size: "4k" });
await price("image", "1", { model: "large", size: "1k" });
await price("image", "1", { model: "small" });
await price("image", "1", { model: "huge" });
await price("search", "0");
await price("search", "1");
await price("search", "51"); // 0.051
await price("search", "100");

// Several features of one currency in one event: all of it is paid, or nothing.
await credits.grant({
  customerId: "acme",
  currency: "credits",
  amount: 10,
  category: "promotional",
  idempotencyKey: "welcome",
});
const event = await credits.withdraw({
  customerId: "acme",
  items: [
    { feature: "text", quantity: 2000 },
    { feature: "image", quantity: 1, dimensions: { model: "large" } },
  ],
  idempotencyKey: "req_1",
});
console.log("\none event of two features");
for (const line of event.lines) console.log(`  ${line.feature}: ${line.price.toString()}`);
console.log(`  ${event.amount.toString()} in all, ${event.available.toString()} left`);
await credits.close();
