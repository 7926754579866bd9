/** The needed part of Stripe's API: what each call takes, and does. */
import type Stripe from "stripe";
import * as z from "zod";
import { amount, currency, expand, integer, metadata, page, truth, url, words } from "./form.js";
import {
  calculationObject,
  customerObject,
  intentObject,
  invoiceItemObject,
  invoiceObject,
  refundObject,
  sessionObject,
} from "./objects.js";
import { type Account, ApiError, invalid, isMethod } from "./state.js";

export interface Route {
  readonly method: "GET" | "POST";
  readonly path: RegExp;
  /** Undefined: wrong parameters. */
  readonly run: (account: Account, id: string, params: unknown) => Ready;
}

/** Parameters are right; what is left is to do it. */
export type Ready = () => unknown;

function route<Schema extends z.ZodType>(
  method: Route["method"],
  path: string,
  schema: Schema,
  act: (account: Account, params: z.output<Schema>, id: string) => unknown,
): Route {
  return {
    method,
    path: new RegExp(`^/v1/${path.replace(":id", String.raw`([\w]+)`)}$`),
    run: (account, id, given) => {
      const parsed = schema.safeParse(given);
      if (!parsed.success) {
        const [issue] = parsed.error.issues;
        const code = issue?.code === "unrecognized_keys" ? "parameter_unknown" : "parameter_invalid";
        throw invalid(`${issue?.message ?? ""} (${issue?.path.join(".") ?? ""})`, code);
      }
      return () => act(account, parsed.data, id);
    },
  };
}

function asPage<Thing extends { readonly id?: string | null; readonly created?: number }>(
  things: Iterable<Thing>,
  { limit = 10, starting_after: after }: { limit?: number | undefined; starting_after?: string | undefined },
): Stripe.ApiList<Thing> {
  const newest = [...things].reverse();
  const from = after === undefined ? 0 : newest.findIndex(({ id }) => id === after) + 1;
  const data = newest.slice(from, from + limit);
  return { object: "list", data, has_more: from + limit < newest.length, url: "/v1" };
}

