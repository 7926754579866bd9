/** What one round of one contender gave. */
export interface Round {
  readonly operations: number;
  readonly ms: number;
  /** One for each operation, in the order in which they ended. */
  readonly latenciesMs: readonly number[];
}

/** So many callers, each with one call after another, until the time is up; those under way are waited for. */
export async function drive(callers: number, forMs: number, call: () => Promise<unknown>): Promise<Round> {
  const latenciesMs: number[] = [];
  const started = performance.now();
  const end = started + forMs;
  const caller = async (): Promise<void> => {
    for (let now = performance.now(); now < end;) {
      await call();
      const after = performance.now();
      latenciesMs.push(after - now);
      now = after;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return { operations: latenciesMs.length, ms: performance.now() - started, latenciesMs };
}

/** Work whose amount is fixed beforehand, as of a prepared batch. */
export async function timed(operations: number, work: () => Promise<unknown>): Promise<Round> {
  const started = performance.now();
  await work();
  return { operations, ms: performance.now() - started, latenciesMs: [] };
}

export function perSecond({ operations, ms }: Round): number {
  return (operations / ms) * 1_000;
}
