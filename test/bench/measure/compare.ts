import { type Round, perSecond } from "./drive.js";
import { quantile } from "./statistics.js";

/** One way to do the same work. */
export interface Contender {
  readonly name: string;
  /** One round. What it prepares before is not timed. */
  readonly round: () => Promise<Round>;
  /** Throws where what was written breaks an invariant: a figure without its check does not count. */
  readonly check: () => Promise<void>;
}

/** All rounds of one contender. */
export interface Figures {
  readonly name: string;
  readonly perSecond: readonly number[];
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
}

/** One for each contender, in their order. */
export type FiguresOf<Contenders extends readonly unknown[]> = {
  readonly [Index in keyof Contenders]: Figures;
};

/**
 * Rounds go through the contenders in turn, so that whatever else the machine does meets all of them alike. The first
 * round of each warms up and does not count.
 */
export async function compare<const Contenders extends readonly Contender[]>(
  contenders: Contenders,
  rounds: number,
): Promise<FiguresOf<Contenders>> {
  const all = contenders.map((): Round[] => []);
  for (let round = 0; round <= rounds; round++)
    for (const [index, contender] of contenders.entries()) {
      const measured = await contender.round();
      await contender.check();
      if (round > 0) all[index]?.push(measured);
    }
  // The map of a tuple is as long as the tuple.
  return contenders.map(({ name }, index) =>
    figuresOf(name, all[index] ?? []),
  ) as unknown as FiguresOf<Contenders>;
}

function figuresOf(name: string, rounds: readonly Round[]): Figures {
  const latencies = rounds.flatMap(({ latenciesMs }) => latenciesMs);
  return {
    name,
    perSecond: rounds.map(perSecond),
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    p999Ms: quantile(latencies, 0.999),
  };
}
