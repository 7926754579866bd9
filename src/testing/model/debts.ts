import { isLive, mayPay, openDebts, owedOf, remainingOf, shareOf } from "./accounts.js";
import { inBurnOrder } from "./burnOrder.js";
import { isPositive, least, negate } from "./fraction.js";
import { type Cause, type Entry, type Grant, type State, type Wallet, book } from "./state.js";

interface Meeting {
  readonly debt: Entry;
  readonly grant: Grant;
}

/** The oldest debt that some free live credit may pay, and the first grant in burn order that may. */
function nextMeeting(state: State, wallet: Wallet, at: number): Meeting | undefined {
  const free = inBurnOrder(state, wallet).filter(
    (grant) => isLive(grant, at) && isPositive(remainingOf(wallet, grant)),
  );
  return openDebts(wallet)
    .flatMap((debt) => free.filter((grant) => mayPay(grant, debt.feature)).map((grant) => ({ debt, grant })))
    .at(0);
}

/** Pays every debt that meets a free credit: oldest debt first, in burn order, in two entries each. */
export function settleDebts(state: State, wallet: Wallet, cause: Cause): void {
  for (;;) {
    const meeting = nextMeeting(state, wallet, cause.at);
    if (meeting === undefined) return;
    const { debt, grant } = meeting;
    const amount = least(owedOf(wallet, debt), remainingOf(wallet, grant));
    const share = shareOf(wallet, grant, amount);
    const { feature } = debt;
    book(state, wallet, cause, {
      type: "overdraft_settled",
      account: "grant",
      amount: negate(amount),
      grantId: grant.id,
      cost: share === null ? null : { ...share, minor: -share.minor },
      feature,
      settles: debt.seq,
    });
    book(state, wallet, cause, {
      type: "overdraft_settled",
      account: "overdraft",
      amount,
      feature,
      settles: debt.seq,
    });
  }
}
