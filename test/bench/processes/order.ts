/** What a process is told, as a line of JSON. */
export interface Order {
  readonly who: "coffer" | "naive";
  readonly ms: number;
}

/** What it answers. */
export interface Answer {
  readonly operations: number;
  readonly ms: number;
  readonly latenciesMs: readonly number[];
}

export const CALLERS_PER_PROCESS = 32;
