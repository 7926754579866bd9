/** What Stripe tells later: signed, several times, in any order. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Payment } from "../../../src/engine/billing/port.js";
import { CreditError } from "coffer";
import { type StripeWebhookResult, type StripeWebhooksOptions, stripeWebhooks } from "coffer/billing/stripe";
import { type Shop, shop, signal } from "./support.js";

const SECRET = "whsec_coffer";

interface Listener extends Shop {
  readonly recorded: { readonly topUpId: string; readonly payment: Payment }[];
  /** As Stripe sends it. */
  tell(
    type: string,
    object: object,
    by?: { secret?: string; ageSeconds?: number },
  ): Promise<StripeWebhookResult>;
}

async function listening(
  options: Parameters<typeof shop>[0] = {},
  more: Partial<StripeWebhooksOptions> = {},
): Promise<Listener> {
  const made = await shop(options);
  const { account, server } = made;
  const recorded: Listener["recorded"] = [];
  const { handle } = stripeWebhooks({
    stripe: server.stripe,
    secret: SECRET,
    credits: { recordPayment: (request) => Promise.resolve(recorded.push(request)) },
    now: () => account.now * 1_000,
    ...more,
  });
  const tell: Listener["tell"] = (type, object, { secret = SECRET, ageSeconds = 0 } = {}) => {
    const event = { id: account.id("evt"), object: "event", type, created: account.now, data: { object } };
    const payload = JSON.stringify({ ...event, api_version: "2019-02-19", livemode: false });
    const timestamp = account.now - ageSeconds;
    return handle(payload, server.stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp }));
  };
  return { ...made, recorded, tell };
}

const intent = (id: string) => ({ id, object: "payment_intent" });
const session = (id: string) => ({ id, object: "checkout.session" });
const ofCharge = (paymentIntent: string | null) => ({
  id: "ch",
  object: "charge",
  payment_intent: paymentIntent,
});

test("a payment on Stripe's page is told by its session, and by its intent: as one payment", async () => {
  const { charge, account, tell, recorded } = await listening();
  const { id } = await charge({ offSession: false });
  const intentId = account.pay(id, "pm_card");
  const told = await tell("checkout.session.completed", session(id));
  expect(told).toMatchObject({ outcome: "recorded", topUpId: "tu_1", payment: { id, status: "succeeded" } });
  await tell("payment_intent.succeeded", intent(intentId));
  expect(recorded).toHaveLength(2);
  expect(recorded[1]).toEqual(recorded[0]);
});

test("a notification is only a hint: what is recorded is how the payment stands now", async () => {
  const { charge, account, tell, recorded, refund } = await listening({ saved: "pm_card" });
  const { id } = await charge();
  await refund("30.00", id);
  await tell("payment_intent.requires_action", intent(id));
  await tell("payment_intent.payment_failed", intent(id));
  await tell("charge.refunded", ofCharge(id));
  await tell("payment_intent.succeeded", intent(id));
  expect(account.taken()).toBe(8_500);
  expect(recorded).toHaveLength(4);
  for (const { payment } of recorded)
    expect(payment).toMatchObject({ status: "succeeded", refunded: { amount: "30.00" } });
});

test("disputes: opened, won, lost", async () => {
  const { charge, account, tell, recorded } = await listening({ saved: "pm_card" });
  const { id } = await charge();
  const dispute = account.dispute("ch_0003", 8_500);
  const told = { object: "dispute", payment_intent: id };
  await tell("charge.dispute.created", told);
  await tell("charge.dispute.funds_withdrawn", told);
  Object.assign(account.disputes.get(dispute) ?? {}, { status: "won" });
  await tell("charge.dispute.closed", told);
  await tell("charge.dispute.funds_reinstated", told);
  expect(recorded.map(({ payment }) => payment.refunded?.amount)).toEqual(["85.00", "85.00", "0.00", "0.00"]);
});

