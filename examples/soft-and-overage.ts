/** Past zero: credits owed and settled by the next purchase, or billed in money to those who agreed to it. */
import { createCreditEngine, CreditError, Decimal, defineCatalog } from "coffer";
import { memoryStore } from "coffer/memory";
import { manualClock } from "coffer/testing";

const catalog = defineCatalog({
  currencies: { tokens: { name: "AI tokens" } },
  features: { chat: { currency: "tokens", rate: { credits: 1 } } },
});

let made = 0;
const clock = manualClock("2026-01-10T00:00:00Z");
const credits = createCreditEngine({
  catalog,
  store: memoryStore(),
  clock,
  ids: () => String(++made).padStart(6, "0"),
});

async function use(customerId: string, quantity: number, idempotencyKey: string): Promise<void> {
  const tried = await credits.tryWithdraw({ customerId, feature: "chat", quantity, idempotencyKey });
  if (!tried.ok) return console.log(`  use ${quantity}: ${tried.error.code}`);
  const { draws, overdraft, overage } = tried.value;
  const drawn = draws.reduce((sum, draw) => sum.plus(draw.amount), new Decimal(0));
  console.log(
    `  use ${quantity}: ${drawn.toString()} drawn, ${overdraft.toString()} owed, ${overage.toString()} billed`,
  );
}

async function buy(customerId: string, amount: number, idempotencyKey: string): Promise<void> {
  const { remaining } = await credits.grant({
    customerId,
    currency: "tokens",
    amount,
    category: "paid",
    cost: { amount: "10.00", currency: "USD" },
    idempotencyKey,
  });
  console.log(`  buy ${amount}: ${remaining.toString()} are left of it`);
}

async function show(customerId: string): Promise<void> {
  const { available, overdraft, overage, net } = await credits.balance({ customerId, currency: "tokens" });
  console.log(
    `  available ${available.toString()}, owed ${overdraft.toString()}, billed this month ${overage.toString()}, net ${net.toString()}`,
  );
}

console.log("soft, up to 30 credits");
await credits.setPolicy({
  customerId: "soft-co",
  currency: "tokens",
  policy: { mode: "soft", limit: 30 },
  actor: "sales@example.com",
  reason: "good payer",
});
await buy("soft-co", 100, "s1");
await use("soft-co", 120, "s2");
await use("soft-co", 15, "s3"); // 20 are owed, 15 more would pass the limit
await show("soft-co");
await buy("soft-co", 100, "s4"); // settles the 20 at once
await show("soft-co");

console.log("\noverage at $0.015 a credit, only with consent");
const policy = {
  mode: "overage",
  price: { amount: "0.015", currency: "USD" },
  limit: 500,
  consent: "required",
} as const;
await credits.setPolicy({ customerId: "over-co", currency: "tokens", policy, actor: "sales@example.com" });
await buy("over-co", 10, "o1");
await use("over-co", 11, "o2");

console.log("  the customer agrees, up to 60 credits a month");
await credits.setPolicy({
  customerId: "over-co",
  currency: "tokens",
  policy: { ...policy, consent: { by: "cfo@over.example", limit: 60 } },
  actor: "cfo@over.example",
});
await use("over-co", 11, "o2"); // the same key: its denial left no trace
await use("over-co", 1, "o3");
await use("over-co", 1, "o4");
await use("over-co", 58, "o5"); // 3 are billed, 58 more would pass the limit
await buy("over-co", 20, "o6"); // overage is billed, not owed: later credits do not settle it
await show("over-co");

console.log("\nwhat is billed, step by step: each sum is round(credits × 0.015, cents)");
const { items } = await credits.ledger({ customerId: "over-co", currency: "tokens", types: ["overage"] });
let billedCredits = new Decimal(0);
let billedMoney = new Decimal(0);
for (const { amount, cost } of items) {
  billedCredits = billedCredits.minus(amount);
  billedMoney = billedMoney.minus(cost?.amount ?? 0);
  const step = cost?.amount.neg().toFixed(2);
  const sums = `${billedCredits.toString()} for $${billedMoney.toFixed(2)}`;
  console.log(`  ${amount.neg().toString()} credit for $${step}; ${sums} in all`);
}

clock.set(new Date("2026-02-01T00:00:00Z"));
console.log("\nFebruary: a new period");
await show("over-co");

try {
  await credits.withdraw({ customerId: "nobody", feature: "chat", quantity: 1, idempotencyKey: "n1" });
} catch (error) {
  if (!CreditError.is(error)) throw error;
  console.log(`\nwithout a policy of its own a wallet is hard: ${error.code}`);
}
await credits.close();
