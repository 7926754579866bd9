import type { Catalog } from "../catalog/define.js";
import type { WalletRef } from "../engine/api-requests.js";
import type { Balance, LedgerEntry, Page } from "../engine/api-read-results.js";
import type { Grant } from "../engine/api-results.js";
import type { CreditVerbs } from "../engine/api.js";

/** What a customer sees of a wallet. As a text (`String(statement)`) it reads like a bank's, and has no ids. */
export interface Statement {
  readonly balance: Balance;
  /** Of every status, oldest first. */
  readonly grants: readonly Grant[];
  /** The whole ledger, by number. */
  readonly entries: readonly LedgerEntry[];
  toString(): string;
}

/**
 * Reads all that a customer sees of a wallet, page by page. What time has made due is in it. Read it while nothing else
 * goes on: it takes several calls.
 *
 * @throws CreditError as the verbs that it reads by
 * @example
 * ```ts
 * import { statementOf } from "coffer/testing";
 *
 * console.log(String(await statementOf(credits, { customerId: "acme", currency: "tokens" })));
 * // 2026-01-01T00:00:00.000Z granted +100, balance 100
 * // 2026-01-08T09:30:00.000Z consumed -40 for chat, balance 60
 * // available 60
 * // 60 of it expire 2026-02-01T00:00:00.000Z
 * ```
 */
export async function statementOf<C extends Catalog>(
  credits: Pick<CreditVerbs<C>, "balance" | "grants" | "ledger">,
  wallet: WalletRef<C>,
): Promise<Statement> {
  const balance = await credits.balance(wallet);
  const grants = await all((page) => credits.grants({ ...wallet, ...page }));
  const entries = await all((page) => credits.ledger({ ...wallet, ...page }));
  return { balance, grants, entries, toString: () => linesOf(balance, entries).join("\n") };
}

async function all<Item>(
  read: (page: { readonly after?: string }) => Promise<Page<Item>>,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let page = await read({});
  items.push(...page.items);
  while (page.next !== null) {
    page = await read({ after: page.next });
    items.push(...page.items);
  }
  return items;
}

function linesOf(balance: Balance, entries: readonly LedgerEntry[]): readonly string[] {
  const { available, held, scheduled, overdraft, overage, expiring } = balance;
  const rest = Object.entries({ held, scheduled, overdraft, overage }).filter(([, sum]) => !sum.isZero());
  const sums = [["available", available] as const, ...rest];
  return [
    ...entries.map(lineOf),
    sums.map(([name, sum]) => `${name} ${sum.toString()}`).join(", "),
    ...expiring.map(({ amount, at }) => `${amount.toString()} of it expire ${at.toISOString()}`),
  ];
}

function lineOf({ recordedAt, type, amount, feature, balanceAfter }: LedgerEntry): string {
  const gained = amount.isPositive() ? `+${amount.toString()}` : amount.toString();
  const use = feature === null ? "" : ` for ${feature}`;
  return `${recordedAt.toISOString()} ${type} ${gained}${use}, balance ${balanceAfter.toString()}`;
}
