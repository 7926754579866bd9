/**
 * `npm run test:crash -- --cycles 200`: kills servers, clients and writers in the middle of their work, over and over,
 * and holds what is stored against what was acknowledged. `--only server,client,better-sqlite3,libsql,mariadb` picks
 * some; `--seed 7` begins elsewhere.
 */
import { parseArgs } from "node:util";
import { keep } from "../support/servers/keep.js";
import { hasMariadb } from "../support/servers/mariadb.js";
import { type Run, crashClient, crashServer, crashWriter } from "./cycles.js";
import type { Figures } from "./judge.js";

const { values: given } = parseArgs({
  options: {
    cycles: { type: "string", default: "20" },
    seed: { type: "string", default: "1" },
    only: { type: "string", default: "server,client,better-sqlite3,libsql,mariadb" },
  },
});

const KINDS: Readonly<Record<string, (run: Run) => Promise<void>>> = {
  server: (run) => onServer("postgres", (server) => crashServer(server, run)),
  client: (run) => onServer("postgres", ({ url }) => crashClient(url, run)),
  "better-sqlite3": (run) => crashWriter("better-sqlite3", run),
  libsql: (run) => crashWriter("libsql", run),
  mariadb: (run) => onMariadb((server) => crashServer(server, run)),
};

type Kept = Awaited<ReturnType<typeof keep>>;

async function onServer(name: "postgres" | "mariadb", work: (server: Kept) => Promise<void>): Promise<void> {
  const server = await keep(name);
  try {
    await work(server);
  } finally {
    await server.stop();
  }
}

async function onMariadb(work: (server: Kept) => Promise<void>): Promise<void> {
  if (!hasMariadb()) return console.log("mariadb: NOT RUN, as mariadbd is not installed");
  return onServer("mariadb", work);
}

const FIGURES = ["calls", "acknowledged", "denied", "refused", "ambiguous", "applied"] as const;

for (const kind of given.only.split(",")) {
  const work = KINDS[kind];
  if (work === undefined) throw new Error(`--only knows ${Object.keys(KINDS).join(", ")}; got ${kind}`);
  const started = performance.now();
  let cycles = 0;
  const sums = new Map<keyof Figures, number>();
  const report = () => {
    const figures = FIGURES.map((name) => `${sums.get(name) ?? 0} ${name}`).join(", ");
    const seconds = ((performance.now() - started) / 1_000).toFixed(1);
    console.log(`${kind}: ${cycles} crashes, ${figures}, ${seconds} s`);
  };
  const done = (figures: Figures) => {
    cycles++;
    for (const name of FIGURES) sums.set(name, (sums.get(name) ?? 0) + figures[name]);
    if (cycles % 10 === 0) report();
  };
  try {
    await work({ cycles: Number(given.cycles), seed: Number(given.seed), done });
  } finally {
    report();
  }
}
