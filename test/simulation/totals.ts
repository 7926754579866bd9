import type { SimulationReport } from "coffer/testing";

/** What several runs met, summed. */
export class Totals {
  operations = 0;
  private runs = 0;
  private readonly sums: Record<string, number> = {};
  private readonly groups: Record<string, Record<string, number>> = {};

  add({ operations, requests, storeCalls, applied, entries, restarts, ...report }: SimulationReport): void {
    this.runs++;
    this.operations += operations;
    sum(this.sums, { requests, storeCalls, applied, entries, restarts });
    const { doubts, met, replayed, troubles, verbs, codes, entryTypes } = report;
    for (const [name, counts] of Object.entries({
      doubts,
      met: { ...met },
      replayed,
      troubles,
      verbs,
      codes,
      entryTypes,
    }))
      sum((this.groups[name] ??= {}), counts);
  }

  met(trouble: string): boolean {
    return (this.groups["troubles"]?.[trouble] ?? 0) > 0;
  }

  /** Mishaps that no run has met. */
  get unmet(): readonly string[] {
    return Object.entries(this.groups["met"] ?? {}).flatMap(([name, count]) => (count > 0 ? [] : [name]));
  }

  perSecond(elapsedMs: number): string {
    return `${Math.round((this.operations / elapsedMs) * 1_000)} operations/s`;
  }

  toString(elapsedMs: number): string {
    const counts = (of: Record<string, number>) =>
      Object.entries(of)
        .map(([name, count]) => `${name} ${count}`)
        .join(", ");
    return [
      `${this.runs} runs, ${this.operations} operations in ${Math.round(elapsedMs / 1_000)} s: ${this.perSecond(elapsedMs)}`,
      counts(this.sums),
      ...Object.entries(this.groups).map(([name, group]) => `${name}: ${counts(group)}`),
    ].join("\n");
  }
}

function sum(into: Record<string, number>, counts: Readonly<Record<string, number>>): void {
  const sums = into;
  for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + count;
}
