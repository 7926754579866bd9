/** Everything that callers can call, and what a good call of it looks like. */
import { CreditError, createCreditEngine, defineCatalog } from "coffer";
import * as finance from "coffer/finance";
import * as billing from "coffer/billing";
import { memoryStore } from "coffer/memory";
import * as mysql from "coffer/mysql";
import * as postgres from "coffer/postgres";
import * as sqlite from "coffer/sqlite";
import * as contract from "coffer/store";
import { StoreError } from "coffer/store";
import { checkHistory, checkStore, manualClock } from "coffer/testing";
import { VERBS, type Stage, call, stage } from "../engine/bad-input/verbs.js";
import { catalog } from "../engine/support.js";

export interface Target {
  /** A good argument, whose parts are replaced. */
  readonly good: unknown;
  readonly call: (given: unknown) => unknown;
  readonly mayThrow: (error: unknown) => boolean;
}

const isCreditError = (error: unknown) => CreditError.is(error);
const isStoreError = (error: unknown) => error instanceof StoreError;
/** Adapters are called where the app's own code is wrong, not its input. */
const isAdapterError = (error: unknown) => error instanceof TypeError && /^from\w+ got /.test(error.message);
const isClockError = (error: unknown) =>
  error instanceof RangeError && error.message.startsWith("manualClock:");

/** Only tests call these: what is not of their types at all, they say as JavaScript does. */
const OF_TESTS: ReadonlySet<string> = new Set(["checkStore", "checkHistory"]);
const isAnyError = (error: unknown) => error instanceof Error;

type Anything = (given: unknown) => unknown;
const wild = (act: unknown): Anything => act as Anything;

/** The verbs of an engine within one transaction of the app. */
function scopedTargets(accepted: Stage["accepted"]): ReadonlyMap<string, Target> {
  const store = memoryStore();
  const joining = Object.assign(store, { limits: { ...store.limits, joinsTransactions: true } });
  const engine = createCreditEngine({ catalog, store: joining });
  const scoped = () => engine.withTransaction({} as never) as unknown as Readonly<Record<string, Anything>>;
  return new Map(
    VERBS.map((verb) => [
      `withTransaction(…).${verb}`,
      { good: accepted[verb], call: (given) => scoped()[verb]?.(given), mayThrow: isCreditError },
    ]),
  );
}

/** What store writers call, and what tests of stores do. */
function contractTargets({ store }: Stage): ReadonlyMap<string, Target> {
  const { limits } = store;
  const key = { id: "w", part: 0 };
  const wallet = { id: "0".repeat(16), part: 0 };
  const cursor = contract.writeCursor("grants", { wallet: "w", place: ["g"] });
  const invocation = { process: "web-1", startedAt: 0n, endedAt: 10n };
  const read = { kind: "balance", wallet: "acme" };
  const history = [{ ...invocation, call: read, outcome: { kind: "read", available: 0n } }];
  const found: readonly (readonly [name: string, good: unknown, call: Anything])[] = [
    ["checkBounds", [0, 1, 2], wild(contract.checkBounds)],
    ["checkListQuery", { kind: "grants", where: { wallet }, limit: 1 }, wild(contract.checkListQuery)],
    ["checkChanges", [], (given) => contract.checkChanges(given as [], limits)],
    ["checkDecided", [], (given) => contract.checkDecided(given, [], limits)],
    ["checkReads", [{ key }], (given) => contract.checkReads(given as [], limits)],
    ["checkRowCount", 1, (given) => contract.checkRowCount(given as number)],
    ["readCursor", cursor, (given) => contract.readCursor("grants", given as string)],
    ["checkStore", store, wild(checkStore)],
    ["checkHistory", history, wild(checkHistory)],
  ];
  return new Map(
    found.map(([name, good, call]) => {
      const mayThrow = OF_TESTS.has(name) ? isAnyError : isStoreError;
      return [name, { good, call, mayThrow }];
    }),
  );
}

