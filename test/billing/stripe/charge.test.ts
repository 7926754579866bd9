/** Top-ups paid by Stripe: on its page, and by a saved payment method. */
import { expect, test } from "vitest";
import { SALE, shop, signal } from "./support.js";

test("an automatic top-up of $85.00 takes it from the saved card", async () => {
  const { charge, account, acme } = await shop({ saved: "pm_card" });
  expect(await charge()).toEqual({
    id: "pi_0002",
    status: "succeeded",
    total: { amount: "85.00", currency: "USD" },
    refunded: { amount: "0.00", currency: "USD" },
    receiptUrl: "https://pay.stripe.test/receipts/ch_0003",
  });
  expect([...account.intents.values()]).toMatchObject([
    {
      amount: 8_500,
      currency: "usd",
      customer: acme,
      description: "500 AI tokens",
      metadata: { topUpId: "tu_1" },
    },
  ]);
});

test("of a customer without a default, the payment method that was saved last is charged", async () => {
  const { charge, account, acme } = await shop();
  account.save(acme, "pm_empty", false);
  account.save(acme, "pm_card", false);
  expect(await charge()).toMatchObject({ status: "succeeded" });
});

test("a declined card says why, and nobody can pay it later", async () => {
  const { charge, account, billing } = await shop({ saved: "pm_empty" });
  const declined = { id: "pi_0002", status: "failed", reason: "insufficient_funds" };
  expect(await charge()).toMatchObject(declined);
  expect(account.intents.get("pi_0002")?.status).toBe("canceled");
  expect(await charge()).toMatchObject(declined);
  expect(
    await billing.payment({ key: "tu_1", customerId: "acme", paymentId: "pi_0002", signal }),
  ).toMatchObject(declined);
  expect(account.taken()).toBe(0);
});

test("a new card after a decline is charged under a new key only", async () => {
  const { charge, account, acme } = await shop({ saved: "pm_empty" });
  await charge();
  account.save(acme, "pm_card");
  expect(await charge()).toMatchObject({ status: "failed" });
  expect(await charge({ key: "tu_2", metadata: { topUpId: "tu_2" } })).toMatchObject({ status: "succeeded" });
  expect(account.taken()).toBe(8_500);
});

test("without a saved payment method an automatic top-up fails for good", async () => {
  const { charge, account, acme, server } = await shop();
  const refused = { status: "failed", reason: "no_payment_method" };
  const { id } = await charge();
  account.save(acme, "pm_card");
  expect(await charge()).toMatchObject({ id, ...refused });
  account.now += 30 * 86_400;
  expect(await charge()).toMatchObject({ id, ...refused });
  expect(account.taken()).toBe(0);
  expect(server.count("POST /v1/payment_intents")).toBe(1);
});

test("a bank that wants to hear from the customer: they confirm on its page, and it is paid", async () => {
  const { charge, account } = await shop({ saved: "pm_asks" });
  const asked = {
    id: "pi_0002",
    status: "requires_action",
    actionUrl: "https://hooks.stripe.test/3ds/pi_0002",
  };
  expect(await charge()).toMatchObject(asked);
  expect(await charge()).toMatchObject(asked);
  account.authenticate("pi_0002", true);
  expect(await charge()).toMatchObject({ id: "pi_0002", status: "succeeded" });
  expect(account.taken()).toBe(8_500);
});

test("a customer who fails to confirm has not paid, and the key is over", async () => {
  const { charge, account } = await shop({ saved: "pm_asks" });
  await charge();
  account.authenticate("pi_0002", false);
  expect(await charge()).toMatchObject({ status: "failed", reason: "payment_intent_authentication_failure" });
  expect(account.intents.get("pi_0002")?.status).toBe("canceled");
});

test("a debit that takes days is pending, then paid", async () => {
  const { charge, account } = await shop({ saved: "pm_debit" });
  expect(await charge()).toMatchObject({ status: "pending" });
  account.clear("pi_0002", true);
  expect(await charge()).toMatchObject({ status: "succeeded" });
});

