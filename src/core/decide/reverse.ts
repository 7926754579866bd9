import { formatScaled, minimum, sum } from "../amounts.js";
import { countBack } from "../budget.js";
import { quarterHourOf } from "../calendar.js";
import type { Draft } from "../draft.js";
import type { Entry } from "../entry.js";
import { CreditError, invalidInput } from "../errors.js";
import { type Grant, returningMoney } from "../grant.js";
import { loseIfEnded } from "../endings.js";
import { bringBack, grantOf, takeOut } from "../movements.js";
import { addGrant } from "../new-grant.js";
import { addOverage } from "../past-zero.js";
import type { ReverseRequest } from "../requests.js";
import type { DrawResult, ReversalResult } from "../results.js";
import { settle } from "../settle.js";
import { chartGroup } from "../usage.js";

/** One part of a withdrawal that can come back: its entry, and how much of it is left. */
interface Reversible {
  readonly seq: number;
  /** The entry that used the credits: of a settlement, that of the debt. */
  readonly usedBy: number;
  readonly left: bigint;
  readonly amount: bigint;
  readonly feature: string | null;
  readonly dimensions: string | null;
  /** Where it was counted, unless the catalog's charted dimensions have changed since. */
  readonly group: string;
  readonly money: bigint;
  readonly back: bigint;
}

interface Parts {
  /** When it was used: what comes back is counted off there. */
  readonly occurredAt: number;
  readonly overages: readonly (Reversible & { readonly entry: Entry })[];
  readonly debts: readonly Reversible[];
  readonly draws: readonly (Reversible & { readonly grantId: string })[];
}

/** Takes back a withdrawal, wholly or partly: overage first, then open debt, then draws and settlements, last first. */
export function reverse(draft: Draft, request: ReverseRequest): ReversalResult {
  const regrantUntil = request.regrant?.expiresAt ?? null;
  if (regrantUntil !== null && regrantUntil <= draft.now)
    throw invalidInput("`regrant.expiresAt` must be in the future.", { field: "regrant.expiresAt" });
  const parts = partsOf(draft, request.withdrawalId);
  const left = sum([...parts.overages, ...parts.debts, ...parts.draws].map((part) => part.left));
  const amount = request.amount ?? left;
  if (amount > left) throw tooMuch(draft, amount, left);
  const overages = shareAmong(parts.overages, amount);
  const overage = sum(overages.map((share) => share.amount));
  const debts = shareAmong(parts.debts, amount - overage);
  const overdraft = sum(debts.map((share) => share.amount));
  const draws = shareAmong(parts.draws, amount - overage - overdraft);
  for (const share of overages) reverseOverage(draft, request.withdrawalId, share.part, share.amount);
  for (const share of debts) forgive(draft, request.withdrawalId, share.part, share.amount);
  const returned = draws.map((share) => returnDraw(draft, request, share.part, share.amount));
  const occurredAt = quarterHourOf(parts.occurredAt);
  for (const { part, amount: back } of [...overages, ...debts, ...draws]) {
    countBack(draft, part, parts.occurredAt, back);
    draft.count({
      at: occurredAt,
      feature: part.feature ?? "",
      group: part.group,
      quantity: 0n,
      amount: -back,
      count: 0,
    });
  }
  const id = draft.settledOperationId;
  const grants = returned.flatMap(({ regranted }) => (regranted === null ? [] : [regranted.id]));
  settle(draft);
  return {
    kind: "reversal",
    id,
    withdrawalId: request.withdrawalId,
    amount,
    overage,
    overdraft,
    returns: returned.map(({ result }) => result),
    grants: grants.map((id) => grantOf(draft, id)),
    available: draft.wallet.available,
  };
}

function tooMuch(draft: Draft, amount: bigint, left: bigint): CreditError {
  const { scale } = draft.terms.currency;
  return invalidInput(
    `\`amount\` is ${formatScaled(amount, scale)}, but only ${formatScaled(left, scale)} of this withdrawal are left to reverse.`,
    { field: "amount", left: formatScaled(left, scale) },
  );
}

