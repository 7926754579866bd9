/** What lives on the heap at an instant. */
export interface HeapSample {
  readonly atMs: number;
  readonly mib: number;
}

/** Looks at it each second until it is told to stop. */
export function watchHeap(): { readonly stop: () => readonly HeapSample[] } {
  const samples: HeapSample[] = [];
  const started = performance.now();
  const look = () => {
    const { heapUsed, external } = process.memoryUsage();
    samples.push({ atMs: Math.round(performance.now() - started), mib: (heapUsed + external) / 2 ** 20 });
  };
  look();
  const timer = setInterval(look, 1_000);
  return {
    stop: () => {
      clearInterval(timer);
      look();
      return samples;
    },
  };
}

const PARTS = 3;

/**
 * The least of each third: between two collections the heap holds garbage as well, so only its low points say what
 * lives.
 */
export function lowPoints(samples: readonly HeapSample[]): readonly number[] {
  return Array.from({ length: PARTS }, (_, part) => {
    const from = Math.floor((samples.length * part) / PARTS);
    const to = Math.max(Math.floor((samples.length * (part + 1)) / PARTS), from + 1);
    return Math.min(...samples.slice(from, to).map(({ mib }) => mib));
  });
}
