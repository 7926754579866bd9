import { setTimeout as wait } from "node:timers/promises";

const TICK_MS = 1;

interface Clock {
  readonly now: () => number;
  readonly tick: () => Promise<unknown>;
}

const MACHINE: Clock = { now: () => performance.now(), tick: () => wait(TICK_MS) };

/** What became of calls that came whether or not those before them were answered. */
export interface Flood {
  readonly ms: number;
  /** How long those took after the last had come that were under way then. */
  readonly drainMs: number;
  readonly arrived: number;
  readonly answered: number;
  /** Of these, before the last had come. */
  readonly answeredInTime: number;
  /** By the code of their errors. */
  readonly refused: ReadonlyMap<string, number>;
  readonly latenciesMs: readonly number[];
}

/** Calls arrive by the clock. At the end those under way are waited for. */
export async function flood(
  perSecond: number,
  forMs: number,
  call: () => Promise<unknown>,
  codeOf: (error: unknown) => string,
  { now, tick }: Clock = MACHINE,
): Promise<Flood> {
  const refused = new Map<string, number>();
  const latencies = new Sample();
  const calls = { arrived: 0, answered: 0, ended: 0 };
  const one = async () => {
    const began = now();
    try {
      await call();
      calls.answered++;
      latencies.add(now() - began);
    } catch (error) {
      const code = codeOf(error);
      refused.set(code, (refused.get(code) ?? 0) + 1);
    } finally {
      calls.ended++;
    }
  };
  const started = now();
  for (let passed = 0; passed < forMs; passed = now() - started) {
    // Those that the clock has brought since it was last looked at: a busy process is late, and owes them all.
    for (const due = Math.floor((passed * perSecond) / 1_000); calls.arrived < due; calls.arrived++)
      void one();
    await tick();
  }
  const ms = now() - started;
  const answeredInTime = calls.answered;
  while (calls.ended < calls.arrived) await tick();
  const drainMs = now() - started - ms;
  const { arrived, answered } = calls;
  return { ms, drainMs, arrived, answered, answeredInTime, refused, latenciesMs: latencies.values };
}

const MOST_KEPT = 100_000;

/** A fair sample of any number of values: what is measured is the heap, so little may be kept. */
class Sample {
  readonly values: number[] = [];
  private seen = 0;

  add(value: number): void {
    this.seen++;
    if (this.values.length < MOST_KEPT) this.values.push(value);
    else {
      const at = Math.floor(Math.random() * this.seen);
      if (at < MOST_KEPT) this.values[at] = value;
    }
  }
}