test("a decline of which only the notification tells is final: nobody can pay it later", async () => {
  const { charge, account, tell, server } = await listening({ saved: "pm_empty" });
  server.misfortune = ({ name }) => (name === "POST /v1/payment_intents" ? "lost" : null);
  await expect(charge()).rejects.toMatchObject({ type: "StripeConnectionError" });
  const id = String([...account.intents.keys()][0]);
  expect(await tell("payment_intent.payment_failed", intent(id))).toMatchObject({
    payment: { id, status: "failed", reason: "insufficient_funds" },
  });
  expect(account.intents.get(id)?.status).toBe("canceled");
});

test("a bank that asks for the customer: the notification says so, and leaves the question to who can ask it", async () => {
  const { charge, account, tell, server } = await listening({ saved: "pm_asks" });
  server.misfortune = ({ name }) => (name === "POST /v1/payment_intents" ? "lost" : null);
  await expect(charge()).rejects.toMatchObject({ type: "StripeConnectionError" });
  server.misfortune = () => null;
  const id = String([...account.intents.keys()][0]);
  const told = await tell("payment_intent.payment_failed", intent(id));
  expect(told).toMatchObject({ payment: { status: "requires_action", reason: "authentication_required" } });
  expect(await charge()).toMatchObject({
    id,
    status: "requires_action",
    actionUrl: expect.any(String) as string,
  });
  account.authenticate(id, true);
  expect(await tell("payment_intent.succeeded", intent(id))).toMatchObject({
    payment: { status: "succeeded" },
  });
});

test("expired, and paid by a debit that comes through days later", async () => {
  const { charge, account, tell, server } = await listening();
  const { id } = await charge({ offSession: false });
  await server.stripe.checkout.sessions.expire(id);
  expect(await tell("checkout.session.expired", session(id))).toMatchObject({
    payment: { status: "canceled" },
  });
  const second = await charge({ key: "tu_2", metadata: { topUpId: "tu_2" }, offSession: false });
  const paying = account.pay(second.id, "pm_debit");
  expect(await tell("checkout.session.completed", session(second.id))).toMatchObject({
    topUpId: "tu_2",
    payment: { status: "pending" },
  });
  account.clear(paying, true);
  expect(await tell("checkout.session.async_payment_succeeded", session(second.id))).toMatchObject({
    payment: { status: "succeeded", total: { amount: "85.00", currency: "USD" } },
  });
});

test("whatever the order, and however often: the last word is the truth", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.constantFrom(
          "payment_intent.succeeded",
          "payment_intent.payment_failed",
          "payment_intent.canceled",
          "payment_intent.processing",
          "charge.refunded",
          "charge.dispute.closed",
        ),
        { minLength: 1, maxLength: 6 },
      ),
      async (types) => {
        const { charge, refund, tell, recorded, billing, account } = await listening({ saved: "pm_card" });
        const { id } = await charge();
        await refund("10.00", id);
        for (const type of types)
          await tell(type, type.startsWith("payment_intent") ? intent(id) : ofCharge(id));
        const truth = await billing.payment({ key: "tu_1", customerId: "acme", paymentId: id, signal });
        for (const { payment } of recorded) expect(payment).toEqual(truth);
        expect(account.taken() - account.givenBack()).toBe(7_500);
      },
    ),
    { numRuns: 15 },
  );
});

test("what is none of Coffer's is ignored, and says why", async () => {
  const { account, tell, recorded, server, acme } = await listening();
  const foreign = await server.stripe.paymentIntents.create({
    amount: 1_000,
    currency: "usd",
    customer: acme,
    description: "A T-shirt",
    automatic_payment_methods: { enabled: true },
    metadata: { topUpId: "7" },
  });
  const why = async (type: string, object: object) => {
    const result = await tell(type, object);
    return result.outcome === "ignored" ? result.why : result.outcome;
  };
  expect(await why("payment_intent.succeeded", intent(foreign.id))).toBe(
    "its payment is of no top-up of Coffer's",
  );
  expect(await why("payment_intent.succeeded", intent("pi_gone"))).toBe("Stripe knows its payment no more");
  expect(await why("charge.refunded", ofCharge(null))).toBe("it tells of no payment");
  expect(await why("customer.created", { id: acme })).toBe("it tells of no payment");
  expect(recorded).toEqual([]);
  expect(account.intents.get(foreign.id)?.status).toBe("requires_payment_method");
});

