import { type Chart, drawChart } from "./chart.js";

const WIDTH = 960;
const HEIGHT = 610;
const GAP = 80;
const TOP = 100;
const CHART_HEIGHT = 310;

/** It brings its own ground, so that it reads the same wherever it stands. */
const STYLE = `
svg { font: 13px system-ui, sans-serif; --ground: #fff; --ink: #1f2328; --grid: #d8dee4; --ours: #0969da; --theirs: #bc4c00 }
@media (prefers-color-scheme: dark) {
  svg { --ground: #0d1117; --ink: #e6edf3; --grid: #30363d; --ours: #58a6ff; --theirs: #f0883e }
}
.ground { fill: var(--ground) }
text { fill: var(--ink) }
.title { font-size: 15px; font-weight: 600 }
.end { text-anchor: end }
.middle { text-anchor: middle }
.grid { stroke: var(--grid) }
polyline { fill: none; stroke-width: 2 }
polyline.coffer { stroke: var(--ours) }
polyline.naive { stroke: var(--theirs) }
circle.coffer, text.coffer { fill: var(--ours) }
circle.naive, text.naive { fill: var(--theirs) }
.figure { font-size: 10px; paint-order: stroke; stroke: var(--ground); stroke-width: 3px }
.head { font-size: 18px; font-weight: 600 }
`;

/** Two charts side by side, as SVG. */
export function picture(
  title: string,
  description: string,
  [first, second]: readonly [Chart, Chart],
): string {
  const width = (WIDTH - 3 * GAP) / 2;
  const frame = (left: number) => ({ left, top: TOP, width, height: CHART_HEIGHT });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="title description">
<title id="title">${title}</title>
<desc id="description">${description}</desc>
<style>${STYLE}</style>
<rect class="ground" width="${WIDTH}" height="${HEIGHT}"/>
<text class="head" x="${GAP}" y="42">${title}</text>
${drawChart(first, frame(GAP))}
${drawChart(second, frame(WIDTH / 2 + GAP / 2))}
<text class="tick" x="${GAP}" y="${HEIGHT - 14}">${description}</text>
</svg>
`;
}
