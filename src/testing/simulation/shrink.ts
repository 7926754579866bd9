import { aFunction, faultIn, objectOf, wholeNumber } from "../options/options.js";
import {
  type SimulationOptions,
  type SimulationReport,
  USUAL_ACTORS,
  USUAL_TROUBLE,
  againOf,
} from "./settings.js";
import { simulate } from "./simulate.js";

/** A run without its store: each time it is played, it needs an empty one. */
export type SimulationRun = Omit<SimulationOptions, "store" | "trace">;

export interface ShrinkSimulationOptions {
  /** Plays a run on an empty store of the kind that failed. Default: `simulate`, in memory. */
  readonly play?: ((run: SimulationRun) => Promise<SimulationReport>) | undefined;
  /** Runs to try at most; default 150. */
  readonly mostRuns?: number | undefined;
}

/** The smallest run that was found to fail, and how it fails. */
export interface ShrunkSimulation {
  readonly run: SimulationRun;
  readonly report: SimulationReport;
}

const MOST_RUNS = 150;
const shrinkOptions = objectOf({ play: aFunction, mostRuns: wholeNumber(1) });

/**
 * Looks for a smaller run that fails too: with fewer steps, fewer kinds of faults, fewer clients, processes and wallets,
 * and then without operations that it does not need. It may end at another defect than it began with.
 *
 * @returns the smallest; `report.again` is the line that plays it.
 * @throws {RangeError} Where the run does not fail, or an option makes no sense.
 * @example
 * ```ts
 * import { memoryStore } from "coffer/memory";
 * import { shrinkSimulation, simulate } from "coffer/testing";
 *
 * const run = { seed: 1, steps: 300 };
 * const play = (smaller: typeof run) => simulate({ ...smaller, store: memoryStore() }); // or a store of your own
 * if ((await play(run)).problems.length > 0) {
 *   const { report } = await shrinkSimulation(run, { play });
 *   throw new Error([...report.problems, report.again].join("\n"));
 * }
 * ```
 */
export async function shrinkSimulation(
  failing: SimulationRun,
  { play = simulate, mostRuns = MOST_RUNS }: ShrinkSimulationOptions = {},
): Promise<ShrunkSimulation> {
  const fault = faultIn({ play, mostRuns }, "", shrinkOptions);
  if (fault !== undefined) throw new RangeError(`shrinkSimulation: ${fault}.`);
  const run = { faults: USUAL_TROUBLE, ...USUAL_ACTORS, ...failing };
  const report = await play(run);
  if (report.problems.length === 0)
    throw new RangeError(`shrinkSimulation: nothing is wrong with this run: ${againOf(failing)}`);
  const search = new Search(run, report, play, mostRuns);
  await search.fewerSteps();
  await search.fewerFaults();
  await search.fewerActors();
  await search.fewerSteps();
  await search.fewerOperations();
  return { run: search.smallest, report: search.report };
}

class Search {
  private runs = 0;

  constructor(
    public smallest: SimulationRun,
    public report: SimulationReport,
    private readonly play: (run: SimulationRun) => Promise<SimulationReport>,
    private readonly mostRuns: number,
  ) {}

  async fewerSteps(): Promise<void> {
    for (let share = 0.5; share < 1; share = (1 + share) / 2) {
      while (await this.try({ steps: Math.floor(this.smallest.steps * share) }));
      if (this.smallest.steps * (1 - share) < 1) return;
    }
  }

  async fewerFaults(): Promise<void> {
    for (const name of Object.keys(this.smallest.faults ?? {})) {
      const faults = Object.entries(this.smallest.faults ?? {}).filter(([each]) => each !== name);
      await this.try({ faults: Object.fromEntries(faults) });
    }
  }

  async fewerActors(): Promise<void> {
    for (const actors of ["clients", "processes", "wallets"] as const)
      for (let count = 1; count < (this.smallest[actors] ?? 0); count++)
        if (await this.try({ [actors]: count })) break;
  }

  /** Delta debugging: halves first, then ever smaller pieces. */
  async fewerOperations(): Promise<void> {
    const { steps } = this.smallest;
    for (let size = Math.ceil(steps / 2); size >= 1; size = Math.floor(size / 2))
      for (let from = 1; from <= steps; from += size) {
        const piece = Array.from({ length: Math.min(size, steps - from + 1) }, (_, index) => from + index);
        const skip = [...new Set([...(this.smallest.skip ?? []), ...piece])];
        if (skip.length > (this.smallest.skip?.length ?? 0)) await this.try({ skip });
      }
  }

  private async try(less: Partial<SimulationRun>): Promise<boolean> {
    const candidate = { ...this.smallest, ...less };
    if (candidate.steps < 1 || this.runs >= this.mostRuns) return false;
    this.runs++;
    const report = await this.play(candidate);
    if (report.problems.length === 0) return false;
    this.smallest = candidate;
    this.report = report;
    return true;
  }
}
