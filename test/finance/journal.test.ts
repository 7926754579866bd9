/** The journal: what each movement books, and that accountants' own programs read it. */
import { Decimal } from "coffer";
import {
  type JournalLine,
  type JournalRequest,
  journal,
  journalBeancount,
  journalCsv,
  journalHledger,
} from "coffer/finance";
import { describe, expect, test } from "vitest";
import { refusal } from "../engine/support.js";
import { beanCheck, hasLedgerTools, hledgerBalances, wholeOf } from "../support/ledger-tools.js";
import {
  APRIL,
  type Engine,
  FEBRUARY,
  JANUARY,
  MARCH,
  type Shop,
  listOf,
  newKey,
  report,
  sell,
  shop,
  use,
} from "./support.js";

const SPAN = { from: JANUARY, to: APRIL };

function linesOf(credits: Engine, request: Partial<JournalRequest> = {}): Promise<readonly JournalLine[]> {
  return listOf(journal(credits, { ...SPAN, ...request }));
}

/** "granted: Assets:Receivable 10 / Liabilities:DeferredRevenue -10", one for each transaction. */
function told(lines: readonly JournalLine[]): readonly string[] {
  const side = ({ account, amount }: JournalLine) => `${account} ${amount.toFixed()}`;
  return lines.flatMap((line, place) => {
    const next = lines[place + 1];
    return next?.entryId === line.entryId ? [`${line.type}: ${side(line)} / ${side(next)}`] : [];
  });
}

/** Something of everything: use, expiry, late use, reversal, refund, rollover, transfer, overage, two monies. */
async function busyQuarter(customerId: string): Promise<Shop> {
  const here = shop();
  const { credits, clock } = here;
  const mine = { customerId };
  await sell(credits, 100, "10.00", { ...mine, expiresAt: FEBRUARY });
  const { id: withdrawalId } = await use(credits, 33, mine);
  await credits.reverse({ withdrawalId, amount: 3, idempotencyKey: newKey() });
  clock.set(FEBRUARY + 1);
  await use(credits, 20, { ...mine, occurredAt: FEBRUARY - 1 });
  const euros = await sell(credits, 7, "0", { ...mine, cost: { amount: "9.99", currency: "EUR" } });
  await use(credits, 3, mine);
  await credits.refundGrant({ grantId: euros.id, amount: 1, idempotencyKey: newKey() });
  const yen = await sell(credits, 3, "0", { ...mine, cost: { amount: "1000", currency: "JPY" } });
  await credits.transfer({
    from: customerId,
    to: { customerId, scope: "=team" },
    currency: "tokens",
    amount: 2,
    idempotencyKey: newKey(),
  });
  await credits.voidGrant({ grantId: yen.id, actor: "a", reason: "r" });
  await credits.setPolicy({
    ...mine,
    currency: "tokens",
    policy: { mode: "overage", price: { amount: "0.015", currency: "USD" } },
    actor: "a",
  });
  await credits.withdraw({ ...mine, feature: "chat", quantity: 150, idempotencyKey: newKey() });
  clock.set(MARCH);
  return here;
}

test("each movement of money is a debit and a credit, named by its ledger entry", async () => {
  const { credits, clock } = shop();
  const grant = await sell(credits, 100, "10.00", { expiresAt: MARCH });
  const { id: withdrawalId } = await use(credits, 30);
  await credits.reverse({ withdrawalId, amount: 10, idempotencyKey: newKey() });
  await credits.refundGrant({ grantId: grant.id, amount: 20, idempotencyKey: newKey() });
  clock.set(MARCH);
  const lines = await linesOf(credits);
  expect(told(lines)).toEqual([
    "granted: Assets:Receivable 10 / Liabilities:DeferredRevenue -10",
    "consumed: Liabilities:DeferredRevenue 3 / Income:Usage -3",
    "reversed: Income:Usage 1 / Liabilities:DeferredRevenue -1",
    "refunded: Liabilities:DeferredRevenue 2 / Liabilities:Refunds -2",
    "expired: Liabilities:DeferredRevenue 6 / Income:Breakage -6",
  ]);
  const { items } = await credits.ledger({ customerId: "acme", currency: "tokens" });
  expect([...new Set(lines.map(({ entryId }) => entryId))]).toEqual(items.map(({ id }) => id));
});

