import { Decimal } from "../../core/decimal.js";
import { invalidInput } from "../../core/errors.js";
import type { EngineDoor } from "../../engine/door.js";
import type {
  InvoiceRequestOf,
  InvoiceSource,
  InvoicesRequest,
  SendInvoiceRequest,
  SendInvoicesRequest,
  UsageInvoice,
} from "./api.js";
import { type Delivery, deliver } from "./deliver.js";
import { type Covered, linesSince } from "./lines.js";
import { listSchema, parsed, previewSchema, sendAllSchema, sendSchema } from "./options.js";
import { doorOf } from "../../engine/reach-door.js";
import { presentInvoice } from "./present.js";
import {
  INVOICE_KIND,
  type InvoicedState,
  type StoredInvoice,
  type StoredLine,
  invoiceFrom,
  invoiceRow,
  placeOf,
  readState,
  stateFrom,
  stateRow,
} from "./state.js";

interface Period {
  readonly customerId: string;
  readonly to: number;
  readonly from?: number | undefined;
  readonly grants?: "show" | "bill" | undefined;
}

/**
 * What the next invoices of a customer would say, one for each money. Stores nothing, and sends nothing.
 *
 * @throws CreditError `invalid_input`
 */
export async function previewInvoices(
  credits: InvoiceSource,
  request: InvoiceRequestOf,
): Promise<readonly UsageInvoice[]> {
  const door = doorOf(credits, "previewInvoices");
  const input = parsed(previewSchema, request, "previewInvoices");
  await begin(door, input.to);
  const { state } = await readState(door, input.customerId);
  const covered = await cover(door, state, input);
  return invoicesOf(input, state, covered).map((invoice) =>
    presentInvoice({ ...invoice, status: "preview" }),
  );
}

/** A period that is not over may yet see entries, which its invoice would leave to the next. */
async function begin({ books, now }: EngineDoor, to: number): Promise<void> {
  if (to > now())
    throw invalidInput(
      `\`to\` (${new Date(to).toISOString()}) lies ahead: a period is invoiced once it is over.`,
      { field: "to" },
    );
  await books.writeDue(to);
}

function cover(
  door: EngineDoor,
  state: InvoicedState,
  { customerId, from, to, grants }: Period,
): Promise<Covered> {
  return linesSince(door, state, { customerId, from: from ?? null, to, grants: grants ?? "show" });
}

/**
 * Bills a customer for what was booked since the last invoice, and before `to`: one invoice for each money. It is stored
 * before it is sent, and sent under a key of its own, so that a crash, a lost answer or two runs at once send it once;
 * entries go by their numbers, so that each stands in one invoice, whatever the clocks did. What was begun before is
 * finished first.
 *
 * @returns those of this run, and those that it finished.
 * @throws CreditError `invalid_input`; what the provider throws, with the invoice pending: run it again.
 * @example
 * ```ts
 * import { fakeProvider, sendInvoices } from "coffer/billing";
 *
 * const provider = fakeProvider();
 * for await (const invoice of sendInvoices(credits, { to: "2026-02-01T00:00:00Z", provider })) {
 *   console.log(invoice.customerId, invoice.status, invoice.due.amount.toFixed(2), invoice.due.currency);
 * }
 * ```
 */
export async function sendInvoice(
  credits: InvoiceSource,
  request: SendInvoiceRequest,
): Promise<readonly UsageInvoice[]> {
  const door = doorOf(credits, "sendInvoice");
  const input = parsed(sendSchema, request, "sendInvoice");
  await begin(door, input.to);
  return sendFor(door, input);
}

/** As `sendInvoice`, for every customer who has a wallet, part by part. */
export async function* sendInvoices(
  credits: InvoiceSource,
  request: SendInvoicesRequest,
): AsyncGenerator<UsageInvoice> {
  const door = doorOf(credits, "sendInvoices");
  const { onError, ...input } = parsed(sendAllSchema, request, "sendInvoices");
  await begin(door, input.to);
  for (let part = 0; part < door.parts; part++)
    for (const customerId of await customersIn(door, part)) {
      try {
        yield* await sendFor(door, { ...input, customerId });
      } catch (error) {
        if (onError === undefined) throw error;
        onError(customerId, error);
      }
    }
}

const PAGE = 1_000;

