import { broughtBack, owedOf, returnedTo } from "./accounts.js";
import { settleDebts } from "./debts.js";
import { formatDecimal } from "./decimal.js";
import { type Fraction, compare, isPositive, least, negate, subtract, sum } from "./fraction.js";
import { openGrant, parsePositive } from "./grant.js";
import { isClosed, loseFree, take } from "./losses.js";
import { demand, refuse } from "./refusal.js";
import type { ReverseRequest } from "./requests.js";
import type { EntryType, ModelReversal } from "./results.js";
import {
  type Cause,
  type Entry,
  type Grant,
  type State,
  type Wallet,
  type Withdrawal,
  book,
  grantIn,
} from "./state.js";
import { availableIn, grantView, movedView } from "./views.js";

/** An entry of a withdrawal to which credits can return, with how many. */
interface Returnable {
  readonly entry: Entry;
  readonly left: Fraction;
}

function lastFirst(entries: readonly Entry[]): Entry[] {
  return [...entries].sort((a, b) => b.seq - a.seq);
}

/** In the order of return: overage, then open debts, then draws and settlements; each last first. */
function returnables(wallet: Wallet, withdrawal: Withdrawal): Returnable[] {
  const own = wallet.entries.filter((entry) => entry.withdrawalId === withdrawal.id);
  const debts = own.filter((entry) => entry.type === "overdraft");
  const settlements = wallet.entries.filter(
    (entry) => entry.account === "grant" && debts.some((debt) => debt.seq === entry.settles),
  );
  const left = (entry: Entry): Fraction => subtract(negate(entry.amount), returnedTo(wallet, entry));
  const all = [
    ...lastFirst(own.filter((entry) => entry.type === "overage")).map((entry) => ({
      entry,
      left: left(entry),
    })),
    ...lastFirst(debts).map((entry) => ({ entry, left: owedOf(wallet, entry) })),
    ...lastFirst([...own.filter((entry) => entry.type === "consumed"), ...settlements]).map((entry) => ({
      entry,
      left: left(entry),
    })),
  ];
  return all.filter((returnable) => isPositive(returnable.left));
}

function withdrawalIn(wallet: Wallet, withdrawalId: string): Withdrawal {
  return (
    wallet.withdrawals.find((withdrawal) => withdrawal.id === withdrawalId) ??
    refuse("withdrawal_not_found", `No withdrawal ${withdrawalId}.`)
  );
}

/** One `reversed` entry, with the money that these credits bring back of their entry's. */
function bookReturn(state: State, wallet: Wallet, cause: Cause, entry: Entry, amount: Fraction): void {
  const { cost, seq: returnsTo, account, feature, grantId, price } = entry;
  const minor =
    cost === null ? 0n : broughtBack(-cost.minor, negate(entry.amount), returnedTo(wallet, entry), amount);
  book(state, wallet, cause, {
    type: "reversed",
    account,
    amount,
    grantId,
    feature,
    returnsTo,
    price,
    cost: cost === null ? null : { minor, currency: cost.currency },
  });
}

/** Moves what has returned to a closed grant, with its money, to a new one alike. */
function regrant(
  state: State,
  wallet: Wallet,
  cause: Cause,
  origin: Grant,
  amount: Fraction,
  expiresAt: number | null,
): Grant {
  const cost = take(state, wallet, cause, origin, amount, { type: "transferred_out" });
  const terms = {
    amount,
    cost,
    category: origin.category,
    source: "regrant",
    priority: origin.priority,
    effectiveAt: cause.at,
    expiresAt,
    features: origin.features,
    displayName: origin.displayName,
    originGrantId: origin.id,
  };
  return openGrant(state, wallet, cause, terms, "transferred_in");
}

export function reverse(state: State, wallet: Wallet, cause: Cause, request: ReverseRequest): ModelReversal {
  const withdrawal = withdrawalIn(wallet, request.withdrawalId);
  const wanted = request.amount === undefined ? null : parsePositive(state, wallet, request.amount);
  const { regrant: wish = false } = request;
  const expiresAt = typeof wish === "object" ? (wish.expiresAt ?? null) : null;
  demand(expiresAt === null || expiresAt > cause.at, "The new grant would never live.");

  const all = returnables(wallet, withdrawal);
  const left = sum(all.map((returnable) => returnable.left));
  const amount = wanted ?? left;
  demand(compare(amount, left) <= 0, "More than what is left of the withdrawal.");

  const made: Grant[] = [];
  const taken: { entry: Entry; amount: Fraction }[] = [];
  let rest = amount;
  for (const { entry, left: most } of all) {
    const part = least(rest, most);
    if (!isPositive(part)) break;
    rest = subtract(rest, part);
    taken.push({ entry, amount: part });
    bookReturn(state, wallet, cause, entry, part);
    if (entry.grantId === null) continue;
    const grant = grantIn(wallet, entry.grantId);
    if (!isClosed(grant, cause.at)) continue;
    if (wish === false) loseFree(state, wallet, cause, grant);
    else made.push(regrant(state, wallet, cause, grant, part, expiresAt));
  }
  settleDebts(state, wallet, cause);
  const returned = (type: EntryType): string =>
    formatDecimal(sum(taken.filter((part) => part.entry.type === type).map((part) => part.amount)));
  return {
    withdrawalId: withdrawal.id,
    amount: formatDecimal(amount),
    overage: returned("overage"),
    overdraft: returned("overdraft"),
    returns: movedView(wallet, cause, "reversed"),
    grants: made.map((grant) => grantView(wallet, grant, cause.at)),
    available: formatDecimal(availableIn(wallet, cause.at)),
  };
}
