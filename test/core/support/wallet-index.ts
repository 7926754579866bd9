import { type Duration, subtractDuration } from "../../../src/core/calendar.js";
import type { BurnOrder } from "../../../src/core/burn-order.js";
import type { Entry } from "../../../src/core/entry.js";
import type { Grant } from "../../../src/core/grant.js";
import type { OveragePeriod, Reservation, WithdrawalRecord } from "../../../src/core/records.js";
import { type Schedule, nextRefillAt, refillKey } from "../../../src/core/schedule.js";
import type { Wallet } from "../../../src/core/wallet.js";

interface Stored {
  readonly grants: ReadonlyMap<string, Grant>;
  readonly reservations: ReadonlyMap<string, Reservation>;
  readonly withdrawals: ReadonlyMap<string, WithdrawalRecord>;
  readonly schedules: ReadonlyMap<string, Schedule>;
  readonly overage: ReadonlyMap<number, OveragePeriod & { readonly open: boolean }>;
  readonly ledger: readonly Entry[];
}

type Index = Readonly<Record<string, unknown>>;

/** The sums and orders that a wallet keeps beside its grants, as text. */
export function indexOf(wallet: Wallet): Index {
  const { headroomHeld } = wallet;
  return {
    seq: wallet.seq,
    available: String(wallet.available),
    held: String(wallet.held),
    scheduled: String(wallet.scheduled),
    liveOpen: String(wallet.liveOpen),
    lapsedAt: wallet.lapsedAt,
    open: [...wallet.openGrants.keys()],
    pools: [...wallet.pools.values()].map(({ features, free, inBurnOrder, byEffectiveAt }) => ({
      features,
      free: String(free),
      inBurnOrder: [...inBurnOrder.values()],
      latestFirst: [...byEffectiveAt.values()],
    })),
    expiredOpen: [...wallet.expiredOpen.keys()],
    due: [...wallet.due.keys()].map(({ at, rank, id }) => [at, rank, id]),
    reservations: [...wallet.reservations.keys()],
    schedules: [...wallet.schedules.keys()],
    headroomHeld: [String(headroomHeld.overdraft), String(headroomHeld.overage)],
    debts: [...wallet.debts.keys()].map((feature) => [
      feature,
      [...(wallet.debts.get(feature)?.values() ?? [])].map(({ seq, owed, withdrawalId }) => [
        seq,
        String(owed),
        withdrawalId,
      ]),
    ]),
    owing: [...wallet.owingWithdrawals.keys()],
    overagePeriod: wallet.overagePeriod?.startsAt ?? null,
  };
}

/** The same from scratch, of what is stored. */
export function expectedIndex(
  stored: Stored,
  now: number,
  { burnOrder }: { readonly burnOrder: BurnOrder },
  leads: readonly Duration[],
): Index {
  const grants = [...stored.grants.values()];
  const open = grants.filter((grant) => openOf(grant) > 0n);
  const live = open.filter((grant) => phaseOf(grant, now) === "live");
  const holding = [...stored.reservations.values()].filter(({ state }) => state === "held");
  const schedules = [...stored.schedules.values()].filter(({ hasEnded }) => !hasEnded);
  const lapses = stored.ledger.filter(({ type, amount }) => type === "expired" && amount < 0n);
  return {
    seq: stored.ledger.length,
    available: total(live.map((grant) => grant.remaining)),
    held: total(grants.map((grant) => grant.held)),
    scheduled: total(open.filter((grant) => phaseOf(grant, now) === "scheduled").map(openOf)),
    liveOpen: total(live.map(openOf)),
    lapsedAt: lapses.at(-1)?.recordedAt ?? null,
    open: open.map(({ id }) => id).sort(),
    pools: poolsOf(live, burnOrder),
    expiredOpen: open.flatMap((grant) => (phaseOf(grant, now) === "expired" ? [grant.id] : [])).sort(),
    due: dueOf(open, holding, schedules, { now, burnOrder, leads }),
    reservations: holding.map(({ id }) => id).sort(),
    schedules: schedules.map(({ id }) => id).sort(),
    headroomHeld: [
      total(holding.flatMap(({ headroom }) => (headroom.price === null ? [headroom.amount] : []))),
      total(holding.flatMap(({ headroom }) => (headroom.price === null ? [] : [headroom.amount]))),
    ],
    debts: debtsOf([...stored.withdrawals.values()]),
    owing: [...stored.withdrawals.values()]
      .filter(({ debts }) => debts.some(({ owed }) => owed > 0n))
      .map(({ id }) => id)
      .sort(),
    overagePeriod: [...stored.overage.values()].find((period) => period.open)?.startsAt ?? null,
  };
}

