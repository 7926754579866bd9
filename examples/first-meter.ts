/** Meter one feature: sell credits, charge for use, repeat a request safely, and meet an empty wallet. */
import { createCreditEngine, CreditError, defineCatalog } from "coffer";
import { memoryStore } from "coffer/memory";
import { manualClock } from "coffer/testing";

const catalog = defineCatalog({
  currencies: { tokens: { name: "AI tokens" } },
  features: {
    chat: { currency: "tokens", rate: { credits: "2", per: 1000 } }, // 2 credits per 1,000 tokens of text
    image: { currency: "tokens", rate: { credits: 40 } }, // 40 credits an image
  },
});

// A clock that stands still and ids that count: every run prints the same.
let made = 0;
const credits = createCreditEngine({
  catalog,
  store: memoryStore(),
  clock: manualClock("2026-01-01T00:00:00Z"),
  ids: () => String(++made).padStart(6, "0"),
});
const customerId = "acme";

const sold = await credits.grant({
  customerId,
  currency: "tokens",
  amount: 100,
  category: "paid",
  cost: { amount: "85.00", currency: "USD" },
  idempotencyKey: "order_1",
});
console.log(
  `sold ${sold.amount.toString()} credits for ${sold.cost?.amount.toFixed(2)} ${sold.cost?.currency}`,
);

const chat = await credits.withdraw({ customerId, feature: "chat", quantity: 1500, idempotencyKey: "req_1" });
console.log(`chat: ${chat.amount.toString()} credits, ${chat.available.toString()} left`);

// The answer was lost on its way, so the caller asks again: same key, same request, one charge.
const again = await credits.withdraw({
  customerId,
  feature: "chat",
  quantity: 1500,
  idempotencyKey: "req_1",
});
console.log(
  `again: ${again.amount.toString()} credits, ${again.available.toString()} left, replayed: ${again.replayed}`,
);

// Three images cost 120 credits. That is denied whole: nothing is taken.
const images = { customerId, feature: "image", quantity: 3, idempotencyKey: "req_2" } as const;
try {
  await credits.withdraw(images);
} catch (error) {
  if (!CreditError.is(error, "insufficient_credits")) throw error;
  console.log("denied:", error.details);
}

const { affordable } = await credits.check({ customerId, feature: "image", quantity: 3 });
console.log(`affordable now: ${affordable?.toString()} images`);

// A denial uses up no key: after a top-up the same request passes.
await credits.grant({
  customerId,
  currency: "tokens",
  amount: 50,
  category: "promotional",
  source: "goodwill",
  idempotencyKey: "gift_1",
});
const paid = await credits.withdraw(images);
console.log(`images: ${paid.amount.toString()} credits, ${paid.available.toString()} left`);

const { items } = await credits.ledger({ customerId, currency: "tokens" });
console.log("\nthe ledger");
for (const { seq, type, feature, amount, balanceAfter } of items)
  console.log(
    String(seq).padStart(2),
    type.padEnd(8),
    (feature ?? "-").padEnd(5),
    amount.toString().padStart(5),
    balanceAfter.toString().padStart(5),
  );

const verified = await credits.verifyLedger({ customerId, currency: "tokens" });
console.log(verified.ok ? `verified ${verified.entries} entries` : verified.wrong.problem);
await credits.close();
