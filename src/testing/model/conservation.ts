/** The seven conservation laws of the domain, checked from scratch over the data of the model. */
import {
  CONSUMING,
  EXPIRING,
  goneBy,
  heldOf,
  isLive,
  lostOf,
  mayPay,
  moneyGoneBy,
  openDebts,
  openOf,
  owedOf,
  remainingOf,
} from "./accounts.js";
import { formatDecimal } from "./decimal.js";
import {
  type Fraction,
  ZERO,
  compare,
  isNegative,
  isPositive,
  isZero,
  negate,
  subtract,
  sum,
} from "./fraction.js";
import type { EntryType } from "./results.js";
import type { Entry, Grant, State, Wallet } from "./state.js";

const TAKING: readonly (readonly EntryType[])[] = [
  CONSUMING,
  EXPIRING,
  ["voided"],
  ["adjusted"],
  ["refunded"],
  ["transferred_out"],
];

const CREATING: readonly EntryType[] = ["granted", "adjusted", "transferred_in"];

const show = (value: Fraction): string => formatDecimal(value);

/** 1. amount = remaining + held + all that left, none negative; held = its pins (so it is summed). */
function brokenCredits(wallet: Wallet, grant: Grant): string[] {
  const parts = [
    remainingOf(wallet, grant),
    heldOf(wallet, grant),
    ...TAKING.map((types) => goneBy(wallet, grant, types)),
  ];
  const broken: string[] = [];
  if (parts.some(isNegative))
    broken.push(`1: ${grant.id} has a negative part: ${parts.map(show).join(", ")}`);
  if (compare(sum(parts), grant.amount) !== 0) broken.push(`1: ${grant.id} does not add up`);
  return broken;
}

/** 2. Entries sum to open credits and to what is owed; `balanceAfter` is the running sum; each grant is created once. */
function brokenLedger(wallet: Wallet): string[] {
  const broken: string[] = [];
  let balance = ZERO;
  for (const entry of wallet.entries) {
    if (entry.account !== "overage") balance = subtract(balance, negate(entry.amount));
    if (compare(balance, entry.balanceAfter) !== 0) broken.push(`2: balance after ${entry.seq}`);
    if ((entry.account === "grant") !== (entry.grantId !== null) && !isZero(entry.amount)) {
      broken.push(`2: account of ${entry.seq}`);
    }
  }
  const open = sum(wallet.grants.map((grant) => openOf(wallet, grant)));
  const owed = sum(openDebts(wallet).map((debt) => owedOf(wallet, debt)));
  if (compare(balance, subtract(open, owed)) !== 0)
    broken.push("2: balance is not open credits less overdraft");
  for (const grant of wallet.grants) {
    const [first] = wallet.entries.filter((entry) => entry.grantId === grant.id);
    const creates = first !== undefined && CREATING.includes(first.type);
    if (!creates || compare(first.amount, grant.amount) !== 0) broken.push(`2: creation of ${grant.id}`);
  }
  return broken;
}

/** 3. Under hard only held headroom goes past zero; no debt stands beside a free credit that may pay it. */
function brokenDebts(wallet: Wallet, at: number): string[] {
  const pastZero = wallet.entries.filter(
    (entry) => entry.policyMode === "hard" && compare(negate(entry.amount), entry.fromHeadroom) > 0,
  );
  const beside = openDebts(wallet).filter((debt) =>
    wallet.grants.some(
      (grant) => isLive(grant, at) && isPositive(remainingOf(wallet, grant)) && mayPay(grant, debt.feature),
    ),
  );
  return [
    ...pastZero.map((entry) => `3: ${entry.seq} goes past zero under hard`),
    ...beside.map((debt) => `3: debt ${debt.seq} stands beside a free credit`),
  ];
}