/** Reports are asked of an engine, which stands before the request. */
function financeTargets({ credits, accepted }: Stage): ReadonlyMap<string, Target> {
  const span = { from: 0, to: 86_400_000 };
  const accounts = { receivable: "Assets:Bank", usageRevenue: () => "Income:Usage" };
  const asText = async (pieces: AsyncIterable<unknown>): Promise<void> => {
    for await (const _ of pieces);
  };
  const found: readonly (readonly [name: string, good: unknown, call: Anything])[] = [
    [
      "revenueReport",
      { ...span, groupBy: ["month", "plan"], breakageRate: "0.1" },
      (given) => finance.revenueReport(credits, given as never),
    ],
    ["revenueReport of", credits, (given) => finance.revenueReport(given as never, span)],
    ["journal", { ...span, accounts }, (given) => asText(finance.journal(credits, given as never))],
    ["journalCsv", { ...span, accounts }, (given) => asText(finance.journalCsv(credits, given as never))],
    [
      "journalHledger",
      { ...span, accounts },
      (given) => asText(finance.journalHledger(credits, given as never)),
    ],
    [
      "journalBeancount",
      { ...span, accounts },
      (given) => asText(finance.journalBeancount(credits, given as never)),
    ],
    ["waterfall", { months: 2, byCustomer: true }, (given) => finance.waterfall(credits, given as never)],
    ["traceGrant", accepted.voidGrant["grantId"], (given) => finance.traceGrant(credits, given as never)],
    ["traceEntry", "en_1", (given) => finance.traceEntry(credits, given as never)],
    [
      "closePeriod",
      { to: 0, groupBy: ["customer"], actor: "a", reason: "r" },
      (given) => finance.closePeriod(credits, given as never),
    ],
    ["verifyPeriod", { to: 0 }, (given) => finance.verifyPeriod(credits, given as never)],
  ];
  return new Map(found.map(([name, good, call]) => [name, { good, call, mayThrow: isCreditError }]));
}

/** What needs a provider, and what is billed through one. */
function billingTargets({ credits, accepted }: Stage): ReadonlyMap<string, Target> {
  const wallet = accepted.balance;
  const provider = billing.fakeProvider();
  const topUpId = accepted.recordPayment["topUpId"];
  const period = { customerId: "acme", to: 0, grants: "bill" };
  const drained = async (all: AsyncIterable<unknown>): Promise<void> => {
    for await (const _ of all);
  };
  const charge = { key: "k", customerId: "c", subtotal: { amount: "1.00", currency: "USD" } };
  const found: readonly (readonly [name: string, good: unknown, call: Anything])[] = [
    ["quoteTopUp", { ...wallet, credits: 5 }, wild(credits.quoteTopUp)],
    ["topUp", { ...wallet, credits: 5, idempotencyKey: "f" }, wild(credits.topUp)],
    ["refreshTopUp", { topUpId }, wild(credits.refreshTopUp)],
    ["cancelTopUp", { topUpId }, wild(credits.cancelTopUp)],
    ["refundTopUp", { topUpId, amount: 1, idempotencyKey: "f" }, wild(credits.refundTopUp)],
    ["previewInvoices", period, (given) => billing.previewInvoices(credits, given as never)],
    ["sendInvoice", { ...period, provider }, (given) => billing.sendInvoice(credits, given as never)],
    ["sendInvoices", { to: 0, provider }, (given) => drained(billing.sendInvoices(credits, given as never))],
    ["invoices", { customerId: "acme" }, (given) => billing.invoices(credits, given as never)],
    ["invoices of", credits, (given) => billing.invoices(given as never, { customerId: "acme" })],
  ];
  const doubles: readonly (readonly [name: string, good: unknown, call: Anything])[] = [
    ["fakeProvider", { taxPercent: 5 }, wild(billing.fakeProvider)],
    ["fakeProvider(…).charge", charge, (given) => billing.fakeProvider().charge(given as never)],
  ];
  return new Map([
    ...found.map(([name, good, call]) => [name, { good, call, mayThrow: isCreditError }] as const),
    ...doubles.map(([name, good, call]) => [name, { good, call, mayThrow: isAnyError }] as const),
  ]);
}