/** What can come back of a withdrawal, last first in each group. */
function partsOf(draft: Draft, withdrawalId: string): Parts {
  const entries = (draft.known.operations.get(withdrawalId) ?? []).filter(isUse);
  if (entries.length === 0) throw notFound(draft, withdrawalId);
  const record = draft.withdrawalRecord(withdrawalId);
  /** By the entry that used the credits; a settlement pays for what an overdraft entry used. */
  const dimensionsAt = (seq: number) => entries.find((entry) => entry.seq === seq)?.dimensions ?? null;
  const groupOf = (dimensions: string | null) => chartGroup(draft.terms.currency, dimensions);
  const reversible = (fact: {
    seq: number;
    debtSeq?: number;
    amount: bigint;
    feature: string | null;
    money: bigint | null;
  }) => {
    const amount = fact.amount < 0n ? -fact.amount : fact.amount;
    const money = fact.money === null ? 0n : fact.money < 0n ? -fact.money : fact.money;
    const back = record.back[fact.seq] ?? 0n;
    const usedBy = fact.debtSeq ?? fact.seq;
    const dimensions = dimensionsAt(usedBy);
    const group = groupOf(dimensions);
    return {
      seq: fact.seq,
      usedBy,
      left: amount - back,
      amount,
      feature: fact.feature,
      dimensions,
      group,
      money,
      back,
    };
  };
  const draws = [
    ...entries.filter((entry) => entry.type === "consumed" && entry.grantId !== null),
    ...record.settlements,
  ].map((fact) => ({ ...reversible(fact), grantId: fact.grantId ?? "" }));
  return {
    occurredAt: entries[0]?.occurredAt ?? draft.now,
    overages: lastFirst(
      entries.filter((entry) => entry.type === "overage").map((entry) => ({ ...reversible(entry), entry })),
    ),
    debts: lastFirst(
      record.debts.map(({ seq, feature, owed }) => ({
        seq,
        usedBy: seq,
        left: owed,
        amount: owed,
        feature,
        dimensions: dimensionsAt(seq),
        group: groupOf(dimensionsAt(seq)),
        money: 0n,
        back: 0n,
      })),
    ),
    draws: lastFirst(draws),
  };
}

function notFound(draft: Draft, localId: string): CreditError {
  const withdrawalId = draft.terms.publicId("wd", localId);
  return new CreditError(
    "withdrawal_not_found",
    `There is no withdrawal "${withdrawalId}" in this wallet. Pass the \`id\` that withdraw or capture returned.`,
    { withdrawalId },
  );
}

function isUse({ type }: Entry): boolean {
  return type === "consumed" || type === "overdraft" || type === "overage";
}

function lastFirst<Part extends { readonly seq: number }>(parts: readonly Part[]): readonly Part[] {
  return [...parts].sort((a, b) => b.seq - a.seq);
}

function shareAmong<Part extends Reversible>(
  parts: readonly Part[],
  amount: bigint,
): readonly { readonly part: Part; readonly amount: bigint }[] {
  let left = amount;
  return parts.flatMap((part) => {
    const share = minimum(part.left, left);
    left -= share;
    return share > 0n ? [{ part, amount: share }] : [];
  });
}

function reverseOverage(
  draft: Draft,
  withdrawalId: string,
  part: Parts["overages"][number],
  amount: bigint,
): void {
  const { entry } = part;
  const money = returningMoney(part.money, part.amount, part.back, amount);
  if (entry.price !== null) addOverage(draft, entry.price, -amount, -money);
  draft.post({
    type: "reversed",
    account: "overage",
    amount,
    feature: entry.feature,
    money,
    moneyCurrency: entry.moneyCurrency,
    price: entry.price,
  });
  markBack(draft, withdrawalId, part.seq, amount);
}

function forgive(draft: Draft, withdrawalId: string, part: Reversible, amount: bigint): void {
  draft.post({ type: "reversed", account: "overdraft", amount, feature: part.feature });
  const record = draft.withdrawalRecord(withdrawalId);
  draft.setWithdrawalRecord({
    ...record,
    debts: record.debts.map((debt) => (debt.seq === part.seq ? { ...debt, owed: debt.owed - amount } : debt)),
  });
}

function markBack(draft: Draft, withdrawalId: string, seq: number, amount: bigint): void {
  const record = draft.withdrawalRecord(withdrawalId);
  const back = { ...record.back, [seq]: (record.back[seq] ?? 0n) + amount };
  draft.setWithdrawalRecord({ ...record, back });
}

function returnDraw(
  draft: Draft,
  { withdrawalId, regrant }: ReverseRequest,
  part: Parts["draws"][number],
  amount: bigint,
): { readonly result: DrawResult; readonly regranted: Grant | null } {
  const money = returningMoney(part.money, part.amount, part.back, amount);
  const { feature, grantId } = part;
  const entry = bringBack(draft, grantId, amount, money, {
    type: "reversed",
    departure: "consumed",
    details: { feature },
  });
  markBack(draft, withdrawalId, part.seq, amount);
  const { phase } = grantOf(draft, grantId);
  const ended = phase === "expired" || phase === "voided";
  const regranted = ended && regrant !== null ? regrantTo(draft, grantId, amount, regrant.expiresAt) : null;
  loseIfEnded(draft, grantId);
  const { money: returned, moneyCurrency } = entry;
  return { result: { grantId, feature, amount, money: returned, moneyCurrency }, regranted };
}

/** Credits of a grant that has ended live on in a new one, with their money. */
function regrantTo(draft: Draft, grantId: string, amount: bigint, expiresAt: number | null): Grant {
  const { category, cost, priority, features, displayName, metadata } = grantOf(draft, grantId);
  const entry = takeOut(draft, grantId, amount, { type: "transferred_out", departure: "moved" });
  const money = entry.money === null ? 0n : -entry.money;
  return addGrant(
    draft,
    {
      amount,
      category,
      cost: cost === null ? null : { total: money, currency: cost.currency },
      source: "regrant",
      priority,
      effectiveAt: draft.now,
      expiresAt,
      features,
      displayName,
      metadata,
      originGrantId: draft.terms.publicId("gr", grantId),
    },
    "transferred_in",
  );
}
