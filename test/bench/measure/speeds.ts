import type { Figures } from "./compare.js";
import { type Goal, type Report, ms, whole } from "./report.js";
import { median } from "./statistics.js";

/** Contenders by their speed: medians with their range, and latencies where there are any. */
export function speeds(
  title: string,
  figures: readonly Figures[],
  goals: readonly Goal[] = [],
  notes: readonly string[] = [],
): Report {
  const base = median(figures[0]?.perSecond ?? []);
  return {
    title,
    columns: [
      "",
      `per second (median of ${figures[0]?.perSecond.length ?? 0})`,
      "range",
      "ratio",
      "p50 ms",
      "p99 ms",
      "p99.9 ms",
    ],
    rows: figures.map(({ name, perSecond, p50Ms, p99Ms, p999Ms }) => {
      const middle = median(perSecond);
      const range = `${whole(Math.min(...perSecond))}–${whole(Math.max(...perSecond))}`;
      return [name, whole(middle), range, `${(middle / base).toFixed(2)}×`, ms(p50Ms), ms(p99Ms), ms(p999Ms)];
    }),
    goals,
    notes,
    figures,
  };
}

/** How many times as fast one is as another. */
export function speedup(of: Figures, over: Figures): number {
  return median(of.perSecond) / median(over.perSecond);
}