test("a debit that does not come through has failed for good", async () => {
  const { charge, account } = await shop({ saved: "pm_debit" });
  await charge();
  account.clear("pi_0002", false);
  expect(await charge()).toMatchObject({ status: "failed", reason: "payment_method_customer_decline" });
  expect(account.intents.get("pi_0002")?.status).toBe("canceled");
});

test("a customer who is there pays on Stripe's page, whatever is declined there first", async () => {
  const { charge, account, acme } = await shop({ savePaymentMethod: true });
  const sale = { offSession: false };
  expect(await charge(sale)).toEqual({
    id: "cs_0002",
    status: "pending",
    actionUrl: "https://checkout.stripe.test/pay/cs_0002",
  });
  account.pay("cs_0002", "pm_empty");
  expect(await charge(sale)).toMatchObject({ id: "cs_0002", status: "pending" });
  account.pay("cs_0002", "pm_card");
  expect(await charge(sale)).toMatchObject({
    id: "cs_0002",
    status: "succeeded",
    total: { amount: "85.00", currency: "USD" },
    receiptUrl: "https://pay.stripe.test/receipts/ch_0004",
  });
  expect(account.methods.get(acme)).toHaveLength(1);
  expect(await charge({ key: "tu_2", metadata: { topUpId: "tu_2" } })).toMatchObject({ status: "succeeded" });
});

test("nobody paid on the page within a day: the payment is off, and its key opens no other page", async () => {
  const { charge, account, server } = await shop();
  const sale = { offSession: false };
  await charge(sale);
  account.now += 86_401;
  await server.stripe.checkout.sessions.expire("cs_0002");
  expect(await charge(sale)).toEqual({ id: "cs_0002", status: "canceled" });
  expect(account.sessions.size).toBe(1);
});

test("a debit on the page that does not come through has failed", async () => {
  const { charge, account } = await shop();
  await charge({ offSession: false });
  const intent = account.pay("cs_0002", "pm_debit");
  expect(await charge({ offSession: false })).toMatchObject({ status: "pending" });
  account.clear(intent, false);
  expect(await charge({ offSession: false })).toMatchObject({
    status: "failed",
    reason: "payment_method_customer_decline",
  });
});

test("in the mode `savedPaymentMethod` a customer who is there pays by it; who has none, on the page", async () => {
  const { charge, account, acme } = await shop({ mode: "savedPaymentMethod" });
  expect(await charge({ offSession: false })).toMatchObject({ id: "cs_0002", status: "pending" });
  account.save(acme, "pm_card");
  const second = { key: "tu_2", metadata: { topUpId: "tu_2" }, offSession: false };
  expect(await charge(second)).toMatchObject({ id: "pi_0003", status: "succeeded" });
  // The first stays where it is.
  expect(await charge({ offSession: false })).toMatchObject({ id: "cs_0002", status: "pending" });
});

test("amounts that Stripe never takes are answered as failed, and nothing is made", async () => {
  const { charge, account } = await shop({ saved: "pm_card" });
  const refusedId = { id: "refused:tu_1", status: "failed" };
  expect(await charge({ subtotal: { amount: "0.49", currency: "USD" } })).toEqual({
    ...refusedId,
    reason: "amount_too_small",
  });
  expect(await charge({ subtotal: { amount: "1.234", currency: "KWD" } })).toEqual({
    ...refusedId,
    reason: "amount_not_payable",
  });
  expect(account.intents.size).toBe(0);
});

test("a customer who is there is asked at once, where the bank wants that of a saved card", async () => {
  const { charge, account } = await shop({ mode: "savedPaymentMethod", saved: "pm_asks" });
  const sale = { offSession: false };
  expect(await charge(sale)).toMatchObject({
    status: "requires_action",
    actionUrl: "https://hooks.stripe.test/3ds/pi_0002",
  });
  account.authenticate("pi_0002", true);
  expect(await charge(sale)).toMatchObject({ id: "pi_0002", status: "succeeded" });
});

test.each([
  ["1000", "JPY", 1_000, "1000"],
  ["5", "ISK", 500, "5"],
  ["1.23", "KWD", 1_230, "1.230"],
] as const)("%s %s are charged as Stripe counts them: %d", async (amount, currency, minor, told) => {
  const { charge, account } = await shop({ saved: "pm_card" });
  const paid = await charge({ subtotal: { amount, currency } });
  expect(paid).toMatchObject({ status: "succeeded", total: { amount: told, currency } });
  expect(account.taken()).toBe(minor);
});

