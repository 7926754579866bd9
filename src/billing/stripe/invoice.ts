import type Stripe from "stripe";
import { CreditError, invalidInput } from "../../core/errors.js";
import type { InvoiceAnswer, InvoiceRequest } from "../../engine/billing/port.js";
import { METADATA, hasMetadata, keyOf } from "./client.js";
import { stripeCustomer } from "./customers.js";
import { refusalOf } from "./failures.js";
import { toStripe } from "./money.js";
import type { Settings } from "./options.js";
import { within } from "./within.js";

/** Stripe takes no more on one invoice. */
const MOST_LINES = 250;

interface Line {
  readonly id: string;
  readonly amount: number;
  readonly description: string;
}

/**
 * Sends a bill, once per key: a draft is made, filled line by line, and finalised. Whoever comes after a crash goes on with
 * the same draft, and adds only the lines that it lacks.
 */
export async function invoice(settings: Settings, request: InvoiceRequest): Promise<InvoiceAnswer> {
  const lines = linesOf(request);
  const customer = await stripeCustomer(settings, request.customerId, request.signal);
  const bill = await draftOf(settings, request, customer);
  if (bill.status !== "draft" || isComplete(bill)) return answerOf(bill);
  await addLines(settings, request, { customer, invoice: bill.id, lines });
  if (settings.invoices.finalize) return answerOf(await finalised(settings, bill.id, request.signal));
  await within(request.signal, () =>
    settings.stripe.invoices.update(bill.id, { metadata: { [METADATA.complete]: "true" } }),
  );
  return answerOf(bill);
}

function isComplete({ metadata }: Stripe.Invoice): boolean {
  return metadata?.[METADATA.complete] !== undefined;
}

function linesOf({ lines, currency }: InvoiceRequest): readonly Line[] {
  if (lines.length > MOST_LINES)
    throw new CreditError(
      "over_limit",
      `Stripe takes at most ${MOST_LINES} lines on an invoice, and this has ${lines.length}. Bill shorter periods, or group lines.`,
      { lines: lines.length, limit: MOST_LINES },
    );
  return lines.map(({ id, description, amount }) => {
    if (amount.currency !== currency)
      throw invalidInput(
        `The line "${id}" is in ${amount.currency}, and the invoice in ${currency}: send one invoice for each.`,
        { line: id },
      );
    return { id, description, amount: toStripe(amount) };
  });
}

async function draftOf(
  settings: Settings,
  request: InvoiceRequest,
  customer: string,
): Promise<Stripe.Invoice> {
  const { stripe } = settings;
  const { key, signal } = request;
  let id = await findInvoice(settings, key, customer, signal);
  if (id === null)
    ({ id } = await within(signal, () =>
      stripe.invoices.create(paramsOf(settings, request, customer), {
        idempotencyKey: keyOf("invoice", key),
      }),
    ));
  const made = id;
  return within(signal, () => stripe.invoices.retrieve(made));
}

async function findInvoice(
  { stripe }: Settings,
  key: string,
  customer: string,
  signal: AbortSignal,
): Promise<string | null> {
  const wanted = keyOf("invoice", key);
  const [newest, searched] = await Promise.all([
    within(signal, () => stripe.invoices.list({ customer, limit: 100 })),
    within(signal, () =>
      stripe.invoices.search({ query: hasMetadata(METADATA.invoice, wanted), limit: 100 }),
    ),
  ]);
  const found = [...newest.data, ...searched.data].find(
    ({ metadata }) => metadata?.[METADATA.invoice] === wanted,
  );
  return found?.id ?? null;
}

function paramsOf(
  { automaticTax, invoices: { collection, daysUntilDue } }: Settings,
  { key, currency }: InvoiceRequest,
  customer: string,
): Stripe.InvoiceCreateParams {
  return {
    customer,
    currency: currency.toLowerCase(),
    collection_method: collection,
    ...(collection === "send_invoice" ? { days_until_due: daysUntilDue } : {}),
    // Nothing goes out before all lines are there, and nothing that waits from elsewhere comes onto it.
    auto_advance: false,
    pending_invoice_items_behavior: "exclude",
    metadata: { [METADATA.invoice]: keyOf("invoice", key) },
    ...(automaticTax ? { automatic_tax: { enabled: true } } : {}),
  };
}

interface Bill {
  readonly customer: string;
  readonly invoice: string;
  readonly lines: readonly Line[];
}

async function addLines(
  { stripe, automaticTax, taxCode }: Settings,
  { currency, periodStart, periodEnd, signal }: InvoiceRequest,
  { customer, invoice, lines }: Bill,
): Promise<void> {
  const there = await lineIds(stripe, invoice, signal);
  const period = { start: secondsOf(periodStart), end: secondsOf(periodEnd) };
  for (const { id, description, amount } of lines) {
    const line = keyOf("line", id);
    if (there.has(line)) continue;
    try {
      await within(signal, () =>
        stripe.invoiceItems.create(
          {
            customer,
            invoice,
            amount,
            currency: currency.toLowerCase(),
            description,
            period,
            metadata: { [METADATA.line]: line },
            ...(automaticTax ? { tax_behavior: "exclusive" } : {}),
            ...(automaticTax && taxCode !== undefined ? { tax_code: taxCode } : {}),
          },
          { idempotencyKey: keyOf(`line:${invoice}`, id) },
        ),
      );
    } catch (error) {
      // Another call has added it, or has finalised the invoice with it on.
      if (!(await lineIds(stripe, invoice, signal)).has(line)) throw error;
    }
  }
}

async function lineIds(
  stripe: Settings["stripe"],
  invoice: string,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  let after: string | undefined;
  do {
    const page = await within(signal, () =>
      stripe.invoiceItems.list({
        invoice,
        limit: 100,
        ...(after === undefined ? {} : { starting_after: after }),
      }),
    );
    for (const { metadata } of page.data) {
      const id = metadata?.[METADATA.line];
      if (id !== undefined) ids.add(id);
    }
    after = page.has_more ? page.data.at(-1)?.id : undefined;
  } while (after !== undefined);
  return ids;
}

function secondsOf(date: Date): number {
  return Math.floor(date.getTime() / 1_000);
}

async function finalised({ stripe }: Settings, id: string, signal: AbortSignal): Promise<Stripe.Invoice> {
  try {
    await within(signal, () =>
      stripe.invoices.finalizeInvoice(id, { auto_advance: true }, { idempotencyKey: keyOf("finalize", id) }),
    );
  } catch (error) {
    if (refusalOf(error) === null) throw error;
    const now = await within(signal, () => stripe.invoices.retrieve(id));
    if (now.status === "draft") throw error;
    return now;
  }
  return within(signal, () => stripe.invoices.retrieve(id));
}

function answerOf({ id, status, hosted_invoice_url: url }: Stripe.Invoice): InvoiceAnswer {
  const more = url == null ? {} : { url };
  switch (status) {
    case "paid":
      return { id, status: "paid", ...more };
    case "draft":
      return { id, status: "draft", ...more };
    case "void":
      throw new CreditError(
        "unsupported",
        `The invoice ${id} was voided in Stripe. Nothing is sent twice under one key: bill it in Stripe by hand.`,
        { invoiceId: id },
      );
    default:
      // Uncollectible, too, is owed.
      return { id, status: "open", ...more };
  }
}
