import type { Pace } from "coffer";

export interface VirtualPace extends Pace {
  /** Every pause so far, in milliseconds. */
  readonly pauses: readonly number[];
  /** Time goes by. */
  pass(ms: number): void;
}

/** Time that stands still while anything happens, and jumps to the end of the pause that ends first when nothing does. */
export function virtualPace(random: () => number = () => 0.5): VirtualPace {
  let now = 0;
  const pauses: number[] = [];
  const waiting: { readonly until: number; readonly resolve: () => void }[] = [];
  const wake = () => {
    waiting.sort((a, b) => a.until - b.until);
    const first = waiting.shift();
    if (first === undefined) return;
    now = Math.max(now, first.until);
    first.resolve();
  };
  return {
    pauses,
    pass: (ms) => {
      now += ms;
    },
    monotonicMs: () => now,
    wait: (ms) =>
      new Promise((resolve) => {
        pauses.push(ms);
        waiting.push({ until: now + ms, resolve });
        setImmediate(wake);
      }),
    random,
  };
}
