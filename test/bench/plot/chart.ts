/** One line of a chart: what was measured at each place. */
export interface Series {
  readonly name: string;
  /** Names its colour. */
  readonly who: "coffer" | "naive";
  readonly dash: string;
  /** Where every other figure is written. */
  readonly figures: "above" | "below" | "nowhere";
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface Chart {
  readonly title: string;
  readonly xTitle: string;
  readonly series: readonly Series[];
}

/** A rectangle of the picture. */
export interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

interface Scale {
  readonly place: (value: number) => number;
  readonly ticks: readonly number[];
}

/** From one place to another, as far for each doubling. */
function logScale(values: readonly number[], base: 2 | 10, from: number, to: number): Scale {
  const log = (value: number) => Math.log(value) / Math.log(base);
  const least = Math.floor(log(Math.min(...values)));
  const most = Math.max(Math.ceil(log(Math.max(...values))), least + 1);
  return {
    place: (value) => from + ((log(value) - least) / (most - least)) * (to - from),
    ticks: Array.from({ length: most - least + 1 }, (_, index) => base ** (least + index)),
  };
}

/** Both axes are logarithmic: doublings to the right, tenfolds upwards. */
export function drawChart({ title, xTitle, series }: Chart, frame: Frame): string {
  const { left, top, width, height } = frame;
  const bottom = top + height;
  const points = series.flatMap((one) => one.points);
  const x = logScale(
    points.map((point) => point.x),
    2,
    left,
    left + width,
  );
  const y = logScale(
    points.map((point) => point.y),
    10,
    bottom,
    top,
  );
  return [
    text(title, left, top - 16, "title"),
    ...y.ticks.map((tick) => {
      const at = y.place(tick);
      return `${line(left, at, left + width, at, "grid")}${text(label(tick), left - 8, at + 4, "tick end")}`;
    }),
    ...x.ticks.map((tick) => {
      const at = x.place(tick);
      return `${line(at, top, at, bottom, "grid")}${text(label(tick), at, bottom + 18, "tick middle")}`;
    }),
    text(xTitle, left + width / 2, bottom + 38, "tick middle"),
    ...series.map((one) => drawSeries(one, x, y)),
    ...legend(series, left, bottom + 62),
  ].join("\n");
}

const FIGURE_SHIFT = { above: -8, below: 16 } as const;

function drawSeries({ who, dash, points, figures }: Series, x: Scale, y: Scale): string {
  const places = points.map((point) => [round(x.place(point.x)), round(y.place(point.y))] as const);
  const path = places.map(([px, py]) => `${px},${py}`).join(" ");
  const dots = places.map(([px, py]) => `<circle class="${who}" cx="${px}" cy="${py}" r="3"/>`);
  const written = figures === "nowhere" ? [] : points.filter((_, index) => index > 0 && index % 2 === 0);
  const shift = figures === "nowhere" ? 0 : FIGURE_SHIFT[figures];
  const labels = written.map((point) =>
    text(label(point.y), x.place(point.x), y.place(point.y) + shift, `figure middle ${who}`),
  );
  return `<polyline class="${who}" points="${path}"${dashes(dash)}/>${dots.join("")}${labels.join("")}`;
}

const LEGEND_ROW = 20;

function legend(series: readonly Series[], left: number, top: number): readonly string[] {
  return series.map(({ name, who, dash }, index) => {
    const at = top + index * LEGEND_ROW;
    const sample = `<polyline class="${who}" points="${left},${at} ${left + 36},${at}"${dashes(dash)}/>`;
    return `${sample}${text(name, left + 46, at + 4, "tick")}`;
  });
}

function dashes(dash: string): string {
  return dash === "" ? "" : ` stroke-dasharray="${dash}"`;
}

function line(x1: number, y1: number, x2: number, y2: number, name: string): string {
  return `<line class="${name}" x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}"/>`;
}

function text(words: string, x: number, y: number, names: string): string {
  return `<text class="${names}" x="${round(x)}" y="${round(y)}">${escaped(words)}</text>`;
}

function escaped(words: string): string {
  return words.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

function label(value: number): string {
  return value >= 1_000 ? Math.round(value).toLocaleString("en-GB") : String(Number(value.toPrecision(3)));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