type Sending = Period & Delivery;

async function customersIn({ books }: EngineDoor, part: number): Promise<readonly string[]> {
  const customers = new Set<string>();
  let after: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof books.list<"wallets">>> = await books.list(
      { kind: "wallets", where: { part } },
      after,
      PAGE,
    );
    for (const { customerId, currency } of page.items)
      if (customerId !== "" && currency !== "") customers.add(customerId);
    after = page.next;
  } while (after !== null);
  return [...customers].sort();
}

async function sendFor(door: EngineDoor, sending: Sending): Promise<readonly UsageInvoice[]> {
  const done: StoredInvoice[] = [];
  for (;;) {
    const { state, pending } = await readState(door, sending.customerId);
    for (const invoice of pending) done.push(await deliver(door, sending, invoice));
    if (state.to !== null && state.to >= sending.to) break;
    const covered = await cover(door, state, sending);
    const invoices = invoicesOf(sending, state, covered);
    if (!(await store(door, sending, { state, covered, invoices }))) continue;
    done.push(...invoices.filter(({ status }) => status !== "pending"));
  }
  return done.map(presentInvoice);
}

interface Step {
  readonly covered: Covered;
  readonly invoices: readonly StoredInvoice[];
  readonly period: Period;
}

/** @returns whether it stands: another run may have been first. */
async function store(
  door: EngineDoor,
  period: Sending,
  {
    state,
    covered,
    invoices,
  }: {
    readonly state: InvoicedState;
    readonly covered: Covered;
    readonly invoices: readonly StoredInvoice[];
  },
): Promise<boolean> {
  let isOurs = false;
  await door.change(placeOf(period.customerId), ({ open }) => {
    isOurs = stateFrom(open).step === state.step;
    if (!isOurs) return [];
    return [stateRow(stateAfter(state, { covered, invoices, period })), ...invoices.map(invoiceRow)];
  });
  return isOurs;
}

function stateAfter(state: InvoicedState, { covered, invoices, period }: Step): InvoicedState {
  const numbers = new Map(Object.entries(state.numbers));
  const carried = new Map(Object.entries(state.carried));
  for (const { money, number, status, due } of invoices) {
    numbers.set(money, number);
    if (status === "carried") carried.set(money, due);
    else carried.delete(money);
  }
  return {
    numbers: Object.fromEntries(numbers),
    through: covered.through,
    to: period.to,
    carried: Object.fromEntries(carried),
    step: state.step + 1,
  };
}

function invoicesOf(
  { customerId, from, to }: Period,
  state: InvoicedState,
  { lines }: Covered,
): StoredInvoice[] {
  return [...lines.keys()].sort().map((money) => {
    const all = [...carriedLine(state, money), ...(lines.get(money) ?? [])];
    const due = all.reduce((sum, { amount, isDue }) => (isDue ? sum.plus(amount) : sum), new Decimal(0));
    return {
      customerId,
      money,
      number: (state.numbers[money] ?? 0) + 1,
      from: state.to ?? from ?? null,
      to,
      lines: all,
      due: due.toFixed(),
      status: due.isZero() ? "settled" : due.isNegative() ? "carried" : "pending",
      invoiceId: null,
      url: null,
    };
  });
}

function carriedLine({ carried }: InvoicedState, money: string): readonly StoredLine[] {
  const amount = carried[money];
  if (amount === undefined) return [];
  return [
    {
      kind: "carried",
      description: "Credit from the invoice before",
      currency: null,
      scope: "",
      feature: null,
      credits: null,
      unitPrice: null,
      amount,
      isDue: true,
      grantId: null,
      first: null,
      last: null,
      count: 0,
    },
  ];
}

/** The invoices of a customer, oldest first. */
export async function invoices(
  credits: InvoiceSource,
  request: InvoicesRequest,
): Promise<readonly UsageInvoice[]> {
  const door = doorOf(credits, "invoices");
  const { customerId } = parsed(listSchema, request, "invoices");
  const found: StoredInvoice[] = [];
  let after: string | undefined;
  do {
    const page = await door.list(placeOf(customerId), INVOICE_KIND, after, PAGE);
    found.push(...page.items.map(invoiceFrom));
    after = page.next ?? undefined;
  } while (after !== undefined);
  return found.map(presentInvoice);
}
