import { type PackageSize, bytesPerWithdrawal, importTimes, packageSize, run } from "../measure/footprint.js";
import type { Report } from "../measure/report.js";
import { median } from "../measure/statistics.js";
import { onPostgres } from "../on-postgres.js";

/** Files of `dist` by their names. */
const ENTRY_POINTS = ["index", "memory", "sqlite", "postgres", "mysql", "store", "testing"] as const;

/** What the library costs before and beside its work: to load, to install, and in memory. */
export async function footprint(): Promise<Report> {
  run("npm", ["run", "build"]);
  const esm = await importTimes(ENTRY_POINTS, "esm");
  const cjs = await importTimes(ENTRY_POINTS, "cjs");
  const size = packageSize();
  const inMemory = await bytesPerWithdrawal();
  const { onServer, version } = await onPostgres(async (postgres) => ({
    onServer: await bytesPerWithdrawal(postgres.url),
    version: postgres.version,
  }));
  return {
    title: "Footprint",
    columns: ["", "median", "range"],
    rows: [
      ...importRows(esm, "import"),
      ...importRows(cjs, "require"),
      ["package, packed", kilobytes(size.size), `${size.files} files`],
      ["package, unpacked", kilobytes(size.unpackedSize), ""],
      ["allocated by a withdrawal, memory", kilobytes(inMemory), ""],
      ["allocated by a withdrawal, PostgreSQL", kilobytes(onServer), ""],
    ],
    goals: [],
    notes: [
      "Loading: a process that does nothing else, less one that loads nothing; medians of 15.",
      "Allocated: growth of the heap and of buffers' memory over 5,000 withdrawals by 256 callers, in a process with so much room that nothing is collected meanwhile.",
      version,
    ],
    figures: figuresOf(esm, cjs, size, { inMemory, onServer }),
  };
}

type Times = Awaited<ReturnType<typeof importTimes>>;

function importRows(times: Times, verb: "import" | "require"): readonly (readonly string[])[] {
  const nothing = median(times.get("") ?? []);
  return ENTRY_POINTS.map((name) => {
    const own = (times.get(name) ?? []).map((took) => took - nothing);
    const entryPoint = name === "index" ? "coffer" : `coffer/${name}`;
    return [
      `${verb} \`${entryPoint}\``,
      `${median(own).toFixed(0)} ms`,
      `${Math.min(...own).toFixed(0)}–${Math.max(...own).toFixed(0)}`,
    ];
  });
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1_000).toFixed(1)} kB`;
}

function figuresOf(esm: Times, cjs: Times, size: PackageSize, bytes: object): unknown {
  return {
    importMs: Object.fromEntries(esm),
    requireMs: Object.fromEntries(cjs),
    size,
    bytesPerWithdrawal: bytes,
  };
}
