import type { Figures } from "./compare.js";
import { median } from "./statistics.js";

/** A table in Markdown: medians with their range, and latencies where there are any. */
export function table(title: string, figures: readonly Figures[]): string {
  const base = median(figures[0]?.perSecond ?? []);
  const rows = figures.map(({ name, perSecond, p50Ms, p99Ms, p999Ms }) => {
    const middle = median(perSecond);
    const range = `${whole(Math.min(...perSecond))}–${whole(Math.max(...perSecond))}`;
    const cells = [
      name,
      whole(middle),
      range,
      `${(middle / base).toFixed(2)}×`,
      ms(p50Ms),
      ms(p99Ms),
      ms(p999Ms),
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return [
    `### ${title}`,
    "",
    `| | per second (median of ${figures[0]?.perSecond.length ?? 0}) | range | ratio | p50 ms | p99 ms | p99.9 ms |`,
    "|---|---:|---:|---:|---:|---:|---:|",
    ...rows,
    "",
  ].join("\n");
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en-GB");
}

function ms(value: number): string {
  return Number.isNaN(value) ? "" : value.toFixed(value < 10 ? 2 : 0);
}
