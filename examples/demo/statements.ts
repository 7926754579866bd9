import type { Balance, Grant, LedgerEntry, LedgerVerification, Page } from "coffer";
import { CUSTOMERS } from "./customers.js";
import type { Engine } from "./engine.js";

/** All that the engine says about one wallet at the end of the run. */
export interface Statement {
  readonly customerId: string;
  readonly readAt: Date;
  readonly balance: Balance;
  readonly grants: readonly Grant[];
  readonly entries: readonly LedgerEntry[];
  readonly verification: LedgerVerification;
}

export async function readStatements(credits: Engine, readAt: Date): Promise<readonly Statement[]> {
  const statements: Statement[] = [];
  for (const { id } of CUSTOMERS) {
    const wallet = { customerId: id, currency: "credits" } as const;
    statements.push({
      customerId: id,
      readAt,
      balance: await credits.balance(wallet),
      grants: await allPages((after) => credits.grants({ ...wallet, ...after })),
      entries: await allPages((after) => credits.ledger({ ...wallet, ...after })),
      verification: await credits.verifyLedger(wallet),
    });
  }
  return statements;
}

async function allPages<Item>(
  read: (page: { after?: string; limit: number }) => Promise<Page<Item>>,
): Promise<Item[]> {
  const items: Item[] = [];
  let page = await read({ limit: 500 });
  items.push(...page.items);
  while (page.next !== null) {
    page = await read({ limit: 500, after: page.next });
    items.push(...page.items);
  }
  return items;
}