test.each([false, true])(
  "what Stripe refuses to make has failed, intent left behind: %s",
  async (leavesRefused) => {
    const { charge, account } = await shop({ saved: "pm_card", customerOf: () => "cus_0001" });
    account.leavesRefused = leavesRefused;
    Object.assign(account.customers.get("cus_0001")?.invoice_settings ?? {}, {
      default_payment_method: "pm_detached",
    });
    const failed = { status: "failed", reason: "resource_missing" };
    expect(await charge()).toMatchObject({ id: leavesRefused ? "pi_0002" : "refused:tu_1", ...failed });
    expect(await charge()).toMatchObject(failed);
    expect(account.taken()).toBe(0);
  },
);

test("10% tax by Stripe: quoted, charged to the saved card, and told with the payment", async () => {
  const { charge, billing, account, acme } = await shop({ saved: "pm_card", automaticTax: true });
  account.addressed.add(acme);
  const { customerId, subtotal } = SALE;
  expect(await billing.quote({ customerId, subtotal, signal })).toEqual({
    tax: { amount: "8.50", currency: "USD" },
    total: { amount: "93.50", currency: "USD" },
  });
  expect(await charge()).toMatchObject({
    status: "succeeded",
    tax: { amount: "8.50", currency: "USD" },
    total: { amount: "93.50", currency: "USD" },
  });
  expect(account.taken()).toBe(9_350);
});

test("Stripe makes an invoice of what was paid on its page, where that is asked for", async () => {
  const { charge, account } = await shop({ receiptInvoices: true });
  const { id } = await charge({ offSession: false });
  account.pay(id, "pm_card");
  const paid = await charge({ offSession: false });
  expect(paid).toMatchObject({ status: "succeeded", invoiceUrl: "https://invoice.stripe.test/in_0005" });
});

test("keys that are longer than Stripe's differ by their hash", async () => {
  const { charge, refund, account } = await shop({ saved: "pm_card" });
  const long = "k".repeat(400);
  for (const key of [`${long}1`, `${long}2`, `${long}1`]) {
    const { id } = await charge({ key, metadata: { topUpId: key } });
    expect(await refund("1.00", id, key)).toMatchObject({ status: "succeeded" });
  }
  expect(account.taken()).toBe(2 * 8_500);
  expect(account.givenBack()).toBe(2 * 100);
});

test("tax on Stripe's page", async () => {
  const { charge, account } = await shop({ automaticTax: true, taxCode: "txcd_10000000" });
  const { id } = await charge({ offSession: false });
  account.pay(id, "pm_card");
  expect(await charge({ offSession: false })).toMatchObject({
    tax: { amount: "8.50", currency: "USD" },
    total: { amount: "93.50", currency: "USD" },
  });
});

test("where Stripe does not know the customer's place, the quote says so and the saved card is not charged", async () => {
  const { charge, billing, account } = await shop({ saved: "pm_card", automaticTax: true });
  const { customerId, subtotal } = SALE;
  await expect(billing.quote({ customerId, subtotal, signal })).rejects.toMatchObject({
    code: "invalid_input",
    details: { customerId: "acme", reason: "customer_tax_location_invalid" },
  });
  expect(await charge()).toMatchObject({ status: "failed", reason: "customer_tax_location_invalid" });
  expect(account.taken()).toBe(0);
});

test("without automatic tax a quote adds none, and asks nobody", async () => {
  const { billing, server } = await shop();
  const { customerId, subtotal } = SALE;
  expect(await billing.quote({ customerId, subtotal, signal })).toEqual({
    tax: { amount: "0.00", currency: "USD" },
    total: { amount: "85.00", currency: "USD" },
  });
  expect(server.calls).toEqual([]);
});

