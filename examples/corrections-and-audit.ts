/** Put right what went wrong, with its money, and show an auditor who did what, when and why. */
import { createCreditEngine, defineCatalog, type Grant } from "coffer";
import { memoryStore } from "coffer/memory";
import { checkStore, manualClock } from "coffer/testing";

const catalog = defineCatalog({
  currencies: { tokens: { name: "AI tokens" } },
  features: { chat: { currency: "tokens", rate: { credits: 1 } } },
});

let made = 0;
const clock = manualClock("2026-01-01T09:00:00Z");
const store = memoryStore();
const credits = createCreditEngine({
  catalog,
  store,
  clock,
  ids: () => String(++made).padStart(6, "0"),
});
const wallet = { customerId: "acme", currency: "tokens" } as const;
const actor = "mia@support.example";

async function show(what: string, id: string): Promise<void> {
  const { items } = await credits.grants(wallet);
  const grant = items.find((one) => one.id === id);
  if (grant === undefined) throw new Error(`There is no grant ${id}.`);
  console.log(`${what.padEnd(24)} ${parts(grant)}`);
}

function parts({ remaining, deferred, recognised, breakage, refundedCost, movedCost }: Grant): string {
  const money = [deferred, recognised, breakage, refundedCost, movedCost];
  const cents = money.map((part) => (part?.amount.toFixed(2) ?? "-").padStart(9));
  return `${remaining.toString().padStart(6)} ${cents.join(" ")}`;
}

console.log(`${"".padEnd(26)} left  deferred recognised  breakage  refunded  moved`);
const pack = await credits.grant({
  ...wallet,
  amount: 10_000,
  category: "paid",
  cost: { amount: "8500.00", currency: "USD" },
  source: "invoice:2026-0001",
  actor: "billing",
  idempotencyKey: "invoice_1",
});
await show("bought", pack.id);

clock.advance({ hours: 1 });
const one = await credits.withdraw({
  customerId: "acme",
  feature: "chat",
  quantity: 1,
  idempotencyKey: "req_1",
});
await show("1 used", pack.id);
await credits.withdraw({ customerId: "acme", feature: "chat", quantity: 3332, idempotencyKey: "req_2" });
await show("3,333 used in all", pack.id);

clock.advance({ hours: 1 });
const back = await credits.reverse({
  withdrawalId: one.id,
  actor,
  reason: "answered in error",
  idempotencyKey: "case_7",
});
await show(`${back.amount.toString()} reversed`, pack.id);

await credits.adjust({
  ...wallet,
  amount: -100,
  grantId: pack.id,
  actor,
  reason: "agreed with the customer",
  idempotencyKey: "case_8",
});
await show("100 taken off", pack.id);

const gift = await credits.adjust({
  ...wallet,
  amount: 25,
  actor,
  reason: "sorry for the outage",
  idempotencyKey: "case_9",
});
console.log(`an adjustment up of ${gift.amount.toString()} is a ${gift.grant?.category} grant of its own`);

clock.advance({ hours: 1 });
const moved = await credits.transfer({
  from: "acme",
  to: "acme-labs",
  currency: "tokens",
  amount: 1025,
  actor,
  reason: "split of the account",
  idempotencyKey: "case_10",
});
await show("1,000 moved, 25 of gift", pack.id);
for (const grant of moved.grants)
  console.log(
    `  arrived: ${grant.amount.toString()} ${grant.category}, cost ${grant.cost?.amount.toFixed(2) ?? "none"}`,
  );

const refund = await credits.refundGrant({
  grantId: pack.id,
  amount: 5000,
  actor,
  reason: "partial refund",
  idempotencyKey: "case_11",
});
await show(`${refund.amount.toString()} refunded`, pack.id);
console.log(`  pay back ${refund.cost.amount.toFixed(2)} ${refund.cost.currency}`);

await credits.voidGrant({ grantId: pack.id, actor, reason: "account closed" });
await show("voided", pack.id);

console.log("\nwho did what");
for (const record of (await credits.audit({ customerId: "acme" })).items)
  console.log(
    " ",
    record.recordedAt.toISOString().slice(11, 16),
    record.operation.padEnd(11),
    (record.actor ?? "-").padEnd(19),
    record.reason ?? "-",
  );

console.log("\nchecks");
for (const customerId of ["acme", "acme-labs"]) {
  const verified = await credits.verifyLedger({ customerId, currency: "tokens" });
  console.log(
    `  ${customerId}: ${verified.ok ? `${verified.entries} entries hold` : verified.wrong.problem}`,
  );
}
console.log(`  laws of conservation broken: ${(await checkStore(store)).length}`);
await credits.close();
