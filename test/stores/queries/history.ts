/** A small history of several wallets, and what the engine's own reads say about it in the form of the page's rows. */
import { createCreditEngine, type CreditEngine, type Decimal, defineCatalog } from "coffer";
import type { CreditStore } from "coffer/store";
import { manualClock } from "coffer/testing";

const SCALE = { seconds: 0, tokens: 6 } as const;
const CENTS = 100; // USD and EUR both

const catalog = defineCatalog({
  currencies: {
    seconds: { name: "Video seconds", scale: SCALE.seconds },
    tokens: { name: "AI tokens", scale: SCALE.tokens },
  },
  features: {
    chat: { currency: "tokens", rate: { credits: "2", per: 1000 } },
    video: { currency: "seconds", rate: { credits: 1 } },
  },
});

const WALLETS = [
  { customerId: "acme", currency: "seconds" },
  { customerId: "acme", currency: "tokens" },
  { customerId: "acme", currency: "tokens", scope: "team" },
  { customerId: "zeta", currency: "seconds" },
] as const;

export type Row = Readonly<Record<string, string | null>>;
type Credits = CreditEngine<typeof catalog>;

export async function makeHistory(store: CreditStore) {
  const clock = manualClock("2025-12-30T00:00:00Z");
  const credits = createCreditEngine({ catalog, store, clock });
  const tokens = { customerId: "acme", currency: "tokens" } as const;
  await credits.grant({
    ...tokens,
    amount: 100,
    category: "paid",
    cost: { amount: "85.00", currency: "USD" },
    idempotencyKey: "december",
  });
  await credits.withdraw({
    customerId: "acme",
    feature: "chat",
    quantity: 500,
    idempotencyKey: "in December",
  });

  clock.advance({ days: 7 });
  await credits.withdraw({
    customerId: "acme",
    feature: "chat",
    quantity: 1500,
    idempotencyKey: "in January",
  });
  await credits.grant({
    ...tokens,
    scope: "team",
    amount: "12.5",
    category: "promotional",
    expiresAt: "2026-03-01T00:00:00Z",
    idempotencyKey: "welcome",
  });
  await credits.grant({
    customerId: "acme",
    currency: "seconds",
    amount: 60,
    category: "paid",
    cost: { amount: "7.77", currency: "EUR" },
    effectiveAt: "2026-02-15T00:00:00Z",
    idempotencyKey: "not begun",
  });
  await credits.setPolicy({
    customerId: "zeta",
    currency: "seconds",
    policy: { mode: "soft", limit: 30 },
    reason: "good payer",
  });
  await credits.grant({
    customerId: "zeta",
    currency: "seconds",
    amount: 10,
    category: "paid",
    cost: { amount: "3.00", currency: "USD" },
    idempotencyKey: "used up",
  });
  await credits.withdraw({ customerId: "zeta", feature: "video", quantity: 18, idempotencyKey: "owed" });

  clock.advance({ days: 30 });
  await credits.withdraw({
    customerId: "acme",
    feature: "chat",
    quantity: 250,
    idempotencyKey: "in February",
  });
  await credits.reserve({
    customerId: "acme",
    feature: "chat",
    quantity: 2000,
    expiresIn: { days: 2 },
    idempotencyKey: "held",
  });
  return { credits, clock };
}

function smallest(amount: Decimal, currency: keyof typeof SCALE): string {
  return amount.times(10 ** SCALE[currency]).toFixed(0);
}

/** "Balances by customer" */
export async function balances(credits: Credits): Promise<readonly Row[]> {
  return Promise.all(
    WALLETS.map(async (wallet) => {
      const { balance, held, overdraft } = await credits.balance(wallet);
      return {
        customer_id: wallet.customerId,
        currency: wallet.currency,
        scope: "scope" in wallet ? wallet.scope : "",
        balance: smallest(balance, wallet.currency),
        held: smallest(held, wallet.currency),
        owed: smallest(overdraft, wallet.currency),
        scale: String(SCALE[wallet.currency]),
      };
    }),
  );
}

/** "One customer's ledger of a month" */
export async function ledgerOfJanuary(credits: Credits): Promise<readonly Row[]> {
  const january = { from: "2026-01-01T00:00:00Z", to: "2026-02-01T00:00:00Z" };
  const rows: Row[] = [];
  for (const wallet of WALLETS.filter(({ customerId }) => customerId === "acme")) {
    for (const entry of (await credits.ledger({ ...wallet, ...january })).items)
      rows.push({
        currency: wallet.currency,
        scope: "scope" in wallet ? wallet.scope : "",
        seq: String(entry.seq),
        type: entry.type,
        account: entry.account,
        amount: smallest(entry.amount, wallet.currency),
        balance_after: smallest(entry.balanceAfter, wallet.currency),
        feature: entry.feature,
        cost: entry.cost?.amount.times(CENTS).toFixed(0) ?? null,
        cost_currency: entry.cost?.currency ?? null,
        recorded_at: String(entry.recordedAt.getTime()),
      });
  }
  return rows;
}

/** "Deferred money of open grants" */
export async function deferred(credits: Credits): Promise<readonly Row[]> {
  const sums = new Map<string, Decimal>();
  for (const wallet of WALLETS)
    for (const { deferred: money } of (await credits.grants(wallet)).items)
      if (money)
        sums.set(money.currency, (sums.get(money.currency) ?? money.amount.times(0)).plus(money.amount));
  return [...sums]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([currency, sum]) => ({ cost_currency: currency, deferred: sum.times(CENTS).toFixed(0) }));
}