test("the payment of another engine on the same account is ignored", async () => {
  const unknown = Object.assign(new CreditError("grant_not_found", "No such top-up."), {
    code: "top_up_not_found",
  });
  const { charge, tell } = await listening(
    { saved: "pm_card" },
    { credits: { recordPayment: () => Promise.reject(unknown) } },
  );
  const { id } = await charge();
  expect(await tell("payment_intent.succeeded", intent(id))).toMatchObject({
    outcome: "ignored",
    why: "this engine knows no top-up tu_1",
  });
});

test("a forged, an old or a missing signature is refused, and nothing is asked", async () => {
  const { tell, server, recorded } = await listening();
  const refused = { code: "invalid_input", message: expect.stringContaining("stripeWebhooks") as string };
  await expect(
    tell("payment_intent.succeeded", intent("pi_1"), { secret: "whsec_other" }),
  ).rejects.toMatchObject(refused);
  await expect(tell("payment_intent.succeeded", intent("pi_1"), { ageSeconds: 301 })).rejects.toMatchObject(
    refused,
  );
  const { handle } = stripeWebhooks({
    stripe: server.stripe,
    secret: SECRET,
    credits: { recordPayment: () => Promise.resolve() },
  });
  for (const header of [undefined, null, "", "t=1,v1=00", "nonsense", []])
    await expect(handle("{}", header)).rejects.toMatchObject(refused);
  await expect(handle({} as unknown as string, "t=1,v1=00")).rejects.toMatchObject(refused);
  expect(server.calls).toEqual([]);
  expect(recorded).toEqual([]);
});

test("one changed byte of the body is refused", async () => {
  const { server, account } = await listening();
  const { handle } = stripeWebhooks({
    stripe: server.stripe,
    secret: SECRET,
    credits: { recordPayment: () => Promise.resolve() },
    now: () => account.now * 1_000,
  });
  const payload = JSON.stringify({ id: "evt", object: "event", type: "x", data: { object: {} } });
  const header = server.stripe.webhooks.generateTestHeaderString({
    payload,
    secret: SECRET,
    timestamp: account.now,
  });
  expect(await handle(Buffer.from(payload), [header])).toMatchObject({ outcome: "ignored" });
  await expect(handle(payload.replace("evt", "evu"), header)).rejects.toMatchObject({
    code: "invalid_input",
  });
});

test("while a secret is changed both are taken", async () => {
  const { tell } = await listening({}, { secret: ["whsec_new", SECRET] });
  expect(await tell("customer.created", {})).toMatchObject({ outcome: "ignored" });
  expect(await tell("customer.created", {}, { secret: "whsec_new" })).toMatchObject({ outcome: "ignored" });
});

test("where Stripe or the engine fails the notification fails, so that it comes again", async () => {
  const { charge, tell, server } = await listening(
    { saved: "pm_card" },
    { credits: { recordPayment: () => Promise.reject(new Error("the store is down")) } },
  );
  const { id } = await charge();
  await expect(tell("payment_intent.succeeded", intent(id))).rejects.toThrow("the store is down");
  server.misfortune = () => "down";
  await expect(tell("payment_intent.succeeded", intent(id))).rejects.toMatchObject({ statusCode: 500 });
});

test.each([
  [{ secret: "" }, "`secret`"],
  [{ secret: "whsec_a b" }, "`secret`"],
  [{ secret: [] }, "`secret`"],
  [{ credits: {} }, "`credits` must be an engine with `recordPayment`"],
  [{ toleranceMs: 0 }, "`toleranceMs`"],
  [{ tolerance: 300 }, "tolerance"],
] as const)("wrong options are refused: %j", async (options, message) => {
  await expect(listening({}, options as object)).rejects.toMatchObject({
    code: "invalid_input",
    message: expect.stringContaining(message) as string,
  });
});
