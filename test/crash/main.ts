/**
 * `npm run test:crash -- --cycles 200`: kills servers, clients and writers in the middle of their work, over and over,
 * and holds what is stored against what was acknowledged. `--only server,client,better-sqlite3,libsql,mariadb` picks
 * some; `--seed 7` begins elsewhere.
 */
import { keep } from "../support/servers/keep.js";
import { hasMariadb } from "../support/servers/mariadb.js";
import { readArgs } from "./args.js";
import { type Run, crashClient, crashServer, crashWriter } from "./cycles.js";
import type { Figures } from "./judge.js";

const given = readArgs(process.argv.slice(2));

const WORK: Readonly<Record<(typeof given.only)[number], (run: Run) => Promise<void>>> = {
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

for (const kind of given.only) {
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
    await WORK[kind]({ cycles: given.cycles, seed: given.seed, done });
  } finally {
    report();
  }
}
