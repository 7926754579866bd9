type Job = () => Promise<void>;

interface Entry {
  readonly at: number;
  readonly job: Job;
}

/**
 * The demo's time: a clock that only the replayed requests move, and the work that is planned on it. It is the
 * engine's clock too, so that an hour of use runs in seconds and comes out the same every time.
 */
export interface Timeline {
  /** UTC milliseconds. */
  readonly now: () => number;
  /** Plans a job; of two at one instant, the one planned first runs first. */
  readonly plan: (at: number, job: Job) => void;
  /** Runs what is planned up to and including `instant`, each job at its own time, and ends there. */
  readonly advanceTo: (instant: number) => Promise<void>;
  /** Runs all that is planned. */
  readonly finish: () => Promise<void>;
}

export function createTimeline(start: number): Timeline {
  let now = start;
  const planned: Entry[] = [];

  const plan = (at: number, job: Job): void => {
    const later = planned.findIndex((entry) => entry.at > at);
    planned.splice(later === -1 ? planned.length : later, 0, { at, job });
  };

  const advanceTo = async (instant: number): Promise<void> => {
    for (let next = planned[0]; next !== undefined && next.at <= instant; next = planned[0]) {
      planned.shift();
      now = Math.max(now, next.at);
      await next.job();
    }
    if (Number.isFinite(instant)) now = Math.max(now, instant);
  };

  return { now: () => now, plan, advanceTo, finish: () => advanceTo(Infinity) };
}
