import { mkdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { coffer } from "../contenders/coffer.js";
import { naivePostgres } from "../contenders/naive-postgres.js";
import { type Figures, compare } from "../measure/compare.js";
import { machine } from "../measure/machine.js";
import { type Report, ms as inMs, whole } from "../measure/report.js";
import { median } from "../measure/statistics.js";
import { onPostgres } from "../on-postgres.js";
import type { Chart, Series } from "../plot/chart.js";
import { picture } from "../plot/picture.js";
import { ROOT } from "../root.js";
import type { Settings } from "../settings.js";

const DOUBLINGS = 10;
const FILE = "latency.svg";

/** Both contenders with so many callers. */
interface Place {
  readonly callers: number;
  readonly naive: Figures;
  readonly ours: Figures;
  readonly version: string;
}

/** Throughput and latency by the number of callers, from one to 1,024. */
export async function plot(settings: Settings): Promise<Report> {
  const places: Place[] = [];
  for (let doubling = 0; doubling <= DOUBLINGS; doubling++) places.push(await at(2 ** doubling, settings));
  const version = places[0]?.version ?? "";
  const folder = join(ROOT, settings.out);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, FILE), picture("One hot wallet on PostgreSQL", machine(), charts(places)));
  const latencies = ({ p50Ms, p99Ms, p999Ms }: Figures) => [p50Ms, p99Ms, p999Ms].map(inMs).join(" / ");
  return {
    title: "PostgreSQL, one wallet, by the number of callers",
    columns: [
      "callers",
      "naive per second",
      "coffer per second",
      "naive p50 / p99 / p99.9 ms",
      "coffer p50 / p99 / p99.9 ms",
    ],
    rows: places.map(({ callers, naive, ours }) => [
      whole(callers),
      whole(median(naive.perSecond)),
      whole(median(ours.perSecond)),
      latencies(naive),
      latencies(ours),
    ]),
    goals: [],
    notes: [
      `![Withdrawals per second and their latency by the number of callers](${relative("docs", join(settings.out, FILE))})`,
      version,
    ],
    figures: places,
  };
}

function at(callers: number, { rounds, ms }: Settings): Promise<Place> {
  const load = { callers, ms, customers: ["acme"] };
  return onPostgres(async ({ url, storeIn, version }) => {
    const naive = await naivePostgres(url, load);
    const figures = await compare([naive, await coffer("coffer", await storeIn("coffer"), load)], rounds);
    await naive.end();
    return { callers, naive: figures[0], ours: figures[1], version };
  });
}

const LATENCIES = [
  { name: "p50", of: ({ p50Ms }: Figures) => p50Ms, dash: "", figures: "below" },
  { name: "p99", of: ({ p99Ms }: Figures) => p99Ms, dash: "7 4", figures: "nowhere" },
  { name: "p99.9", of: ({ p999Ms }: Figures) => p999Ms, dash: "2 4", figures: "above" },
] as const;

type Line = Pick<Series, "name" | "dash" | "figures"> & { readonly of: (figures: Figures) => number };

const THROUGHPUT: Line = {
  name: "",
  of: ({ perSecond }) => median(perSecond),
  dash: "",
  figures: "above",
};

function charts(places: readonly Place[]): readonly [Chart, Chart] {
  const series = (who: Series["who"], { name, of, dash, figures }: Line): Series => ({
    name: `${who === "coffer" ? "coffer" : "naive transaction"}${name === "" ? "" : `, ${name}`}`,
    who,
    dash,
    figures,
    points: places.map(({ callers, naive, ours }) => ({
      x: callers,
      y: of(who === "coffer" ? ours : naive),
    })),
  });
  const xTitle = "callers, each with one call after another";
  return [
    {
      title: "Withdrawals per second",
      xTitle,
      series: [series("coffer", THROUGHPUT), series("naive", THROUGHPUT)],
    },
    {
      title: "Latency in milliseconds",
      xTitle,
      series: [
        ...LATENCIES.map((latency) => series("coffer", latency)),
        ...LATENCIES.map((latency) => series("naive", latency)),
      ],
    },
  ];
}
