import { Decimal } from "../../core/decimal.js";
import type { UsageInvoice, UsageInvoiceLine } from "./api.js";
import type { StoredInvoice, StoredLine } from "./state.js";

type Shown = Omit<StoredInvoice, "status"> & { readonly status: UsageInvoice["status"] };

export function presentInvoice(invoice: Shown): UsageInvoice {
  const { customerId, money, number, from, to, lines, due, status, invoiceId, url } = invoice;
  return {
    customerId,
    money,
    number,
    periodStart: from === null ? null : new Date(from),
    periodEnd: new Date(to),
    lines: lines.map((line, index) => presentLine(line, String(index + 1), money)),
    due: { amount: new Decimal(due), currency: money },
    status,
    invoiceId,
    url,
  };
}

function presentLine(line: StoredLine, id: string, money: string): UsageInvoiceLine {
  const { first, last, count, scope, credits, unitPrice, amount, ...rest } = line;
  return {
    ...rest,
    id,
    scope: scope === "" ? undefined : scope,
    credits: credits === null ? null : new Decimal(credits),
    unitPrice: unitPrice === null ? null : { amount: new Decimal(unitPrice), currency: money },
    amount: { amount: new Decimal(amount), currency: money },
    entries: first === null || last === null ? null : { first, last, count },
  };
}