test("a customer whom Stripe does not know is made once, also by five calls at once", async () => {
  const { charge, account } = await shop();
  const sales = ["a", "b", "c", "d", "e"].map((id) => ({
    key: id,
    metadata: { topUpId: id },
    customerId: 'new "one" \\',
    offSession: false,
  }));
  const first = await Promise.allSettled(sales.map((sale) => charge(sale)));
  for (const sale of sales) expect(await charge(sale)).toMatchObject({ status: "pending" });
  expect(first.length).toBe(5);
  account.now += 2 * 86_400;
  await charge({ ...sales[0], key: "f", metadata: { topUpId: "f" } });
  expect(account.customers.size).toBe(2);
});

test("the app may say which customer of Stripe's it is", async () => {
  const { charge, account, server, acme } = await shop({
    customerOf: (customerId) => Promise.resolve(customerId === "acme" ? "cus_0001" : "cus_none"),
    saved: "pm_card",
  });
  expect(acme).toBe("cus_0001");
  expect(await charge()).toMatchObject({ status: "succeeded" });
  expect(server.count("GET /v1/customers/search")).toBe(0);
  expect(account.customers.size).toBe(1);
});

test("a payment is found by its key alone, or is not known", async () => {
  const { charge, billing } = await shop({ saved: "pm_card" });
  expect(await billing.payment({ key: "tu_1", customerId: "acme", paymentId: null, signal })).toBeNull();
  expect(await billing.payment({ key: "tu_1", customerId: "acme", paymentId: "pi_9999", signal })).toBeNull();
  const { id } = await charge();
  // At once, by the customer's list; the search shows it a minute later.
  expect(await billing.payment({ key: "tu_1", customerId: "acme", paymentId: null, signal })).toMatchObject({
    id,
  });
});

test("a page is found by its key, too, and closed", async () => {
  const { charge, billing } = await shop();
  const { id } = await charge({ offSession: false });
  const asked = { key: "tu_1", customerId: "acme", paymentId: null, signal };
  expect(await billing.cancel(asked)).toEqual({ id, status: "canceled" });
});

test("cancelling a page closes it; what is paid stays paid", async () => {
  const { charge, billing, account } = await shop();
  const { id } = await charge({ offSession: false });
  expect(await billing.cancel({ key: "tu_1", customerId: "acme", paymentId: id, signal })).toEqual({
    id,
    status: "canceled",
  });
  const second = await charge({ key: "tu_2", metadata: { topUpId: "tu_2" }, offSession: false });
  account.pay(second.id, "pm_card");
  expect(
    await billing.cancel({ key: "tu_2", customerId: "acme", paymentId: second.id, signal }),
  ).toMatchObject({
    status: "succeeded",
  });
});

test("cancelling what the bank asks about: nobody pays it any more", async () => {
  const { charge, billing, account } = await shop({ saved: "pm_asks" });
  const { id } = await charge();
  expect(await billing.cancel({ key: "tu_1", customerId: "acme", paymentId: id, signal })).toMatchObject({
    status: "canceled",
  });
  expect(() => account.authenticate(id, true)).toThrow("canceled");
});

test("when the caller's time is over nothing more is asked", async () => {
  const { charge, server } = await shop({ saved: "pm_card" });
  const controller = new AbortController();
  server.misfortune = ({ name }) => {
    if (name === "GET /v1/payment_intents/search") controller.abort(new Error("too late"));
    return null;
  };
  await expect(charge({ signal: controller.signal })).rejects.toThrow("too late");
  const { length } = server.calls;
  await expect(charge({ signal: controller.signal })).rejects.toThrow("too late");
  expect(server.calls).toHaveLength(length);
  expect(server.count("POST /v1/payment_intents")).toBe(0);
});

test.each([
  [{ successUrl: "nowhere" }, "`successUrl` must be a whole url"],
  [{ mode: "later" }, "`mode`"],
  [{ stripe: {} }, "`stripe` must be a Stripe object"],
  [{ customerOf: "cus_1" }, "`customerOf` must be a function"],
  [{ sucessUrl: "https://a.example" }, "sucessUrl"],
  [{ invoices: { daysUntilDue: 1.5 } }, "`invoices.daysUntilDue`"],
] as const)("wrong options are refused: %j", async (options, message) => {
  await expect(shop(options as object)).rejects.toMatchObject({
    code: "invalid_input",
    message: expect.stringContaining(message) as string,
  });
});
