import type { Decimal, Grant, LedgerEntry, LedgerVerification, Money } from "coffer";
import type { Tally } from "./book.js";
import { CUSTOMERS } from "./customers.js";
import { equal, holds } from "./findings.js";
import type { Findings } from "./findings.js";
import { moneyTaken, revenueOf } from "./revenue.js";
import type { Statement } from "./statements.js";
import { sumOf, ZERO } from "./sums.js";

/** Entries of these types are what the customer was charged; settlement only moves what is owed to a grant. */
const CHARGING: readonly string[] = ["consumed", "overdraft", "overage"];

export function auditWallet(statement: Statement, tally: Tally | undefined): Findings {
  const { customerId, grants, entries } = statement;
  const findings = [
    ...auditLedger(statement),
    ...grants.flatMap((grant) =>
      auditGrant(
        grant,
        entries.filter((entry) => entry.grantId === grant.id),
      ),
    ),
    ...auditCharges(statement, tally),
    ...auditOverage(statement),
    ...auditRevenue(statement),
  ];
  return findings.map((finding) => `${customerId}: ${finding}`);
}

/** The ledger is whole, unaltered, and adds up to the balance. */
function auditLedger({ balance, entries, verification }: Statement): Findings {
  const booked = entries.filter(({ account }) => account !== "overage");
  return [
    ...auditVerification(verification, entries),
    ...entries.flatMap(({ seq }, index) => equal("entries are numbered without a gap", seq, index + 1)),
    ...equal(
      "sum of its entries = balance",
      sumOf(booked, ({ amount }) => amount),
      balance.balance,
    ),
    ...equal("balance after the last entry = balance", entries.at(-1)?.balanceAfter ?? 0, balance.balance),
    ...equal("nothing is held once all calls have ended", balance.held, 0),
  ];
}

function auditVerification(verification: LedgerVerification, entries: readonly LedgerEntry[]): Findings {
  if (!verification.ok) return [`the ledger does not verify: ${verification.wrong.problem}`];
  return [
    ...equal("entries verified = entries read", verification.entries, entries.length),
    ...holds("the verified head is the last entry's hash", verification.head === entries.at(-1)?.hash),
  ];
}

function auditGrant(grant: Grant, entries: readonly LedgerEntry[]): Findings {
  const { amount, remaining, held, consumed, expired, voided, adjusted, refunded, moved } = grant;
  const parts = [remaining, held, consumed, expired, voided, adjusted, refunded, moved];
  const findings = [
    ...equal(
      "its parts = its amount",
      sumOf(parts, (part) => part),
      amount,
    ),
    ...holds(
      "no part is negative",
      parts.every((part) => part.gte(0)),
    ),
    ...equal(
      "sum of its entries = what is open of it",
      sumOf(entries, (entry) => entry.amount),
      remaining.plus(held),
    ),
    ...(grant.category === "paid" ? auditCost(grant, entries) : []),
  ];
  return findings.map((finding) => `grant ${grant.id}: ${finding}`);
}

/** What was paid is deferred until it is used, lost, given back or moved; to the cent. */
function auditCost(grant: Grant, entries: readonly LedgerEntry[]): Findings {
  const { cost, deferred, recognised, breakage, refundedCost, movedCost } = grant;
  const parts = [deferred, recognised, breakage, refundedCost, movedCost];
  const taken = revenueOf({ grants: [], entries });
  return [
    ...equal(
      "deferred + recognised + breakage + refunded + moved = cost",
      sumOf(parts, amountOf),
      amountOf(cost),
    ),
    ...holds(
      "no part of its cost is negative",
      parts.every((part) => amountOf(part).gte(0)),
    ),
    ...equal("recognised = what its entries recognise", amountOf(recognised), taken.recognised),
    ...equal("breakage = what its entries lose", amountOf(breakage), taken.breakage),
    ...equal("refunded = what its entries refund", amountOf(refundedCost), taken.refunded),
    ...equal("money moved = what its entries move", amountOf(movedCost), taken.movedOut),
    ...holds(
      "nothing open, nothing deferred",
      grant.remaining.plus(grant.held).gt(0) || amountOf(deferred).eq(0),
    ),
  ];
}

function amountOf(money: Money | null): Decimal {
  return money?.amount ?? ZERO;
}

/** What the product told its customer = what the ledger took. */
function auditCharges({ readAt, balance, entries }: Statement, tally: Tally | undefined): Findings {
  if (tally === undefined) return ["a customer without a tally"];
  const charges = entries.filter(({ type }) => CHARGING.includes(type));
  const overdraft = entries.filter(({ account }) => account === "overdraft");
  const overage = entries.filter(({ type }) => type === "overage");
  const ofMonth = overage.filter(({ recordedAt }) => monthOf(recordedAt) === monthOf(readAt));
  return [
    ...equal("charged = consumed + overdraft + overage", tally.credits, lostBy(charges)),
    ...equal("owed = overdraft − what settled it", balance.overdraft, lostBy(overdraft)),
    ...equal("overage of the month = its entries", balance.overage, lostBy(ofMonth)),
  ];
}

function lostBy(entries: readonly LedgerEntry[]): Decimal {
  return sumOf(entries, ({ amount }) => amount).neg();
}

/** A month's overage is its credits at the customer's price, rounded once, however many requests ran past zero. */
function auditOverage({ customerId, entries }: Statement): Findings {
  const policy = CUSTOMERS.find(({ id }) => id === customerId)?.policy;
  const billed = entries.filter(({ type }) => type === "overage");
  const months = new Set(billed.map(({ recordedAt }) => monthOf(recordedAt)));
  return [...months].flatMap((month) => {
    if (policy?.mode !== "overage")
      return [`overage in ${month}, though the policy is ${policy?.mode ?? "hard"}`];
    const ofMonth = billed.filter(({ recordedAt }) => monthOf(recordedAt) === month);
    const due = lostBy(ofMonth).times(policy.price.amount).toDecimalPlaces(2);
    return equal(`overage billed in ${month} = its credits × price`, moneyTaken(ofMonth, ["overage"]), due);
  });
}

function monthOf(instant: Date): string {
  return instant.toISOString().slice(0, 7);
}

function auditRevenue(statement: Statement): Findings {
  const { sold, movedIn, recognised, deferred, breakage, refunded, movedOut } = revenueOf(statement);
  const granted = moneyTaken(statement.entries, ["granted", "transferred_in"]).neg();
  const ends = [recognised, deferred, breakage, refunded, movedOut];
  return [
    ...equal("sold + moved in = money granted", sold.plus(movedIn), granted),
    ...equal(
      "sold + moved in = recognised + deferred + breakage + refunded + moved out",
      sold.plus(movedIn),
      sumOf(ends, (end) => end),
    ),
  ];
}
