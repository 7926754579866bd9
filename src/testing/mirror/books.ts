/** The laws of conservation on what the engine shows of a wallet, through its public surface alone. */
import {
  type Fraction,
  ZERO,
  add,
  compare,
  isNegative,
  isPositive,
  isZero,
  negate,
  subtract,
  sum,
} from "../model/fraction.js";
import { parseDecimal } from "../model/decimal.js";
import { type Plain, type PlainRecord, show } from "./plain.js";

/** What is shown of a wallet. */
export interface Books {
  readonly balance: PlainRecord;
  readonly grants: readonly PlainRecord[];
  readonly entries: readonly PlainRecord[];
}

const PARTS = ["remaining", "held", "consumed", "expired", "voided", "adjusted", "refunded", "moved"];
const RECOGNISING = ["consumed", "overdraft_settled", "reversed"];

function amount(record: PlainRecord, name: string): Fraction {
  const value = record[name];
  return typeof value === "string" ? parseDecimal(value) : ZERO;
}

function moneyOf(record: PlainRecord, name: string): Fraction {
  const value = record[name];
  return typeof value === "object" && !Array.isArray(value) ? amount(value, "amount") : ZERO;
}

function brokenGrant(grant: PlainRecord, entries: readonly PlainRecord[]): string[] {
  const own = entries.filter((entry) => entry["grantId"] === grant["id"]);
  const parts = PARTS.map((part) => amount(grant, part));
  const open = add(amount(grant, "remaining"), amount(grant, "held"));
  const broken: string[] = [];
  if (parts.some(isNegative)) broken.push("1: a negative part");
  if (compare(sum(parts), amount(grant, "amount")) !== 0) broken.push("1: parts do not add up");
  if (compare(sum(own.map((entry) => amount(entry, "amount"))), open) !== 0) broken.push("2: entries");
  const deferred = moneyOf(grant, "deferred");
  const recognised = moneyOf(grant, "recognised");
  const costs = sum(own.map((entry) => moneyOf(entry, "cost")));
  const recognising = own.slice(1).filter((entry) => RECOGNISING.includes(show(entry["type"])));
  if (compare(costs, deferred) !== 0) broken.push("4: deferred is not what the entries say");
  if (compare(negate(sum(recognising.map((entry) => moneyOf(entry, "cost")))), recognised) !== 0) {
    broken.push("4: recognised is not what the entries say");
  }
  if ([deferred, recognised].some(isNegative)) broken.push("4: negative money");
  if (isZero(open) && !isZero(deferred)) broken.push("4: nothing open, something deferred");
  return broken.map((what) => `${show(grant["id"])}: ${what}`);
}

function brokenEntries(entries: readonly PlainRecord[]): string[] {
  let balance = ZERO;
  return entries.flatMap((entry, index) => {
    if (entry["account"] !== "overage") balance = add(balance, amount(entry, "amount"));
    const before = entries[index - 1];
    const broken: string[] = [];
    if (compare(balance, amount(entry, "balanceAfter")) !== 0) broken.push(`2: balance after ${index + 1}`);
    if (entry["seq"] !== index + 1) broken.push(`6: number ${show(entry["seq"])}`);
    if (Number(before?.["recordedAt"] ?? Number.MIN_SAFE_INTEGER) > Number(entry["recordedAt"]))
      broken.push(`6: ${index + 1} goes back`);
    return broken;
  });
}

function mayPay({ features }: PlainRecord, feature: Plain): boolean {
  return !Array.isArray(features) || features.some((one) => one === feature);
}

/** No debt beside a free credit that may pay it: debts by feature, as the overdraft account's entries name it. */
function brokenDebts(grants: readonly PlainRecord[], entries: readonly PlainRecord[]): string[] {
  const debts = entries.filter((entry) => entry["account"] === "overdraft");
  const features = [...new Set(debts.map((entry) => entry["feature"]))];
  const owing = features.filter((feature) => {
    const own = debts.filter((entry) => entry["feature"] === feature);
    return isNegative(sum(own.map((entry) => amount(entry, "amount"))));
  });
  const free = grants.filter(
    (grant) => grant["status"] === "active" && isPositive(amount(grant, "remaining")),
  );
  return owing
    .filter((feature) => free.some((grant) => mayPay(grant, feature)))
    .map((feature) => `3: a debt of ${show(feature)} beside a free credit`);
}

export function brokenBooks({ balance, grants, entries }: Books): string[] {
  const open = sum(grants.map((grant) => add(amount(grant, "remaining"), amount(grant, "held"))));
  const last = entries.at(-1);
  const overdraft = entries.filter((entry) => entry["account"] === "overdraft");
  const owed = negate(sum(overdraft.map((entry) => amount(entry, "amount"))));
  const broken: string[] = [];
  if (compare(owed, amount(balance, "overdraft")) !== 0) broken.push("2: overdraft");
  if (compare(subtract(open, owed), amount(balance, "balance")) !== 0) broken.push("2: balance");
  if (last !== undefined && compare(amount(last, "balanceAfter"), amount(balance, "balance")) !== 0) {
    broken.push("2: the last balance");
  }
  return [
    ...broken,
    ...grants.flatMap((grant) => brokenGrant(grant, entries)),
    ...brokenEntries(entries),
    ...brokenDebts(grants, entries),
  ];
}

/** price = drawn + overdraft + overage + shortfall. */
export function brokenWithdrawal(result: PlainRecord): string[] {
  const draws = Array.isArray(result["draws"]) ? result["draws"] : [];
  const drawn = sum(draws.map((draw) => amount(draw as PlainRecord, "amount")));
  const paid = add(drawn, add(amount(result, "overdraft"), amount(result, "overage")));
  const broken: string[] = [];
  if (compare(paid, amount(result, "amount")) !== 0) broken.push("5: amount");
  if (compare(add(paid, amount(result, "shortfall")), amount(result, "price")) !== 0) broken.push("5: price");
  return broken;
}