test("what moves passes through an account that is empty again", async () => {
  const { credits } = shop();
  await sell(credits, 100, "10.00");
  await credits.transfer({
    from: "acme",
    to: { customerId: "beta" },
    currency: "tokens",
    amount: 40,
    idempotencyKey: newKey(),
  });
  expect(
    told(await linesOf(credits))
      .filter((line) => line.startsWith("transferred"))
      .sort(),
  ).toEqual([
    "transferred_in: Liabilities:DeferredRevenue:Moving 4 / Liabilities:DeferredRevenue -4",
    "transferred_out: Liabilities:DeferredRevenue 4 / Liabilities:DeferredRevenue:Moving -4",
  ]);
});

test("without money there is nothing to book", async () => {
  const { credits } = shop();
  await credits.grant({
    customerId: "acme",
    currency: "tokens",
    amount: 10,
    category: "promotional",
    idempotencyKey: newKey(),
  });
  await use(credits, 5);
  await use(credits, 0);
  expect(await linesOf(credits)).toEqual([]);
});

test("accounts are named by the app, for each customer or feature if it likes", async () => {
  const { credits } = shop();
  await sell(credits, 100, "10.00");
  await credits.withdraw({ customerId: "acme", feature: "image", quantity: 1, idempotencyKey: newKey() });
  const accounts = {
    receivable: "Assets:Bank",
    usageRevenue: ({ feature }: { feature: string | null }) => `Income:Usage:${feature ?? "other"}`,
  };
  expect(told(await linesOf(credits, { accounts }))).toEqual([
    "granted: Assets:Bank 10 / Liabilities:DeferredRevenue -10",
    "consumed: Liabilities:DeferredRevenue 1 / Income:Usage:image -1",
  ]);
});

test("late use is booked when it is reported, and says when it happened", async () => {
  const { credits, clock } = shop();
  await sell(credits, 100, "10.00");
  clock.set(FEBRUARY + 86_400_000);
  await use(credits, 30, { occurredAt: FEBRUARY - 1 });
  expect(await linesOf(credits, { to: FEBRUARY })).toHaveLength(2);
  const [line] = await linesOf(credits, { from: FEBRUARY });
  expect(line).toMatchObject({
    bookedAt: new Date(FEBRUARY + 86_400_000),
    occurredAt: new Date(FEBRUARY - 1),
  });
});

test("CSV has a header, a line for each side, and no cell that a spreadsheet would compute", async () => {
  const { credits } = shop();
  const customerId = '=HYPERLINK("http://evil")';
  await sell(credits, 100, "10.00", { customerId });
  await sell(credits, 100, "10.00", { customerId: "one\ntwo" });
  const lines = (await wholeOf(journalCsv(credits, SPAN))).split("\r\n");
  expect(lines[0]).toBe(
    "booked_at,entry,type,account,debit,credit,currency,customer,scope,credit_currency,credits,feature,grant,operation,occurred_at,recorded_at",
  );
  expect(lines).toHaveLength(6);
  expect(lines.filter((line) => line.includes(`,"'=HYPERLINK(""http://evil"")",`))).toHaveLength(2);
  expect(lines.filter((line) => line.includes(`,"one\ntwo",`))).toHaveLength(2);
  expect(lines.filter((line) => line.includes(",Assets:Receivable,10.00,,USD,"))).toHaveLength(2);
  expect(lines.filter((line) => line.includes(",Liabilities:DeferredRevenue,,10.00,USD,"))).toHaveLength(2);
});

test.each([
  [journal, { receivable: "Assets:\nBank" }],
  [journalCsv, { receivable: "" }],
  [journalHledger, { receivable: "Assets:Bank  5 USD" }],
  [journalHledger, { receivable: "Assets:Bank ; note" }],
  [journalBeancount, { receivable: "Bank" }],
  [journalBeancount, { receivable: "Assets:bank" }],
  [journalBeancount, { usageRevenue: () => 'Income:"' }],
])("an account that %o cannot have is refused: %j", async (journalOf, accounts) => {
  const { credits } = shop();
  await sell(credits, 100, "10.00");
  await use(credits, 1);
  const lines = journalOf(credits, { ...SPAN, accounts });
  const error = await refusal(listOf<unknown>(lines));
  expect(error).toMatchObject({ code: "invalid_input" });
});

