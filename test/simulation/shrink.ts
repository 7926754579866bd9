import type { SimulationOptions, SimulationReport } from "coffer/testing";

type Rerunnable = Omit<SimulationOptions, "store" | "trace">;
/** Plays a run on an empty store of the kind that failed. */
export type Play = (options: Rerunnable) => Promise<SimulationReport>;

/**
 * A smaller run that fails too: with fewer steps, fewer kinds of faults, fewer clients, processes and wallets, and then
 * without operations that it does not need. It tries at most so many runs.
 */
export async function shrink(failing: Rerunnable, play: Play, mostRuns = 150): Promise<Rerunnable> {
  const search = new Search(failing, play, mostRuns);
  await search.fewerSteps();
  await search.fewerFaults();
  await search.fewerActors();
  await search.fewerSteps();
  await search.fewerOperations();
  return search.smallest;
}

class Search {
  private runs = 0;

  constructor(
    public smallest: Rerunnable,
    private readonly play: Play,
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

  private async try(less: Partial<Rerunnable>): Promise<boolean> {
    const candidate = { ...this.smallest, ...less };
    if (candidate.steps < 1 || this.runs >= this.mostRuns) return false;
    this.runs++;
    const { problems } = await this.play(candidate);
    if (problems.length === 0) return false;
    this.smallest = candidate;
    return true;
  }
}