export async function targets(): Promise<{
  readonly here: Stage;
  readonly all: ReadonlyMap<string, Target>;
}> {
  const here = await stage();
  const { credits, accepted } = here;
  const all = new Map<string, Target>();
  for (const verb of VERBS)
    all.set(verb, {
      good: accepted[verb],
      call: (given) => call(credits, verb, given),
      mayThrow: isCreditError,
    });
  all.set("tryWithdraw", {
    good: accepted.withdraw,
    call: async (given) => {
      const attempt = await (wild(credits.tryWithdraw)(given) as Promise<{ ok: boolean; error?: unknown }>);
      if (!attempt.ok) throw attempt.error;
    },
    mayThrow: isCreditError,
  });
  all.set("withdrawMany", {
    good: [accepted.withdraw],
    call: async (given) => {
      const attempts = await (wild(credits.withdrawMany)(given) as Promise<
        { ok: boolean; error?: unknown }[]
      >);
      const refused = attempts.find(({ ok }) => !ok);
      if (refused !== undefined && attempts.length === 1) throw refused.error;
    },
    mayThrow: isCreditError,
  });
  all.set("withTransaction", { good: {}, call: wild(credits.withTransaction), mayThrow: isCreditError });
  for (const [name, target] of scopedTargets(accepted)) all.set(name, target);
  for (const [name, target] of billingTargets(here)) all.set(name, target);
  const definition = {
    currencies: { tokens: { name: "Tokens", scale: 2 } },
    features: {
      chat: {
        currency: "tokens",
        rate: {
          match: [{ when: { size: ["s"] }, rate: { tiers: [{ credits: 1, per: 2 }] } }],
          fallback: { credits: 1 },
        },
      },
    },
  };
  all.set("defineCatalog", { good: definition, call: wild(defineCatalog), mayThrow: isCreditError });
  const options = {
    catalog,
    store: memoryStore(),
    clock: () => 0,
    ids: () => "a",
    cachedWallets: 1,
    timeoutMs: 1,
  };
  all.set("createCreditEngine", { good: options, call: wild(createCreditEngine), mayThrow: isCreditError });
  const dump = here.store.dump();
  all.set("memoryStore", {
    good: { limits: { rowsPerChange: 2 }, restore: dump },
    call: wild(memoryStore),
    mayThrow: isStoreError,
  });
  all.set("memoryStore.restore", {
    good: JSON.parse(dump),
    call: (given) => {
      let restore: string;
      try {
        restore = JSON.stringify(given);
      } catch {
        return;
      }
      return memoryStore({ restore });
    },
    mayThrow: isStoreError,
  });
  all.set("sqliteStore", {
    good: { path: ":memory:", busyTimeoutMs: 1 },
    call: wild(sqlite.sqliteStore),
    mayThrow: isStoreError,
  });
  all.set("postgresStore", {
    good: { pool: {}, schema: "coffer" },
    call: wild(postgres.postgresStore),
    mayThrow: isStoreError,
  });
  all.set("postgresMigrations", {
    good: { schema: "coffer" },
    call: wild(postgres.postgresMigrations),
    mayThrow: isStoreError,
  });
  all.set("mysqlStore", { good: { pool: {} }, call: wild(mysql.mysqlStore), mayThrow: isStoreError });
  all.set("mysqlMigrations", {
    good: { server: "mariadb" },
    call: wild(mysql.mysqlMigrations),
    mayThrow: isStoreError,
  });
  for (const [name, adapter] of Object.entries({ ...sqlite, ...postgres, ...mysql }))
    if (name.startsWith("from")) all.set(name, { good: {}, call: wild(adapter), mayThrow: isAdapterError });
  for (const [name, target] of contractTargets(here)) all.set(name, target);
  for (const [name, target] of financeTargets(here)) all.set(name, target);
  all.set("manualClock", { good: 0, call: wild(manualClock), mayThrow: isClockError });
  all.set("manualClock.set", {
    good: 0,
    call: (given) => manualClock(0).set(given as number),
    mayThrow: isClockError,
  });
  all.set("manualClock.advance", {
    good: { days: 1 },
    call: (given) => manualClock(0).advance(given as object),
    mayThrow: isClockError,
  });
  all.set("CreditError.is", {
    good: new CreditError("invalid_input", "x"),
    call: wild(CreditError.is),
    mayThrow: () => false,
  });
  return { here, all };
}
