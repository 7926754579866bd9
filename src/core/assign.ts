import { minimum } from "./amounts.js";
import type { Grant } from "./grant.js";
import { type Supply, mostPayable } from "./most-payable.js";
import type { Source } from "./source.js";
import { mayPay, restrictionKey } from "./wallet.js";

/** Credits of one grant for one line. */
export interface Draw {
  readonly grantId: string;
  readonly amount: bigint;
}

export interface Wanted {
  readonly feature: string | null;
  readonly amount: bigint;
}

/** What the source can pay of all lines together. */
export function payable(source: Source, wanted: readonly Wanted[]): bigint {
  const [only] = wanted;
  if (only !== undefined && wanted.length === 1) {
    let free = 0n;
    for (const supply of source.supplies) if (mayPay(supply.features, only.feature)) free += supply.free;
    return minimum(free, only.amount);
  }
  return mostPayable(wanted, source.supplies, mayPay);
}

/**
 * Lines draw in the order given, each in burn order. Where that leaves unpaid what another assignment would pay, each
 * draw is cut to what still lets the most be paid in all.
 *
 * @returns the draws of each line.
 */
export function assign(source: Source, wanted: readonly Wanted[]): readonly (readonly Draw[])[] {
  const plain = drawInOrder(source, wanted, null);
  if (wanted.length < 2) return plain;
  const most = payable(source, wanted);
  const drawn = plain.flat().reduce((total, draw) => total + draw.amount, 0n);
  return drawn === most ? plain : drawInOrder(source, wanted, most);
}

function drawInOrder(source: Source, wanted: readonly Wanted[], most: bigint | null): Draw[][] {
  const taken = new Map<string, bigint>();
  const outstanding = wanted.map(({ feature, amount }) => ({ feature, amount }));
  const supplies = source.supplies.map(({ features, free }) => ({ features, free }));
  let toPay = most;
  return outstanding.map((line) => {
    const draws: Draw[] = [];
    if (line.amount === 0n) return draws;
    for (const { grant, amount: offered } of source.candidates(line.feature)) {
      const left = offered - (taken.get(grant.id) ?? 0n);
      const wish = minimum(left, line.amount);
      const amount = toPay === null ? wish : cut(wish, line, grant, outstanding, supplies, toPay);
      if (amount > 0n) {
        draws.push({ grantId: grant.id, amount });
        taken.set(grant.id, (taken.get(grant.id) ?? 0n) + amount);
        line.amount -= amount;
        takeSupply(supplies, grant, amount);
        if (toPay !== null) toPay -= amount;
      }
      if (line.amount === 0n) break;
    }
    return draws;
  });
}

/**
 * The most of `wish` that costs the others nothing. Paid in all after a draw of x is x plus a maximum flow whose demand
 * and supply are both less by x: concave and, past its peak, falling one for one. So the loss of the whole wish is what
 * has to be cut from it.
 */
function cut(
  wish: bigint,
  line: { feature: string | null; amount: bigint },
  grant: Grant,
  outstanding: readonly Wanted[],
  supplies: readonly Supply[],
  toPay: bigint,
): bigint {
  if (wish === 0n) return 0n;
  const key = restrictionKey(grant.features);
  const demands = outstanding.map((other) =>
    other === line ? { ...line, amount: line.amount - wish } : other,
  );
  const rest = lessSupply(supplies, key, wish);
  const loss = toPay - (wish + mostPayable(demands, rest, mayPay));
  return loss > 0n ? wish - loss : wish;
}

function lessSupply(supplies: readonly Supply[], key: string, amount: bigint): Supply[] {
  const rest = supplies.map(({ features, free }) => ({ features, free }));
  takeFrom(rest, key, amount);
  return rest;
}

function takeSupply(
  supplies: { features: readonly string[] | null; free: bigint }[],
  grant: Grant,
  amount: bigint,
): void {
  takeFrom(supplies, restrictionKey(grant.features), amount);
}

/** One restriction may stand twice, for live and for lapsed credits: it is their sum that counts. */
function takeFrom(
  supplies: { features: readonly string[] | null; free: bigint }[],
  key: string,
  amount: bigint,
): void {
  let left = amount;
  for (const supply of supplies) {
    if (restrictionKey(supply.features) !== key) continue;
    const part = minimum(left, supply.free);
    supply.free -= part;
    left -= part;
  }
}
