/** Lives of customers whose money is told in round numbers. */
import { type CreditEngine, type Pace, createCreditEngine, defineCatalog } from "coffer";
import {
  type RevenueReport,
  type RevenueReportRequest,
  type RevenueRow,
  revenueReport,
} from "coffer/finance";
import { memoryStore } from "coffer/memory";
import type { CreditStore } from "coffer/store";
import { type ManualClock, manualClock } from "coffer/testing";
import { virtualPace } from "../engine/virtual-pace.js";

export const catalog = defineCatalog({
  currencies: {
    tokens: { name: "Tokens", scale: 2 },
    gold: { name: "Gold", scale: 0 },
  },
  features: {
    chat: { currency: "tokens", rate: { credits: 1 } },
    image: { currency: "tokens", rate: { credits: 10 } },
  },
  plans: {
    starter: {
      name: "Starter",
      rank: 1,
      grants: [
        {
          id: "monthly",
          currency: "tokens",
          amount: 100,
          every: { months: 1 },
          category: "paid",
          cost: { amount: "10.00", currency: "USD" },
        },
      ],
    },
    pro: {
      name: "Pro",
      rank: 2,
      grants: [
        {
          id: "monthly",
          currency: "tokens",
          amount: 400,
          every: { months: 1 },
          category: "paid",
          cost: { amount: "40.00", currency: "USD" },
        },
      ],
    },
  },
});

export type Engine = CreditEngine<typeof catalog>;

export interface Shop {
  readonly credits: Engine;
  readonly clock: ManualClock;
  readonly store: CreditStore;
}

export const JANUARY: number = Date.UTC(2026, 0, 1);
export const FEBRUARY: number = Date.UTC(2026, 1, 1);
export const MARCH: number = Date.UTC(2026, 2, 1);
export const APRIL: number = Date.UTC(2026, 3, 1);

export function shop(store: CreditStore = memoryStore(), start: number = JANUARY): Shop {
  const clock = manualClock(start);
  return { credits: engineOn(store, clock), clock, store };
}

export function engineOn(store: CreditStore, clock: () => number, pace: Pace = virtualPace()): Engine {
  return createCreditEngine({ catalog, store, clock, pace });
}

let keys = 0;

export function newKey(): string {
  keys += 1;
  return `finance-${keys}`;
}

type GrantRequest = Parameters<Engine["grant"]>[0];

/** Credits for acme, paid in dollars. */
export function sell(
  credits: Engine,
  amount: number,
  dollars: string,
  more: Partial<GrantRequest> = {},
): ReturnType<Engine["grant"]> {
  return credits.grant({
    customerId: "acme",
    currency: "tokens",
    amount,
    category: "paid",
    cost: { amount: dollars, currency: "USD" },
    idempotencyKey: newKey(),
    ...more,
  } as GrantRequest);
}

export function use(
  credits: Engine,
  amount: number | string,
  more: object = {},
): ReturnType<Engine["withdraw"]> {
  return credits.withdraw({
    customerId: "acme",
    currency: "tokens",
    amount,
    idempotencyKey: newKey(),
    ...more,
  });
}

/** A report of 2026 until April, unless said otherwise. */
export function report(credits: Engine, request: Partial<RevenueReportRequest> = {}): Promise<RevenueReport> {
  return revenueReport(credits, { from: JANUARY, to: APRIL, ...request });
}

const MONEY = [
  "opening",
  "billed",
  "recognised",
  "breakage",
  "refunded",
  "movedIn",
  "movedOut",
  "attributed",
  "closing",
  "overage",
] as const;

/** What is not zero, as texts. */
export function figures(row: RevenueRow | undefined): Readonly<Record<string, string>> {
  if (row === undefined) return {};
  return Object.fromEntries(
    MONEY.flatMap((column) => (row[column].isZero() ? [] : [[column, row[column].toFixed()]])),
  );
}

/** Of one money, all groups together. */
export async function total(
  credits: Engine,
  request: Partial<RevenueReportRequest> = {},
): Promise<Readonly<Record<string, string>>> {
  const { totals } = await report(credits, request);
  if (totals.length > 1) throw new Error("there are several monies");
  return figures(totals[0]);
}

export async function listOf<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}