function openOf({ remaining, held }: Grant): bigint {
  return remaining + held;
}

function phaseOf({ effectiveAt, expiresAt, voidedAt }: Grant, now: number): string {
  if (voidedAt !== null) return "voided";
  if (expiresAt !== null && now >= expiresAt) return "expired";
  return now >= effectiveAt ? "live" : "scheduled";
}

function sinceOf({ recurrence, effectiveAt }: Grant): number {
  return recurrence?.aliveSince ?? effectiveAt;
}

function total(amounts: readonly bigint[]): string {
  return String(amounts.reduce((a, b) => a + b, 0n));
}

function poolsOf(live: readonly Grant[], burnOrder: BurnOrder): unknown {
  const keyOf = ({ features }: Grant) => (features === null ? "" : JSON.stringify(features));
  const free = live.filter(({ remaining }) => remaining > 0n);
  return [...new Set(free.map(keyOf))].sort().map((key) => {
    const members = free.filter((grant) => keyOf(grant) === key);
    return {
      features: members[0]?.features,
      free: total(members.map(({ remaining }) => remaining)),
      inBurnOrder: [...members].sort(burnOrder).map(({ id }) => id),
      latestFirst: [...members]
        .sort((a, b) => sinceOf(b) - sinceOf(a) || (a.id < b.id ? -1 : 1))
        .map(({ id }) => id),
    };
  });
}

/** Timeouts, rollovers, expiries, ends of schedules, refills, activations, notices; within a kind burn order, then id. */
function dueOf(
  open: readonly Grant[],
  holding: readonly Reservation[],
  schedules: readonly Schedule[],
  {
    now,
    burnOrder,
    leads,
  }: { readonly now: number; readonly burnOrder: BurnOrder; readonly leads: readonly Duration[] },
): unknown {
  const byId = (a: { readonly id: string }, b: { readonly id: string }) => (a.id < b.id ? -1 : 1);
  const timeouts = [...holding].sort(byId).map(({ id, expiresAt }) => [expiresAt, 0, id] as const);
  const inOrder = [...open].sort(burnOrder);
  const expiries = inOrder.flatMap((grant) =>
    phaseOf(grant, now) === "live" && grant.expiresAt !== null
      ? [[grant.expiresAt, grant.recurrence?.rolled === null ? 1 : 2, grant.id] as const]
      : [],
  );
  const ends = [...schedules]
    .sort(byId)
    .flatMap(({ endsAt, id }) => (endsAt === null ? [] : [[endsAt, 3, id] as const]));
  const refills = schedules
    .flatMap((schedule) => {
      const at = nextRefillAt(schedule);
      return at === null ? [] : [{ at, id: schedule.id, key: refillKey(schedule, at) }];
    })
    .sort((a, b) => burnOrder(a.key, b.key))
    .map(({ at, id }) => [at, 4, id] as const);
  const activations = inOrder.flatMap((grant) =>
    phaseOf(grant, now) === "scheduled" ? [[grant.effectiveAt, 5, grant.id] as const] : [],
  );
  const notices = inOrder.flatMap((grant) => {
    const { expiresAt, createdAt, effectiveAt, noticedAt, id } = grant;
    if (phaseOf(grant, now) !== "live" || expiresAt === null) return [];
    const ahead = leads
      .map((lead) => subtractDuration(expiresAt, lead))
      .filter((at) => at > createdAt && at > effectiveAt && (noticedAt === null || at > noticedAt));
    return ahead.length === 0 ? [] : [[Math.min(...ahead), 6, id] as const];
  });
  return [...timeouts, ...expiries, ...ends, ...refills, ...activations, ...notices].sort(
    (a, b) => a[0] - b[0] || a[1] - b[1],
  );
}

function debtsOf(withdrawals: readonly WithdrawalRecord[]): unknown {
  const debts = withdrawals.flatMap(({ id, debts }) =>
    debts.flatMap(({ seq, feature, owed }) => (owed > 0n ? [{ seq, feature: feature ?? "", owed, id }] : [])),
  );
  debts.sort((a, b) => a.seq - b.seq);
  return [...new Set(debts.map(({ feature }) => feature))]
    .sort()
    .map((name) => [
      name,
      debts.filter(({ feature }) => feature === name).map(({ seq, owed, id }) => [seq, String(owed), id]),
    ]);
}
