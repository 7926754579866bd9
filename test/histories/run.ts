import type { Invocation } from "coffer/testing";
import { randomFrom } from "../support/load/random.js";
import type { Target } from "../support/load/target.js";
import { Worker } from "../support/load/workers.js";

const PROCESSES = 8;
const CALLERS = 3;
/** Of the processes, those that are killed in the middle of their work. */
const KILLED = 2;
const WALLETS = ["hot", "warm"];

/** Processes on one database at the same time, some of which are killed. */
export class Crowd {
  private constructor(private readonly workers: readonly Worker[]) {}

  static async gather(): Promise<Crowd> {
    return new Crowd(await Promise.all(Array.from({ length: PROCESSES }, () => Worker.start())));
  }

  /** @returns all of their calls, with the answers that arrived. */
  async play(target: Target, callsPerCaller: number, seed: number): Promise<readonly Invocation[]> {
    const random = randomFrom(seed);
    const plays = this.workers.map((worker, index) => {
      const calls = CALLERS * callsPerCaller;
      const last = index < KILLED ? 1 + Math.floor(random() * calls * 0.8) : Infinity;
      const load = {
        process: `p${index}`,
        seed: seed * PROCESSES + index,
        wallets: WALLETS,
        callers: CALLERS,
      };
      return worker.run(
        { target, load: { ...load, callsPerCaller, forMs: null }, timeoutMs: 10_000 },
        (answers) => answers === last,
      );
    });
    return (await Promise.all(plays)).flat();
  }

  dismiss(): void {
    for (const worker of this.workers) worker.kill();
  }
}
