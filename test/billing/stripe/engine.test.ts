/** The whole way: an engine, Stripe's protocol, and what Stripe tells later. */
import { createCreditEngine, defineCatalog } from "coffer";
import { memoryStore } from "coffer/memory";
import { checkStore, manualClock } from "coffer/testing";
import { stripeWebhooks } from "coffer/billing/stripe";
import { expect, test } from "vitest";
import { virtualPace } from "../../engine/virtual-pace.js";
import { shop } from "./support.js";

const SECRET = "whsec_coffer";
const acme = { customerId: "acme", currency: "tokens" } as const;
const catalog = defineCatalog({
  currencies: { tokens: { name: "AI tokens", scale: 0, topUps: { USD: { price: "0.17" } } } },
});

async function selling(options: Parameters<typeof shop>[0] = {}) {
  const made = await shop(options);
  const { account, server, billing } = made;
  const store = memoryStore();
  const clock = manualClock(account.now * 1_000);
  const credits = createCreditEngine({ catalog, store, clock, billing, pace: virtualPace() });
  const { handle } = stripeWebhooks({
    stripe: server.stripe,
    secret: SECRET,
    credits,
    now: () => account.now * 1_000,
  });
  const tell = async (type: string, object: object): Promise<void> => {
    const payload = JSON.stringify({
      id: account.id("evt"),
      object: "event",
      type,
      created: account.now,
      data: { object },
    });
    const timestamp = account.now;
    const signature = server.stripe.webhooks.generateTestHeaderString({ payload, secret: SECRET, timestamp });
    await handle(payload, signature);
  };
  const done = (type: "credits.auto_top_up.completed") =>
    new Promise<void>((resolve) => {
      credits.on(type, () => resolve());
    });
  return { ...made, credits, store, tell, done, clock };
}

test("a customer pays on Stripe's page: the credits come by its notification, once", async () => {
  const { credits, account, tell, store } = await selling();
  const waiting = await credits.topUp({ ...acme, credits: 500, idempotencyKey: "buy" });
  expect(waiting).toMatchObject({ status: "pending" });
  expect(waiting.payment.actionUrl).toContain("http");
  const session = waiting.payment.id ?? "";
  const intent = account.pay(session, "pm_card");
  for (let times = 0; times < 2; times++) {
    await tell("checkout.session.completed", { id: session, object: "checkout.session" });
    await tell("payment_intent.succeeded", { id: intent, object: "payment_intent" });
  }
  expect((await credits.balance(acme)).available.toString()).toBe("500");
  const [topUp] = (await credits.topUps(acme)).items;
  expect(topUp).toMatchObject({ status: "completed" });
  expect(topUp?.payment.total?.amount.toFixed(2)).toBe("85.00");
  await credits.refundTopUp({ topUpId: topUp?.id ?? "", amount: 100, idempotencyKey: "back" });
  await tell("charge.refunded", { id: "ch", object: "charge", payment_intent: intent });
  expect((await credits.balance(acme)).available.toString()).toBe("400");
  expect(await checkStore(store)).toEqual([]);
});

test("a saved card is charged by the wallet itself, within its caps", async () => {
  const { credits, done, store } = await selling({ saved: "pm_card" });
  const completed = done("credits.auto_top_up.completed");
  await credits.setAutoTopUp({
    ...acme,
    threshold: 10,
    target: 500,
    caps: { money: "100.00", every: { days: 1 } },
  });
  await completed;
  expect((await credits.balance(acme)).available.toString()).toBe("500");
  expect(await checkStore(store)).toEqual([]);
});

test("an answer of Stripe's that is lost costs the customer nothing more", async () => {
  const { credits, server, account } = await selling({ saved: "pm_card", mode: "savedPaymentMethod" });
  server.misfortune = ({ name }) =>
    name.startsWith("POST") && name.includes("payment_intents") ? "lost" : null;
  const first = await credits.topUp({ ...acme, credits: 100, idempotencyKey: "buy" });
  expect(first.status).toBe("pending");
  server.misfortune = () => null;
  const again = await credits.refreshTopUp({ topUpId: first.topUp.id });
  expect(again.status).toBe("completed");
  expect((await credits.balance(acme)).available.toString()).toBe("100");
  expect([...account.intents.values()].filter(({ status }) => status === "succeeded")).toHaveLength(1);
});
