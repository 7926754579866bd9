/** A ratio, or another figure, that the project wants to reach. */
export interface Goal {
  readonly what: string;
  readonly value: number;
  readonly unit: "×" | "%" | "per second" | "ms";
  /** One of the two. */
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** What a case found. */
export interface Report {
  readonly title: string;
  /** The first names the rows. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly goals: readonly Goal[];
  /** What a reader must know to read the table, a sentence each. */
  readonly notes: readonly string[];
  /** The same for programs. */
  readonly figures: unknown;
}

export function isReached({ value, atLeast, atMost }: Goal): boolean {
  return (atLeast === undefined || value >= atLeast) && (atMost === undefined || value <= atMost);
}

/** A table in Markdown, with the goals and the notes below it. */
export function markdown({ title, columns, rows, goals, notes }: Report): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    `**${title}**`,
    "",
    line(columns),
    line(columns.map((_, index) => (index === 0 ? "---" : "---:"))),
    ...rows.map(line),
    "",
    ...goals.map((goal) => `- ${goalLine(goal)}`),
    ...notes.map((note) => `- ${note}`),
    "",
  ].join("\n");
}

function goalLine(goal: Goal): string {
  const { what, value, unit, atLeast, atMost } = goal;
  const bound =
    atLeast === undefined ? `≤ ${inUnit(atMost ?? Number.NaN, unit)}` : `≥ ${inUnit(atLeast, unit)}`;
  return `${what}: **${inUnit(value, unit)}** (goal ${bound}: ${isReached(goal) ? "reached" : "missed"})`;
}

function inUnit(value: number, unit: Goal["unit"]): string {
  switch (unit) {
    case "×":
      return `${round(value)}×`;
    case "%":
      return `${round(value * 100)} %`;
    case "ms":
      return `${ms(value)} ms`;
    case "per second":
      return `${whole(value)} per second`;
  }
}

/** Three figures that count. */
export function round(value: number): string {
  return Math.abs(value) >= 100 ? whole(value) : String(Number(value.toPrecision(3)));
}

export function whole(value: number): string {
  return Math.round(value).toLocaleString("en-GB");
}

export function ms(value: number): string {
  return Number.isNaN(value) ? "" : value.toFixed(value < 10 ? 2 : 0);
}
