/** Which credits burn first, what expires, and what a late event does about it. No job runs: time is enough. */
import { createCreditEngine, defineCatalog } from "coffer";
import { memoryStore } from "coffer/memory";
import { manualClock } from "coffer/testing";

const catalog = defineCatalog({
  currencies: { tokens: { name: "AI tokens" } },
  features: {
    chat: { currency: "tokens", rate: { credits: 1 } },
    image: { currency: "tokens", rate: { credits: 40 } },
  },
});

let made = 0;
const clock = manualClock("2026-03-01T00:00:00Z");
const credits = createCreditEngine({
  catalog,
  store: memoryStore(),
  clock,
  ids: () => String(++made).padStart(6, "0"),
});
const wallet = { customerId: "acme", currency: "tokens" } as const;

async function showGrants(what: string): Promise<void> {
  console.log(`\n${what}`);
  for (const grant of (await credits.grants(wallet)).items)
    console.log(
      `  ${(grant.displayName ?? "").padEnd(12)} ${grant.status.padEnd(9)}`,
      `remaining ${grant.remaining.toString().padStart(3)}, consumed ${grant.consumed.toString().padStart(3)},`,
      `expired ${grant.expired.toString().padStart(3)}`,
    );
}

await credits.grant({
  ...wallet,
  amount: 200,
  category: "paid",
  cost: { amount: "20.00", currency: "USD" },
  displayName: "Pack",
  idempotencyKey: "pack",
});
await credits.grant({
  ...wallet,
  amount: 100,
  category: "promotional",
  expiresAt: "2026-03-31T00:00:00Z",
  displayName: "Welcome",
  idempotencyKey: "welcome",
});
await credits.grant({
  ...wallet,
  amount: 80,
  category: "promotional",
  features: ["image"],
  expiresAt: "2026-03-31T00:00:00Z",
  displayName: "Free images",
  idempotencyKey: "images",
});
await credits.grant({
  ...wallet,
  amount: 50,
  category: "promotional",
  effectiveAt: "2026-04-01T00:00:00Z",
  displayName: "April gift",
  idempotencyKey: "april",
});

const order = await credits.explain({ ...wallet, feature: "chat" });
console.log("burn order for chat");
for (const { displayName, pays, why } of order.grants)
  console.log(`  ${(displayName ?? "").padEnd(12)} ${pays ? "pays" : "-   "} ${why}`);

// 30 of chat come from the welcome gift: it expires, the pack does not. An image comes from the image gift.
await credits.withdraw({ customerId: "acme", feature: "chat", quantity: 30, idempotencyKey: "use_1" });
await credits.withdraw({ customerId: "acme", feature: "image", quantity: 1, idempotencyKey: "use_2" });
await showGrants("1 March, after 30 of chat and an image");

clock.set(new Date("2026-04-02T00:00:00Z"));
await showGrants("2 April: two gifts have expired, one has begun");

// Chat of 30 March arrives on 2 April. What expired in between comes back for it, and is drawn.
const late = await credits.withdraw({
  customerId: "acme",
  feature: "chat",
  quantity: 25,
  occurredAt: "2026-03-30T18:00:00Z",
  idempotencyKey: "use_3",
});
console.log(`\nlate use of ${late.amount.toString()}, drawn from ${late.draws.length} grant`);
await showGrants("2 April, after the late use");

console.log("\nthe ledger");
for (const entry of (await credits.ledger(wallet)).items)
  console.log(
    " ",
    entry.recordedAt.toISOString().slice(0, 10),
    entry.type.padEnd(16),
    entry.amount.toString().padStart(4),
    entry.balanceAfter.toString().padStart(4),
    entry.occurredAt < entry.recordedAt ? `occurred ${entry.occurredAt.toISOString().slice(0, 10)}` : "",
  );
await credits.close();