/** 4. cost = deferred + recognised + breakage + refunded + moved, none negative; nothing open, nothing deferred. */
function brokenMoney(state: State, wallet: Wallet, grant: Grant): string[] {
  const { cost } = grant;
  if (cost === null) return [];
  const broken: string[] = [];
  const entries = wallet.entries.filter((entry) => entry.grantId === grant.id);
  const deferred = entries.reduce((total, entry) => total + (entry.cost?.minor ?? 0n), 0n);
  const gone = TAKING.map((types) => moneyGoneBy(wallet, grant, types));
  if ([deferred, ...gone].some((minor) => minor < 0n)) broken.push(`4: ${grant.id} has negative money`);
  if (gone.reduce((total, minor) => total + minor, deferred) !== cost.minor) {
    broken.push(`4: the money of ${grant.id} does not add up`);
  }
  if (isZero(openOf(wallet, grant)) && deferred !== 0n) broken.push(`4: ${grant.id} defers money of nothing`);
  const moving = entries.filter((entry) => !isZero(entry.amount));
  if (moving.some((entry) => entry.cost?.currency !== cost.currency)) {
    broken.push(`4: an entry of ${grant.id} without its money`);
  }
  const children = state.wallets.flatMap((each) =>
    each.grants.filter((other) => other.originGrantId === grant.id),
  );
  const received = children.reduce((total, child) => total + (child.cost?.minor ?? 0n), 0n);
  if (received !== moneyGoneBy(wallet, grant, ["transferred_out"]))
    broken.push(`4: money moved from ${grant.id}`);
  return broken;
}

/** 5. price = drawn + overdraft + overage + shortfall; no more reversed than the first three. */
function brokenWithdrawals(wallet: Wallet): string[] {
  return wallet.withdrawals.flatMap((withdrawal) => {
    const own = wallet.entries.filter(
      (entry) => entry.withdrawalId === withdrawal.id && entry.type !== "expiry_reversed",
    );
    const paid = negate(sum(own.map((entry) => entry.amount)));
    const isOwn = (seq: number | null): boolean => own.some((entry) => entry.seq === seq);
    const settled = wallet.entries.filter((entry) => entry.account === "grant" && isOwn(entry.settles));
    const returning = wallet.entries.filter(
      ({ returnsTo }) => isOwn(returnsTo) || settled.some((entry) => entry.seq === returnsTo),
    );
    const reversed = sum(returning.map((entry) => entry.amount));
    const broken: string[] = [];
    if (compare(withdrawal.price, subtract(paid, negate(withdrawal.shortfall))) !== 0) {
      broken.push(`5: the price of ${withdrawal.id}`);
    }
    if (compare(reversed, paid) > 0) broken.push(`5: more than all of ${withdrawal.id} was reversed`);
    return broken;
  });
}

/** 6 and 7. Numbers without a gap, instants that never go back, each entry with its receipt or its due instant. */
function brokenOrder(wallet: Wallet): string[] {
  const operations = wallet.receipts.map((receipt) => receipt.operationId);
  const isExplained = (entry: Entry): boolean =>
    operations.includes(entry.cause.operationId) || entry.cause.operationId === `due:${entry.cause.at}`;
  return wallet.entries.flatMap((entry, index) => {
    const before = wallet.entries[index - 1];
    const broken: string[] = [];
    if (entry.seq !== index + 1) broken.push(`6: number ${entry.seq}`);
    if (before !== undefined && before.cause.at > entry.cause.at) broken.push(`6: ${entry.seq} goes back`);
    if (entry.occurredAt > entry.cause.at) broken.push(`6: ${entry.seq} lies ahead`);
    if (!isExplained(entry)) broken.push(`7: ${entry.seq} has neither receipt nor due instant`);
    return broken;
  });
}

function brokenSigns(wallet: Wallet): string[] {
  const owed = openDebts(wallet).map((debt) => owedOf(wallet, debt));
  const lost = wallet.grants.map((grant) => lostOf(wallet, grant));
  return [...owed, ...lost].some(isNegative) ? ["1: a negative debt or loss"] : [];
}

/** What is wrong with the books, law by law; nothing if all is well. */
export function checkConservation(state: State): string[] {
  return state.wallets.flatMap((wallet) =>
    [
      ...wallet.grants.flatMap((grant) => brokenCredits(wallet, grant)),
      ...brokenLedger(wallet),
      ...brokenDebts(wallet, wallet.clock),
      ...wallet.grants.flatMap((grant) => brokenMoney(state, wallet, grant)),
      ...brokenWithdrawals(wallet),
      ...brokenOrder(wallet),
      ...brokenSigns(wallet),
    ].map((broken) => `${wallet.customerId}/${wallet.scope}/${wallet.currency}: ${broken}`),
  );
}