/** An index lags behind. */
const INDEX_LAG_SECONDS = 60;
const QUERY = /^metadata\["((?:[^"\\]|\\.)*)"\]:"((?:[^"\\]|\\.)*)"$/;

function search<Thing extends { readonly created: number; readonly metadata: Stripe.Metadata | null }>(
  account: Account,
  things: Iterable<Thing>,
  { query, limit = 10 }: { query: string; limit?: number | undefined },
): { object: "search_result"; data: Thing[]; has_more: boolean; url: string } {
  const [, name, value] = QUERY.exec(query) ?? [];
  if (name === undefined || value === undefined) throw invalid(`Not understood: ${query}`);
  const plain = value.replaceAll(/\\(.)/g, "$1");
  const data = [...things].filter(
    (thing) => thing.metadata?.[name] === plain && thing.created <= account.now - INDEX_LAG_SECONDS,
  );
  return { object: "search_result", data: data.slice(0, limit), has_more: data.length > limit, url: "/v1" };
}

const searchParams = z.strictObject({ query: words, limit: page.limit, page: words.optional(), expand });

const customers: readonly Route[] = [
  route("GET", "customers/search", searchParams, (account, params) =>
    search(account, account.customers.values(), params),
  ),
  route("POST", "customers", z.strictObject({ metadata: metadata.optional() }), (account, params) => {
    const customer = customerObject(account.id("cus"), account.now, params.metadata ?? {});
    account.customers.set(customer.id, customer);
    return customer;
  }),
  route("GET", "customers/:id", z.strictObject({ expand }), (account, _, id) =>
    account.found(account.customers, id),
  ),
  route("GET", "customers/:id/payment_methods", z.strictObject(page), (account, params, id) =>
    asPage([...(account.methods.get(id) ?? [])].reverse(), params),
  ),
];

const LEAST = 50;
const MOST = 99_999_999;

function expanded(account: Account, intent: Stripe.PaymentIntent, paths: readonly string[] = []): object {
  if (!paths.includes("latest_charge") || typeof intent.latest_charge !== "string") return intent;
  return { ...intent, latest_charge: account.found(account.charges, intent.latest_charge) };
}

const intentParams = z.strictObject({
  amount,
  currency,
  customer: words,
  description: words.max(1_000),
  automatic_payment_methods: z.strictObject({ enabled: truth }),
  metadata,
  payment_method: words.optional(),
  confirm: truth.optional(),
  off_session: truth.optional(),
  return_url: url.optional(),
  hooks: z
    .strictObject({ inputs: z.strictObject({ tax: z.strictObject({ calculation: words }) }) })
    .optional(),
});

function confirmWith(
  account: Account,
  intent: Stripe.PaymentIntent,
  params: {
    payment_method?: string | undefined;
    return_url?: string | undefined;
    off_session?: boolean | undefined;
  },
): void {
  const { payment_method: method, return_url: returnUrl, off_session: offSession = false } = params;
  if (method === undefined || !isMethod(method)) throw invalid("No such payment method", "resource_missing");
  if (returnUrl === undefined) throw invalid("A return_url is needed: some payment methods redirect.");
  account.confirm(intent, method, { offSession, returnUrl });
}

const intents: readonly Route[] = [
  route("POST", "payment_intents", intentParams, (account, params) => {
    if (params.amount < LEAST) throw invalid("Too little", "amount_too_small", "amount");
    if (params.amount > MOST) throw invalid("Too much", "amount_too_large", "amount");
    if (params.off_session === true && params.confirm !== true) throw invalid("off_session needs confirm");
    account.found(account.customers, params.customer);
    const intent = intentObject({
      id: account.id("pi"),
      created: account.now,
      amount: params.amount,
      currency: params.currency,
      customer: params.customer,
      description: params.description,
      metadata: params.metadata,
    });
    account.intents.set(intent.id, intent);
    try {
      if (params.confirm === true) confirmWith(account, intent, params);
    } catch (error) {
      // A decline leaves it behind; what is wrong with the request does not, or so one hopes.
      if (error instanceof ApiError && error.status === 400 && !account.leavesRefused)
        account.intents.delete(intent.id);
      throw error;
    }
    return intent;
  }),
  route("GET", "payment_intents/search", searchParams, (account, params) =>
    search(account, account.intents.values(), params),
  ),
  route("GET", "payment_intents", z.strictObject({ ...page, customer: words }), (account, params) =>
    asPage(
      [...account.intents.values()].filter(({ customer }) => customer === params.customer),
      params,
    ),
  ),
  route("GET", "payment_intents/:id", z.strictObject({ expand }), (account, params, id) =>
    expanded(account, account.found(account.intents, id), params.expand),
  ),
  route("POST", "payment_intents/:id", z.strictObject({ metadata }), (account, params, id) => {
    const intent = account.found(account.intents, id);
    Object.assign(intent.metadata, params.metadata);
    return intent;
  }),
  route(
    "POST",
    "payment_intents/:id/confirm",
    z.strictObject({ payment_method: words, return_url: url }),
    (account, params, id) => {
      const intent = account.found(account.intents, id);
      confirmWith(account, intent, params);
      return intent;
    },
  ),
  route(
    "POST",
    "payment_intents/:id/cancel",
    z.strictObject({
      cancellation_reason: z.enum(["abandoned", "duplicate", "fraudulent", "requested_by_customer"]),
    }),
    (account, params, id) => {
      const intent = account.found(account.intents, id);
      const isOfSession = [...account.sessions.values()].some((session) => session.payment_intent === id);
      if (isOfSession || ["succeeded", "canceled", "processing"].includes(intent.status))
        throw invalid(`It is ${intent.status}`, "payment_intent_unexpected_state");
      return Object.assign(intent, {
        status: "canceled",
        canceled_at: account.now,
        ...params,
        next_action: null,
      });
    },
  ),
];

const sessionParams = z.strictObject({
  mode: z.literal("payment"),
  customer: words,
  success_url: url,
  cancel_url: url,
  adaptive_pricing: z.strictObject({ enabled: truth }),
  line_items: z
    .array(
      z.strictObject({
        quantity: integer,
        price_data: z.strictObject({
          currency,
          unit_amount: amount,
          product_data: z.strictObject({ name: words, tax_code: words.optional() }),
          tax_behavior: z.enum(["exclusive", "inclusive"]).optional(),
        }),
      }),
    )
    .length(1),
  metadata,
  payment_intent_data: z.strictObject({
    description: words,
    metadata,
    setup_future_usage: z.literal("off_session").optional(),
  }),
  automatic_tax: z.strictObject({ enabled: truth }).optional(),
  customer_update: z.strictObject({ address: z.literal("auto") }).optional(),
  invoice_creation: z.strictObject({ enabled: truth }).optional(),
});

function expandedSession(
  account: Account,
  session: Stripe.Checkout.Session,
  paths: readonly string[] = [],
): object {
  const { payment_intent: intent, invoice } = session;
  return {
    ...session,
    ...(paths.includes("payment_intent.latest_charge") && typeof intent === "string"
      ? { payment_intent: expanded(account, account.found(account.intents, intent), ["latest_charge"]) }
      : {}),
    ...(paths.includes("invoice") && typeof invoice === "string"
      ? { invoice: account.found(account.invoices, invoice) }
      : {}),
  };
}

const sessions: readonly Route[] = [
  route("POST", "checkout/sessions", sessionParams, (account, params) => {
    account.found(account.customers, params.customer);
    const [item] = params.line_items;
    if (item === undefined) throw invalid("No line items");
    const isTaxed = params.automatic_tax?.enabled === true;
    const subtotal = item.price_data.unit_amount * item.quantity;
    const session = sessionObject({
      id: account.id("cs"),
      created: account.now,
      customer: params.customer,
      currency: item.price_data.currency,
      subtotal,
      tax: isTaxed ? Math.round(subtotal / 10) : 0,
      isTaxed,
      metadata: params.metadata,
      successUrl: params.success_url,
      cancelUrl: params.cancel_url,
    });
    account.sessions.set(session.id, session);
    const { description, metadata: kept, setup_future_usage: usage } = params.payment_intent_data;
    account.intentData.set(session.id, {
      description,
      metadata: kept,
      saves: usage !== undefined,
      hasInvoice: params.invoice_creation?.enabled === true,
    });
    return session;
  }),
  route(
    "GET",
    "checkout/sessions",
    z.strictObject({ ...page, customer: words.optional(), payment_intent: words.optional() }),
    (account, params) =>
      asPage(
        [...account.sessions.values()].filter(
          ({ customer, payment_intent: intent }) =>
            (params.customer === undefined || customer === params.customer) &&
            (params.payment_intent === undefined || intent === params.payment_intent),
        ),
        params,
      ),
  ),
  route("GET", "checkout/sessions/:id", z.strictObject({ expand }), (account, params, id) =>
    expandedSession(account, account.found(account.sessions, id), params.expand),
  ),
  route("POST", "checkout/sessions/:id/expire", z.strictObject({}), (account, _, id) => {
    const session = account.found(account.sessions, id);
    if (session.status !== "open") throw invalid(`It is ${session.status}`);
    return Object.assign(session, { status: "expired", url: null });
  }),
];

const refunds: readonly Route[] = [
  route("POST", "refunds", z.strictObject({ payment_intent: words, amount, metadata }), (account, params) => {
    const intent = account.found(account.intents, params.payment_intent);
    const charge =
      typeof intent.latest_charge === "string" ? account.charges.get(intent.latest_charge) : undefined;
    if (charge === undefined) throw invalid("Nothing was paid", "payment_intent_unexpected_state");
    if (charge.disputed) throw invalid("The charge is disputed", "charge_disputed");
    if (charge.refunded) throw invalid("All of it was refunded", "charge_already_refunded");
    if (charge.amount_refunded + params.amount > charge.amount) throw invalid("More than is left");
    charge.amount_refunded += params.amount;
    charge.refunded = charge.amount_refunded === charge.amount;
    const refund = refundObject(account.id("re"), account.now, { ...params, charge });
    account.refunds.set(refund.id, refund);
    return refund;
  }),
  route("GET", "refunds", z.strictObject({ ...page, payment_intent: words }), (account, params) =>
    asPage(
      [...account.refunds.values()].filter(({ payment_intent: intent }) => intent === params.payment_intent),
      params,
    ),
  ),
  route("GET", "refunds/:id", z.strictObject({ expand }), (account, _, id) =>
    account.found(account.refunds, id),
  ),
  route("GET", "disputes", z.strictObject({ ...page, charge: words }), (account, params) =>
    asPage(
      [...account.disputes.values()].filter(({ charge }) => charge === params.charge),
      params,
    ),
  ),
];

const invoiceParams = z.strictObject({
  customer: words,
  currency,
  collection_method: z.enum(["send_invoice", "charge_automatically"]),
  days_until_due: integer.optional(),
  auto_advance: truth,
  pending_invoice_items_behavior: z.enum(["exclude", "include"]),
  metadata,
  automatic_tax: z.strictObject({ enabled: truth }).optional(),
});

const itemParams = z.strictObject({
  customer: words,
  invoice: words,
  amount: integer,
  currency,
  description: words,
  period: z.strictObject({ start: amount, end: amount }),
  metadata,
  tax_behavior: z.enum(["exclusive", "inclusive"]).optional(),
  tax_code: words.optional(),
});

const invoices: readonly Route[] = [
  route("POST", "invoices", invoiceParams, (account, params) => {
    const { email } = account.found(account.customers, params.customer);
    if (params.collection_method === "send_invoice" && email === null)
      throw invalid("Missing email: invoices are sent to customers who have one");
    if ((params.collection_method === "send_invoice") !== (params.days_until_due !== undefined))
      throw invalid("days_until_due goes with send_invoice");
    const invoice = invoiceObject({
      id: account.id("in"),
      created: account.now,
      customer: params.customer,
      currency: params.currency,
      collection: params.collection_method,
      isTaxed: params.automatic_tax?.enabled === true,
      metadata: params.metadata,
    });
    account.invoices.set(invoice.id, invoice);
    return invoice;
  }),
  route("GET", "invoices/search", searchParams, (account, params) =>
    search(account, account.invoices.values(), params),
  ),
  route("GET", "invoices", z.strictObject({ ...page, customer: words }), (account, params) =>
    asPage(
      [...account.invoices.values()].filter(({ customer }) => customer === params.customer),
      params,
    ),
  ),
  route("GET", "invoices/:id", z.strictObject({ expand }), (account, _, id) =>
    account.found(account.invoices, id),
  ),
  route("POST", "invoices/:id", z.strictObject({ metadata }), (account, params, id) => {
    const invoice = account.found(account.invoices, id);
    Object.assign(invoice.metadata ?? {}, params.metadata);
    return invoice;
  }),
  route("POST", "invoices/:id/finalize", z.strictObject({ auto_advance: truth }), (account, params, id) => {
    const invoice = account.found(account.invoices, id);
    if (invoice.status !== "draft") throw invalid("It is finalized already", "invoice_not_editable");
    return Object.assign(invoice, {
      ...params,
      status: "open",
      number: `C-${id}`,
      hosted_invoice_url: `https://invoice.stripe.test/${id}`,
    });
  }),
  route("POST", "invoiceitems", itemParams, (account, params) => {
    const invoice = account.found(account.invoices, params.invoice);
    if (invoice.status !== "draft") throw invalid("The invoice is not a draft", "invoice_not_editable");
    if (invoice.currency !== params.currency) throw invalid("The currencies differ");
    const { tax_behavior: _, tax_code: __, ...terms } = params;
    const item = invoiceItemObject({ ...terms, id: account.id("ii"), date: account.now });
    account.items.set(item.id, item);
    invoice.total += item.amount;
    invoice.amount_due += item.amount;
    return item;
  }),
  route("GET", "invoiceitems", z.strictObject({ ...page, invoice: words }), (account, params) =>
    asPage(
      [...account.items.values()].filter(({ invoice }) => invoice === params.invoice),
      params,
    ),
  ),
];

const taxes: readonly Route[] = [
  route(
    "POST",
    "tax/calculations",
    z.strictObject({
      customer: words,
      currency,
      line_items: z
        .array(
          z.strictObject({
            amount,
            reference: words,
            tax_behavior: z.literal("exclusive"),
            tax_code: words.optional(),
          }),
        )
        .length(1),
    }),
    (account, params) => {
      if (!account.addressed.has(params.customer))
        throw invalid("Where is the customer?", "customer_tax_location_invalid");
      const sum = params.line_items[0]?.amount ?? 0;
      return calculationObject(account.id("taxcalc"), account.now, {
        customer: params.customer,
        currency: params.currency,
        amount: sum,
        tax: Math.round(sum / 10),
      });
    },
  ),
];

/** The first that fits. */
export const ROUTES: readonly Route[] = [
  ...customers,
  ...intents,
  ...sessions,
  ...refunds,
  ...invoices,
  ...taxes,
];
