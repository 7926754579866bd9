import { minimum } from "./amounts.js";

/** What one line wants, and the features restrictions must allow for it. */
export interface Demand {
  readonly feature: string | null;
  readonly amount: bigint;
}

/** Free credits under one restriction. */
export interface Supply {
  readonly features: readonly string[] | null;
  readonly free: bigint;
}

/**
 * The most that all lines together can be paid from the supplies: a maximum flow from lines to restrictions, found by
 * augmenting paths (Ford and Fulkerson 1956; breadth first after Edmonds and Karp 1972). Lines and restrictions are few.
 */
export function mostPayable(
  demands: readonly Demand[],
  supplies: readonly Supply[],
  mayPay: (features: readonly string[] | null, feature: string | null) => boolean,
): bigint {
  const wanting = demands.map((demand) => demand.amount);
  const free = supplies.map((supply) => supply.free);
  const pays = demands.map(({ feature }) => supplies.map(({ features }) => mayPay(features, feature)));
  const flows = demands.map(() => supplies.map(() => 0n));
  let total = 0n;
  for (;;) {
    const path = augmentingPath(wanting, free, pays, flows);
    if (path === undefined) return total;
    total += augment(path, wanting, free, flows);
  }
}

/** Lines and supplies in turn: first a line that wants, last a supply that has. */
type Path = readonly { readonly line: number; readonly supply: number }[];

function augmentingPath(
  wanting: readonly bigint[],
  free: readonly bigint[],
  pays: readonly (readonly boolean[])[],
  flows: readonly (readonly bigint[])[],
): Path | undefined {
  const reached = new Set<number>();
  let paths = wanting.flatMap((amount, line) => (amount > 0n ? [{ line, steps: [] as Path }] : []));
  const lines = new Set(paths.map((path) => path.line));
  while (paths.length > 0) {
    const next: typeof paths = [];
    for (const { line, steps } of paths)
      for (const [supply, may] of (pays[line] ?? []).entries()) {
        if (!may || reached.has(supply)) continue;
        reached.add(supply);
        const path = [...steps, { line, supply }];
        if ((free[supply] ?? 0n) > 0n) return path;
        for (const other of takersOf(supply, flows).filter((taker) => !lines.has(taker))) {
          lines.add(other);
          next.push({ line: other, steps: path });
        }
      }
    paths = next;
  }
  return undefined;
}

/** Lines that already take from a supply: one of them may take elsewhere instead. */
function takersOf(supply: number, flows: readonly (readonly bigint[])[]): readonly number[] {
  return [...flows.keys()].filter((line) => (flows[line]?.[supply] ?? 0n) > 0n);
}

function augment(path: Path, wanting: bigint[], free: bigint[], flows: bigint[][]): bigint {
  const [first] = path;
  const last = path.at(-1);
  if (first === undefined || last === undefined) return 0n;
  let amount = minimum(wanting[first.line] ?? 0n, free[last.supply] ?? 0n);
  for (const [index, { supply }] of path.entries()) {
    const taker = path[index + 1];
    if (taker !== undefined) amount = minimum(amount, flows[taker.line]?.[supply] ?? 0n);
  }
  for (const [index, { line, supply }] of path.entries()) {
    addTo(flows[line], supply, amount);
    const taker = path[index + 1];
    if (taker !== undefined) addTo(flows[taker.line], supply, -amount);
  }
  addTo(wanting, first.line, -amount);
  addTo(free, last.supply, -amount);
  return amount;
}

function addTo(values: bigint[] | undefined, index: number, amount: bigint): void {
  if (values !== undefined) values[index] = (values[index] ?? 0n) + amount;
}
