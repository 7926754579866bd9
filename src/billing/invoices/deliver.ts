import { createHash } from "node:crypto";
import { show } from "../../catalog/parse-input.js";
import { Decimal } from "../../core/decimal.js";
import { minorPlaces } from "../../core/money.js";
import type { BillingProvider } from "../../engine/billing/port.js";
import type { EngineDoor } from "../../engine/door.js";
import { answerFrom } from "./answer.js";
import { type StoredInvoice, invoiceRow, placeOf } from "./state.js";

export interface Delivery {
  readonly provider: BillingProvider;
  readonly timeoutMs?: number | undefined;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const KEY_LENGTH = 32;

/** Named by what it is: whoever sends it, and however often, it has one key. */
function keyOf({
  customerId,
  money,
  number,
}: Pick<StoredInvoice, "customerId" | "money" | "number">): string {
  const customer = createHash("sha256").update(customerId).digest("hex").slice(0, KEY_LENGTH);
  return `coffer-invoice-${customer}-${money}-${number}`;
}

/** The provider is given what was stored; what it answers is kept. */
export async function deliver(
  door: EngineDoor,
  delivery: Delivery,
  invoice: StoredInvoice,
): Promise<StoredInvoice> {
  const { customerId, money, number } = invoice;
  const name = `${number} of ${show(customerId)} in ${money}`;
  const answer = answerFrom(await ask(delivery, invoice), name);
  const sent: StoredInvoice = { ...invoice, status: "sent", invoiceId: answer.id, url: answer.url ?? null };
  await door.change(placeOf(invoice.customerId), () => [invoiceRow(sent)]);
  return sent;
}

async function ask(
  { provider, timeoutMs = DEFAULT_TIMEOUT_MS }: Delivery,
  invoice: StoredInvoice,
): Promise<unknown> {
  const signal = AbortSignal.timeout(timeoutMs);
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => {
      reject(
        new Error(`The billing provider did not answer within ${timeoutMs} ms; the invoice is pending.`),
      );
    });
  });
  const asked = call(provider, invoice, signal);
  return Promise.race([asked, late]);
}

/** Asynchronous, so that what a provider throws at once is a rejection as well. */
async function call(
  provider: BillingProvider,
  { customerId, money, number, from, to, lines }: StoredInvoice,
  signal: AbortSignal,
): Promise<unknown> {
  return provider.invoice({
    key: keyOf({ customerId, money, number }),
    customerId,
    currency: money,
    lines: lines
      .map((line, index) => ({ ...line, id: String(index + 1) }))
      .filter(({ isDue }) => isDue)
      .map(({ id, description, amount }) => ({
        id,
        description,
        amount: { amount: new Decimal(amount).toFixed(minorPlaces(money)), currency: money },
      })),
    periodStart: new Date(from ?? to),
    periodEnd: new Date(to),
    signal,
  });
}
