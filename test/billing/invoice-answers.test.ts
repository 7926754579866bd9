/** What a provider answers to an invoice is checked: what is not clear leaves it pending, as no answer does. */
import { invoices, sendInvoice } from "coffer/billing";
import { expect, test } from "vitest";
import { FEBRUARY, type Firm, acme, firm, key } from "./invoice-support.js";

/** A firm whose customer owes $1.50 for January, and whose provider answers as told, once. */
async function answering(answer: unknown): Promise<{ readonly at: Firm; readonly keys: readonly string[] }> {
  const at = firm();
  const { credits, provider, clock } = at;
  await credits.withdraw({ ...acme, feature: "chat", quantity: 100, ...key() });
  clock.set(Date.parse(FEBRUARY));
  const { invoice } = provider;
  const keys: string[] = [];
  provider.invoice = async (request) => {
    keys.push(request.key);
    const good = await invoice.call(provider, request);
    return keys.length === 1 ? (answer as typeof good) : good;
  };
  return { at, keys };
}

test.each([
  [undefined, "answer to invoice"],
  [null, "answer to invoice"],
  ["in_1", "answer to invoice"],
  [{ status: "open" }, "`id`"],
  [{ id: "", status: "open" }, "`id`"],
  [{ id: 7, status: "open" }, "`id`"],
  [{ id: "in_1" }, "`status`"],
  [{ id: "in_1", status: "void" }, "`status`"],
])("%j leaves the invoice pending; the next run sends it under the same key", async (answer, named) => {
  const { at, keys } = await answering(answer);
  const { credits, provider } = at;
  const sending = { ...acme, to: FEBRUARY, provider };
  await expect(sendInvoice(credits, sending)).rejects.toMatchObject({
    code: "invalid_input",
    message: expect.stringContaining(named) as string,
  });
  await expect(invoices(credits, acme)).resolves.toMatchObject([
    { status: "pending", invoiceId: null, url: null },
  ]);
  expect(await sendInvoice(credits, sending)).toMatchObject([{ status: "sent", invoiceId: "in_1" }]);
  expect(new Set(keys).size).toBe(1);
  expect(provider.invoices).toHaveLength(1);
});

test("the error says whose invoice it is, and that it is pending", async () => {
  const { at } = await answering({ id: "in_1", status: "void" });
  await expect(sendInvoice(at.credits, { ...acme, to: FEBRUARY, provider: at.provider })).rejects.toThrow(
    /invoice 1 of "acme" in USD.*pending.*"void"/su,
  );
});

const LINK = "https://pay.example/in_1";

test.each([
  { what: "missing", url: undefined, kept: null },
  { what: "null", url: null, kept: null },
  { what: "a number", url: 42, kept: null },
  { what: "empty", url: "", kept: null },
  { what: "too long", url: LINK.padEnd(5_000, "x"), kept: null },
  { what: "a link", url: LINK, kept: LINK },
])("a link that is $what loses no answer that is otherwise clear", async ({ url, kept }) => {
  const { at } = await answering({ id: "in_1", status: "draft", url, more: { than: "is needed" } });
  const sending = { ...acme, to: FEBRUARY, provider: at.provider };
  expect(await sendInvoice(at.credits, sending)).toMatchObject([
    { status: "sent", invoiceId: "in_1", url: kept },
  ]);
});

test("a provider that throws at once, before it promises anything, leaves it pending", async () => {
  const { credits, provider, clock } = firm();
  await credits.withdraw({ ...acme, feature: "chat", quantity: 100, ...key() });
  clock.set(Date.parse(FEBRUARY));
  provider.invoice = () => {
    throw new Error("no network");
  };
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on("unhandledRejection", note);
  try {
    const sending = { ...acme, to: FEBRUARY, provider, timeoutMs: 1 };
    await expect(sendInvoice(credits, sending)).rejects.toThrow("no network");
    // Set later and as long, it ends after the one of the call.
    const over = AbortSignal.timeout(1);
    await new Promise<void>((resolve) => {
      over.addEventListener("abort", () => setImmediate(resolve));
    });
  } finally {
    process.off("unhandledRejection", note);
  }
  expect(unhandled).toEqual([]);
  expect(await invoices(credits, acme)).toMatchObject([{ status: "pending" }]);
});