test("what is no engine, no span and no option is refused", async () => {
  const { credits } = shop();
  const asked = (request: object) => refusal(listOf<unknown>(journal(credits, request as JournalRequest)));
  expect(await asked({ ...SPAN, to: JANUARY })).toMatchObject({ code: "invalid_input" });
  expect(await asked({ from: JANUARY })).toMatchObject({ code: "invalid_input", details: { field: "to" } });
  expect(await asked({ ...SPAN, account: {} })).toMatchObject({ code: "invalid_input" });
  expect(await refusal(listOf<unknown>(journal({} as never, SPAN)))).toMatchObject({ code: "invalid_input" });
});

const HOSTILE = [
  "plain",
  'quote " and \\ backslash',
  "line\nbreak\r\nand\ttab",
  "; comment, tag:value",
  '2026-01-01 * "x"\n  Assets:Receivable  1 USD',
  "Ünïcödé 客户 🙂 \u2028\u202e",
  "$(x) `y` %41 (z) ~!*'",
];

describe.skipIf(!hasLedgerTools("accountants' programs read the journal"))("accountants' programs", () => {
  test.each(HOSTILE)("accept the quarter of %j", async (customerId) => {
    const { credits } = await busyQuarter(customerId);
    expect(beanCheck(await wholeOf(journalBeancount(credits, SPAN)))).toBe("");
    const balances = hledgerBalances(await wholeOf(journalHledger(credits, SPAN)));
    const { totals } = await report(credits);
    expect(totals.map(({ currency }) => currency)).toEqual(["EUR", "JPY", "USD"]);
    for (const row of totals) {
      const inHledger = (account: string) => {
        const amounts = balances[account] ?? [];
        const amount = amounts.find((one) => one.endsWith(` ${row.currency}`)) ?? "0 ";
        return new Decimal(amount.replace(/ .*$/, "")).toFixed();
      };
      expect(inHledger("Assets:Receivable")).toBe(row.billed.toFixed());
      expect(inHledger("Liabilities:DeferredRevenue")).toBe(row.closing.negated().toFixed());
      expect(inHledger("Income:Usage")).toBe(row.recognised.negated().toFixed());
      expect(inHledger("Income:Breakage")).toBe(row.breakage.negated().toFixed());
      expect(inHledger("Liabilities:Refunds")).toBe(row.refunded.negated().toFixed());
      expect(inHledger("Income:Overage")).toBe(row.overage.negated().toFixed());
      expect(inHledger("Liabilities:DeferredRevenue:Moving")).toBe("0");
    }
  });

  test("would notice a transaction that does not balance", async () => {
    const { credits } = shop();
    await sell(credits, 100, "10.00");
    const beancount = await wholeOf(journalBeancount(credits, SPAN));
    expect(beanCheck(beancount.replace("-10.00", "-10.01"))).toMatch(/does not balance/);
    const hledger = await wholeOf(journalHledger(credits, SPAN));
    expect(() => hledgerBalances(hledger.replace("-10.00", "-10.01"))).toThrow(/refused/);
  });
});

test("the report's rows are the journal's balances", async () => {
  const { credits } = await busyQuarter("acme");
  const balances = new Map<string, Decimal>();
  for (const { account, amount, currency } of await linesOf(credits)) {
    const key = `${account} ${currency}`;
    balances.set(key, (balances.get(key) ?? new Decimal(0)).plus(amount));
  }
  const { totals } = await report(credits);
  expect(totals).toHaveLength(3);
  for (const { currency, billed, recognised, closing, overage } of totals) {
    const balance = (account: string) => balances.get(`${account} ${currency}`)?.toFixed() ?? "0";
    expect(balance("Assets:Receivable")).toBe(billed.toFixed());
    expect(balance("Income:Usage")).toBe(recognised.negated().toFixed());
    expect(balance("Liabilities:DeferredRevenue")).toBe(closing.negated().toFixed());
    expect(balance("Assets:OverageReceivable")).toBe(overage.toFixed());
  }
});
