import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { createCreditEngine } from "coffer";
import type { SqliteDriver } from "coffer/sqlite";
import type { Invocation } from "coffer/testing";
import mysql from "mysql2/promise";
import { catalog } from "../support/load/ask.js";
import { Journal, play } from "../support/load/play.js";
import { randomFrom } from "../support/load/random.js";
import { type Reached, type Target, reach } from "../support/load/target.js";
import { Worker } from "../support/load/workers.js";
import { Proxy } from "../support/proxy.js";
import type { Server } from "../support/servers/server.js";
import { type Figures, judge } from "./judge.js";

/** What a run of crashes is told: how many, and where its chance begins. */
export interface Run {
  readonly cycles: number;
  readonly seed: number;
  /** Told after each cycle. */
  readonly done: (figures: Figures) => void;
}

/** Crashes on one database before the next: what is old must survive the younger crashes, too. */
const CYCLES_PER_DATABASE = 10;

const CALLERS = 8;

/** Calls go on for a moment after enough of them were answered: the crash may meet any part of a commit. */
const LONGEST_MOMENT_MS = 12;

type Random = () => number;

/** How many calls are answered before a crash. */
function enoughAnswers(random: Random): number {
  return 5 + Math.floor(random() * 75);
}

function walletsOf(cycle: number): readonly string[] {
  return [0, 1, 2, 3].map((number) => `cycle ${cycle}, wallet ${number}`);
}

type OnServer = Exclude<Target, { kind: "sqlite" }>;

/** @param who Tells the wallets of one kind of crash from those of another on the same server. */
async function databaseOf(url: string, who: "server" | "client", cycle: number): Promise<OnServer> {
  const name = `crash_of_${who}_${Math.floor(cycle / CYCLES_PER_DATABASE)}`;
  if (url.startsWith("postgres")) return { kind: "postgres", url, schema: name };
  const connection = await mysql.createConnection(url);
  await connection.query(`CREATE DATABASE IF NOT EXISTS ${name}`);
  await connection.end();
  return { kind: "mysql", url: `${url}/${name}` };
}

async function withStore<Value>(target: Target, work: (reached: Reached) => Promise<Value>): Promise<Value> {
  const reached = reach(target);
  try {
    return await work(reached);
  } finally {
    await reached.end();
  }
}

/** The server dies with all of its processes, and recovers; the engines that were using it live on. */
export async function crashServer(server: Server, { cycles, seed, done }: Run): Promise<void> {
  const random = randomFrom(seed);
  const proxy = await Proxy.to(server.url);
  try {
    for (let cycle = 0; cycle < cycles; cycle++) {
      const target = await databaseOf(server.url, "server", cycle);
      const crash = cycle % 2 === 0 ? crashAtAnyMoment(server, random) : crashWithLostAnswer(server, proxy);
      await withStore({ ...target, url: proxy.through(target.url) }, async (reached) => {
        await reached.store.migrate();
        const history = await playThroughCrash(crash, reached, cycle, random);
        done(await judge(reached.store, history));
      });
    }
  } finally {
    await proxy.close();
  }
}

function crashAtAnyMoment(server: Server, random: Random): () => Promise<void> {
  return async () => {
    await setTimeout(random() * LONGEST_MOMENT_MS);
    await server.crash();
  };
}

/** What only a request to commit holds. */
const COMMITS: Readonly<Record<"postgres" | "mysql", string>> = {
  postgres: "ok as (",
  mysql: "\u0003commit",
};

/** The server dies as it has committed and answered, and before anybody heard of it. */
function crashWithLostAnswer(server: Server, proxy: Proxy): () => Promise<void> {
  const request = COMMITS[server.url.startsWith("postgres") ? "postgres" : "mysql"];
  return async () => {
    proxy.cutNext({ request, place: "before the answer", manner: "reset" });
    await proxy.untilCut();
    await server.crash();
  };
}

/** Patient callers wait for the server to come back; those that are not are told so in the middle of the crash. */
const TIMEOUTS_MS = [10_000, 500];

async function playThroughCrash(
  crash: () => Promise<void>,
  { store }: Reached,
  cycle: number,
  random: Random,
): Promise<readonly Invocation[]> {
  const journals = TIMEOUTS_MS.map((timeoutMs) => new Journal(`patience ${timeoutMs} ms`));
  const enough = enoughAnswers(random);
  let answers = 0;
  let isOver = false;
  let crashing: Promise<void> | undefined;
  const crashNow = async () => {
    await crash();
    isOver = true;
  };
  const plays = TIMEOUTS_MS.map(async (timeoutMs, index) => {
    const journal = journals[index] ?? new Journal("none");
    const credits = createCreditEngine({ catalog, store, timeoutMs });
    const load = { process: `c${cycle}e${index}`, seed: cycle * 10 + index, wallets: walletsOf(cycle) };
    await play(
      credits,
      { ...load, callers: CALLERS, callsPerCaller: Infinity },
      {
        began: (id, call, at) => journal.began(id, call, at),
        ended: (id, outcome, at) => {
          journal.ended(id, outcome, at);
          if (++answers === enough) crashing = crashNow();
        },
        isOver: () => isOver,
      },
    );
  });
  await Promise.all(plays);
  await crashing;
  return journals.flatMap((journal) => journal.history());
}

/** The process dies that was using the server. */
export async function crashClient(url: string, { cycles, seed, done }: Run): Promise<void> {
  const random = randomFrom(seed);
  await withWorkers(async (next) => {
    for (let cycle = 0; cycle < cycles; cycle++) {
      const target = await databaseOf(url, "client", cycle);
      await withStore(target, async ({ store }) => {
        await store.migrate();
        done(await judge(store, await playUntilKilled(await next(), target, cycle, random)));
      });
    }
  });
}

/** The process dies that was writing the file. */
export async function crashWriter(driver: SqliteDriver, { cycles, seed, done }: Run): Promise<void> {
  const random = randomFrom(seed);
  const folder = await mkdtemp(join(tmpdir(), "coffer-crash-"));
  try {
    await withWorkers(async (next) => {
      for (let cycle = 0; cycle < cycles; cycle++) {
        const path = join(folder, `${Math.floor(cycle / CYCLES_PER_DATABASE)}.db`);
        const target: Target = { kind: "sqlite", path, driver };
        const history = await playUntilKilled(await next(), target, cycle, random);
        await withStore(target, async ({ store }) => done(await judge(store, history)));
      }
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Keeps one process ready, since they take their time to load. */
async function withWorkers(work: (next: () => Promise<Worker>) => Promise<void>): Promise<void> {
  let spare = Worker.start();
  const next = () => {
    const taken = spare;
    spare = Worker.start();
    return taken;
  };
  try {
    await work(next);
  } finally {
    (await spare).kill();
  }
}

async function playUntilKilled(
  worker: Worker,
  target: Target,
  cycle: number,
  random: Random,
): Promise<readonly Invocation[]> {
  const enough = enoughAnswers(random);
  const load = { process: `c${cycle}`, seed: cycle, wallets: walletsOf(cycle), callers: CALLERS };
  return worker.run(
    { target, load: { ...load, callsPerCaller: null, forMs: null }, timeoutMs: 10_000 },
    (answers) => answers === enough,
  );
}
