import type { Draft } from "./draft.js";
import type { Entry, LedgerEntryType } from "./entry.js";
import { impossible } from "./errors.js";
import { type Departure, type Grant, type Lapse, giveBack, take } from "./grant.js";

/** A movement is a change of one grant and the entry that says so: neither is ever made without the other. */

interface TakeOptions {
  readonly type: LedgerEntryType;
  readonly departure: Departure;
  readonly from?: "remaining" | "held";
  readonly details?: Partial<Entry>;
  /** Of what expires: whether late use may bring it back; default true. */
  readonly mayComeBack?: boolean;
}

export function grantOf(draft: Draft, id: string): Grant {
  const grant = draft.grant(id);
  if (grant === undefined) throw impossible(`grant ${id} is gone`);
  return grant;
}

/** Takes credits out of a grant, with their money. */
export function takeOut(draft: Draft, grantId: string, amount: bigint, options: TakeOptions): Entry {
  const { type, departure, from = "remaining", details, mayComeBack = true } = options;
  const grant = grantOf(draft, grantId);
  const { grant: after, money } = take(grant, amount, departure, from, mayComeBack);
  const lapsed = departure === "expired" && amount > 0n;
  draft.setGrant(lapsed ? { ...after, closedAt: null } : after);
  if (lapsed) draft.wallet = { ...draft.wallet, lapsedAt: draft.now };
  const moneyCurrency = grant.cost?.currency ?? null;
  return draft.post(
    {
      type,
      account: "grant",
      amount: -amount,
      grantId,
      money: money === null ? null : -money,
      moneyCurrency,
    },
    details,
  );
}

/** Gives credits back to a grant they had left, with the money they had taken. */
export function bringBack(
  draft: Draft,
  grantId: string,
  amount: bigint,
  money: bigint,
  options: {
    readonly type: LedgerEntryType;
    readonly departure: Departure;
    readonly details?: Partial<Entry>;
    /** What is left of the grant's lapses where expired credits come back. */
    readonly lapses?: readonly Lapse[];
  },
): Entry {
  const grant = grantOf(draft, grantId);
  const { lapses = grant.lapses } = options;
  draft.setGrant({ ...giveBack(grant, amount, money, options.departure), lapses, closedAt: null });
  return draft.post(
    {
      type: options.type,
      account: "grant",
      amount,
      grantId,
      money: grant.cost === null ? null : money,
      moneyCurrency: grant.cost?.currency ?? null,
    },
    options.details,
  );
}
