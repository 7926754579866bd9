import type { Decimal } from "coffer";
import type { Statement } from "./statements.js";
import { sumOf } from "./sums.js";

/** What reports are made of: the grants and the ledger of one wallet, or of several together. */
export type Records = Pick<Statement, "grants" | "entries">;

/** Where the money of prepaid credits went, in USD: `sold` + `movedIn` = the sum of the next five. */
export interface Revenue {
  readonly sold: Decimal;
  /** Of credits that another customer handed over. */
  readonly movedIn: Decimal;
  readonly recognised: Decimal;
  readonly deferred: Decimal;
  /** Of credits that were paid for and lost. */
  readonly breakage: Decimal;
  readonly refunded: Decimal;
  readonly movedOut: Decimal;
  /** Used past zero and billed on top, apart from every balance. */
  readonly overageCredits: Decimal;
  readonly overageBilled: Decimal;
  /** Used of what was given away: credits without a cost, so nothing is recognised. */
  readonly promotionalCredits: Decimal;
}

/** Where the credits went: the first three, less the next six, are the balance. */
export interface CreditUse {
  readonly bought: Decimal;
  readonly given: Decimal;
  readonly movedIn: Decimal;
  readonly paidUsed: Decimal;
  readonly promotionalUsed: Decimal;
  readonly expired: Decimal;
  readonly refunded: Decimal;
  readonly movedOut: Decimal;
  readonly owed: Decimal;
  readonly balance: Decimal;
}

const USED = ["consumed", "overdraft_settled"];
const LOST = ["expired", "voided", "adjusted"];
const MOVED_OUT = ["transferred_out", "rolled_over"];

/** The money that entries of these types took out of what is deferred; of overage, what they billed. */
export function moneyTaken(entries: Records["entries"], types: readonly string[]): Decimal {
  return sumOf(entries, ({ type, cost }) => (types.includes(type) ? cost?.amount : undefined)).neg();
}

export function revenueOf({ grants, entries }: Records): Revenue {
  const costOf = (moved: boolean) =>
    sumOf(grants, ({ originGrantId, cost }) =>
      (originGrantId !== null) === moved ? cost?.amount : undefined,
    );
  return {
    sold: costOf(false),
    movedIn: costOf(true),
    recognised: moneyTaken(entries, USED),
    deferred: sumOf(grants, ({ deferred }) => deferred?.amount),
    breakage: moneyTaken(entries, LOST),
    refunded: moneyTaken(entries, ["refunded"]),
    movedOut: moneyTaken(entries, MOVED_OUT),
    overageCredits: gainedBy(entries, ["overage"]).neg(),
    overageBilled: moneyTaken(entries, ["overage"]),
    promotionalCredits: sumOf(grants, ({ category, consumed }) =>
      category === "promotional" ? consumed : undefined,
    ),
  };
}

export function creditUseOf({ grants, entries }: Records): CreditUse {
  const paid = grants.filter(({ category }) => category === "paid");
  const promotional = grants.filter(({ category }) => category === "promotional");
  const amountOf = (of: Records["grants"], moved: boolean) =>
    sumOf(of, ({ originGrantId, amount }) => ((originGrantId !== null) === moved ? amount : undefined));
  return {
    bought: amountOf(paid, false),
    given: amountOf(promotional, false),
    movedIn: amountOf(grants, true),
    paidUsed: sumOf(paid, ({ consumed }) => consumed),
    promotionalUsed: sumOf(promotional, ({ consumed }) => consumed),
    expired: sumOf(grants, ({ expired }) => expired),
    refunded: sumOf(grants, ({ refunded }) => refunded),
    movedOut: sumOf(grants, ({ moved }) => moved),
    owed: gainedBy(entries, ["overdraft"]).neg(),
    balance: gainedBy(entries, ["grant", "overdraft"]),
  };
}

function gainedBy(entries: Records["entries"], accounts: readonly string[]): Decimal {
  return sumOf(entries, ({ account, amount }) => (accounts.includes(account) ? amount : undefined));
}

/** All wallets as if they were one. */
export function together(records: readonly Records[]): Records {
  return {
    grants: records.flatMap(({ grants }) => grants),
    entries: records.flatMap(({ entries }) => entries),
  };
}
