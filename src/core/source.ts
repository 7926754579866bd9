import type { BurnOrder } from "./burn-order.js";
import type { Draft } from "./draft.js";
import { type Grant, aliveSince } from "./grant.js";
import { grantOf } from "./movements.js";
import type { Supply } from "./most-payable.js";
import type { Pin } from "./records.js";
import { sum } from "./amounts.js";
import { type Pool, mayPay, restrictionKey } from "./wallet.js";

/** A grant and what may be drawn of it. */
export interface Candidate {
  readonly grant: Grant;
  readonly amount: bigint;
}

/** Where a draw may take credits from: totals by restriction, and candidates in burn order. */
export interface Source {
  readonly supplies: readonly Supply[];
  candidates(feature: string | null): Iterable<Candidate>;
}

/** Free credits of grants that are live now. */
export function liveSource(draft: Draft): Source {
  const pools = [...draft.wallet.pools.values()];
  return {
    supplies: pools,
    candidates: (feature) =>
      inOrder(
        pools.filter((pool) => mayPay(pool.features, feature)).map((pool) => freeOf(draft, pool)),
        draft.terms.currency.burnOrder,
      ),
  };
}

/** Free credits of grants that are live now, whatever they may pay for: what transfers and adjustments take. */
export function everyLiveSource(draft: Draft): Source {
  const pools = [...draft.wallet.pools.values()];
  return {
    supplies: [{ features: null, free: draft.wallet.available }],
    candidates: () =>
      inOrder(
        pools.map((pool) => freeOf(draft, pool)),
        draft.terms.currency.burnOrder,
      ),
  };
}

/** Late use: grants alive at `occurredAt`, with what is free in them or was lost by expiry. */
export function lateSource(draft: Draft, occurredAt: number): Source {
  const pools = [...draft.wallet.pools.values()];
  const lapsed = [...draft.lapsedGrants()].filter((grant) => wasAlive(grant, occurredAt)).map(lostOf);
  return mixedSource(draft, pools, lapsed, (grant) => aliveSince(grant) <= occurredAt, occurredAt);
}

/** A capture after its timeout: grants live now, and what late use at the reserve could draw. */
export function lateCaptureSource(draft: Draft, reservedAt: number): Source {
  const lapsed = [...draft.lapsedGrants()].filter((grant) => wasAlive(grant, reservedAt)).map(lostOf);
  return mixedSource(draft, [...draft.wallet.pools.values()], lapsed, () => true, Number.MAX_SAFE_INTEGER);
}

function mixedSource(
  draft: Draft,
  pools: readonly Pool[],
  lapsed: readonly Candidate[],
  isEligible: (grant: Grant) => boolean,
  effectiveBy: number,
): Source {
  const { burnOrder } = draft.terms.currency;
  const late = lapsed.filter((candidate) => candidate.amount > 0n);
  late.sort((a, b) => burnOrder(a.grant, b.grant));
  return {
    supplies: [
      ...pools.map((pool) => ({ features: pool.features, free: freeAt(draft, pool, effectiveBy) })),
      ...suppliesOf(late),
    ],
    candidates: (feature) =>
      inOrder(
        [
          ...pools
            .filter((pool) => mayPay(pool.features, feature))
            .map((pool) => eligible(freeOf(draft, pool), isEligible)),
          late.filter(({ grant }) => mayPay(grant.features, feature)),
        ],
        burnOrder,
      ),
  };
}

/** Credits pinned by a reservation, as pins of grants in burn order. */
export function pinnedSource(draft: Draft, pins: readonly Pin[]): Source {
  const { burnOrder } = draft.terms.currency;
  const candidates = pins.map(({ grantId, amount }) => ({ grant: grantOf(draft, grantId), amount }));
  candidates.sort((a, b) => burnOrder(a.grant, b.grant));
  return {
    supplies: suppliesOf(candidates),
    candidates: (feature) => candidates.filter(({ grant }) => mayPay(grant.features, feature)),
  };
}

function wasAlive(grant: Grant, instant: number): boolean {
  return (
    aliveSince(grant) <= instant &&
    (grant.expiresAt === null || instant < grant.expiresAt) &&
    grant.voidedAt === null
  );
}

function lostOf(grant: Grant): Candidate {
  return { grant, amount: sum(grant.lapses.map((lapse) => lapse.amount - lapse.back)) };
}

function* freeOf(draft: Draft, pool: Pool): Iterable<Candidate> {
  for (const key of pool.inBurnOrder.keys()) {
    const grant = grantOf(draft, key.id);
    yield { grant, amount: grant.remaining };
  }
}

function freeAt(draft: Draft, pool: Pool, effectiveBy: number): bigint {
  let { free } = pool;
  for (const { effectiveAt, id } of pool.byEffectiveAt.keys()) {
    if (effectiveAt <= effectiveBy) break;
    free -= grantOf(draft, id).remaining;
  }
  return free;
}

function* eligible(
  candidates: Iterable<Candidate>,
  isEligible: (grant: Grant) => boolean,
): Iterable<Candidate> {
  for (const candidate of candidates) if (isEligible(candidate.grant)) yield candidate;
}

function suppliesOf(candidates: readonly Candidate[]): Supply[] {
  const byRestriction = new Map<string, { features: readonly string[] | null; free: bigint }>();
  for (const { grant, amount } of candidates) {
    const key = restrictionKey(grant.features);
    const supply = byRestriction.get(key) ?? { features: grant.features, free: 0n };
    byRestriction.set(key, { ...supply, free: supply.free + amount });
  }
  return [...byRestriction.values()];
}

/** Merges candidates that are in burn order each. */
function inOrder(parts: readonly Iterable<Candidate>[], burnOrder: BurnOrder): Iterable<Candidate> {
  const [only] = parts;
  return only !== undefined && parts.length === 1 ? only : merged(parts, burnOrder);
}

function* merged(parts: readonly Iterable<Candidate>[], burnOrder: BurnOrder): Iterable<Candidate> {
  const heads = parts.map((part) => {
    const iterator = part[Symbol.iterator]();
    return { iterator, current: iterator.next() };
  });
  for (;;) {
    let first: (typeof heads)[number] | undefined;
    for (const head of heads) {
      if (head.current.done === true) continue;
      if (
        first === undefined ||
        first.current.done === true ||
        burnOrder(head.current.value.grant, first.current.value.grant) < 0
      )
        first = head;
    }
    if (first === undefined || first.current.done === true) return;
    yield first.current.value;
    first.current = first.iterator.next();
  }
}
