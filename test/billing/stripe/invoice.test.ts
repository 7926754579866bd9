/** Bills for use, sent once. */
import { expect, test } from "vitest";
import type { InvoiceRequest } from "../../../src/engine/billing/port.js";
import { shop, signal } from "./support.js";

const USD = (amount: string) => ({ amount, currency: "USD" });

const BILL: InvoiceRequest = {
  key: "acme:2026-01",
  customerId: "acme",
  currency: "USD",
  lines: [
    { id: "chat", description: "1,234 credits of chat", amount: USD("12.34") },
    { id: "back", description: "Taken back", amount: USD("-2.34") },
  ],
  periodStart: new Date("2026-01-01T00:00:00Z"),
  periodEnd: new Date("2026-02-01T00:00:00Z"),
  signal,
};

test("a bill of two lines is finalised, so that Stripe sends it", async () => {
  const { billing, account, acme } = await shop();
  expect(await billing.invoice(BILL)).toEqual({
    id: "in_0002",
    status: "open",
    url: "https://invoice.stripe.test/in_0002",
  });
  expect([...account.invoices.values()]).toMatchObject([
    { customer: acme, currency: "usd", total: 1_000, collection_method: "send_invoice", auto_advance: true },
  ]);
  expect([...account.items.values()]).toMatchObject([
    {
      amount: 1_234,
      description: "1,234 credits of chat",
      period: { start: Date.UTC(2026, 0, 1) / 1_000, end: Date.UTC(2026, 1, 1) / 1_000 },
    },
    { amount: -234 },
  ]);
});

test("repeats find it, also when it is paid, years later", async () => {
  const { billing, account } = await shop();
  await billing.invoice(BILL);
  Object.assign(account.invoices.get("in_0002") ?? {}, { status: "paid" });
  account.now += 800 * 86_400;
  expect(await billing.invoice(BILL)).toMatchObject({ id: "in_0002", status: "paid" });
  expect(account.invoices.size).toBe(1);
  expect(account.items.size).toBe(2);
});

test("left as a draft where the app wants to look at it first", async () => {
  const { billing, account } = await shop({
    invoices: { finalize: false, collection: "charge_automatically" },
  });
  expect(await billing.invoice(BILL)).toEqual({ id: "in_0002", status: "draft" });
  expect(await billing.invoice(BILL)).toEqual({ id: "in_0002", status: "draft" });
  expect([...account.invoices.values()]).toMatchObject([
    { total: 1_000, auto_advance: false, collection_method: "charge_automatically" },
  ]);
});

test("a line that a person has taken off the draft stays off", async () => {
  const { billing, account } = await shop({ invoices: { finalize: false } });
  await billing.invoice(BILL);
  account.items.delete([...account.items.keys()][1] ?? "");
  account.now += 30 * 86_400;
  expect(await billing.invoice(BILL)).toMatchObject({ status: "draft" });
  expect([...account.items.values()]).toMatchObject([{ amount: 1_234 }]);
});

test("five calls at once make one invoice with each line once", async () => {
  const { billing, account } = await shop();
  const once = () => billing.invoice({ ...BILL, signal: new AbortController().signal });
  await Promise.allSettled([once(), once(), once(), once(), once()]);
  expect(await once()).toMatchObject({ status: "open" });
  expect([...account.invoices.values()]).toMatchObject([{ total: 1_000 }]);
  expect(account.items.size).toBe(2);
});

test("a bill of more than a hundred lines goes on where it broke off", async () => {
  const { billing, account, server } = await shop();
  const lines = Array.from({ length: 150 }, (_, index) => ({
    id: `line_${index}`,
    description: `Line ${index}`,
    amount: USD("0.01"),
  }));
  server.misfortune = ({ name }) =>
    name === "POST /v1/invoiceitems" && account.items.size === 120 ? "down" : null;
  await expect(billing.invoice({ ...BILL, lines })).rejects.toMatchObject({ statusCode: 500 });
  expect(account.items.size).toBe(120);
  account.now += 25 * 3_600;
  server.misfortune = () => null;
  expect(await billing.invoice({ ...BILL, lines })).toMatchObject({ status: "open" });
  expect([...account.invoices.values()]).toMatchObject([{ total: 150 }]);
});

test("with tax by Stripe", async () => {
  const { billing, account } = await shop({ automaticTax: true, taxCode: "txcd_10000000" });
  await billing.invoice(BILL);
  expect([...account.invoices.values()]).toMatchObject([{ automatic_tax: { enabled: true } }]);
});

test.each([
  [{ lines: [{ id: "a", description: "A", amount: USD("0.001") }] }, "invalid_input", "multiple of 0.01"],
  [{ currency: "EUR" }, "invalid_input", 'The line "chat" is in USD'],
  [
    {
      lines: Array.from({ length: 251 }, (_, id) => ({ id: `${id}`, description: "A", amount: USD("1.00") })),
    },
    "over_limit",
    "at most 250 lines",
  ],
] as const)("what Stripe cannot bill is refused before anything is made: %#", async (more, code, message) => {
  const { billing, server } = await shop();
  await expect(billing.invoice({ ...BILL, ...more })).rejects.toMatchObject({
    code,
    message: expect.stringContaining(message) as string,
  });
  expect(server.calls).toEqual([]);
});

test("Stripe mails no invoice to who has no e-mail address: thrown, until they have one", async () => {
  const { billing, account, acme } = await shop();
  account.found(account.customers, acme).email = null;
  await expect(billing.invoice(BILL)).rejects.toMatchObject({ type: "StripeInvalidRequestError" });
  account.found(account.customers, acme).email = "billing@acme.example";
  account.now += 25 * 3_600;
  expect(await billing.invoice(BILL)).toMatchObject({ status: "open" });
  expect(account.invoices.size).toBe(1);
});

test("an invoice that was voided by hand is not sent again", async () => {
  const { billing, account } = await shop();
  await billing.invoice(BILL);
  Object.assign(account.invoices.get("in_0002") ?? {}, { status: "void" });
  await expect(billing.invoice(BILL)).rejects.toMatchObject({ code: "unsupported" });
  Object.assign(account.invoices.get("in_0002") ?? {}, { status: "uncollectible" });
  expect(await billing.invoice(BILL)).toMatchObject({ status: "open" });
  expect(account.invoices.size).toBe(1);
});
