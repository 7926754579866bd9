import { nextLookAt } from "./auto-period.js";
import { copyOfWallet } from "./copies.js";
import { type AutoTopUp, type TopUp, isUnsettled } from "./top-up.js";
import { DUE_RANK, type Due, type Wallet } from "./wallet.js";

const NOTHING_DUE: readonly Due[] = [];

/** Puts a purchase in its new state into the wallet: it stands there while something of it is unsettled. */
export function withTopUp(wallet: Wallet, after: TopUp): Wallet {
  const before = wallet.topUps.get(after.id);
  let { due } = wallet;
  for (const one of before === undefined ? NOTHING_DUE : dueOfTopUp(before)) due = due.without(one);
  for (const one of dueOfTopUp(after)) due = due.with(one, true);
  const next = copyOfWallet(wallet);
  next.due = due;
  next.topUps = isUnsettled(after) ? wallet.topUps.with(after.id, after) : wallet.topUps.without(after.id);
  return next;
}

function dueOfTopUp(topUp: TopUp): readonly Due[] {
  const { id, checkAt } = topUp;
  if (checkAt === null || !isUnsettled(topUp)) return NOTHING_DUE;
  return [{ at: checkAt, rank: DUE_RANK.topUpCheck, grant: null, id }];
}

export function withAutoTopUp(wallet: Wallet, after: AutoTopUp): Wallet {
  let { due } = wallet;
  for (const one of dueOfAutoTopUp(wallet.autoTopUp)) due = due.without(one);
  for (const one of dueOfAutoTopUp(after)) due = due.with(one, true);
  const next = copyOfWallet(wallet);
  next.due = due;
  next.autoTopUp = after;
  return next;
}

/** It looks at the level again after a failure, and where the period of its caps ends. */
function dueOfAutoTopUp(auto: AutoTopUp | null): readonly Due[] {
  const at = auto === null ? null : nextLookAt(auto);
  return at === null || auto === null
    ? NOTHING_DUE
    : [{ at, rank: DUE_RANK.autoTopUp, grant: null, id: auto.id }];
}
