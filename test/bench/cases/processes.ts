import { checkSpent, engineOn, fund } from "../contenders/coffer.js";
import { checkNaive, prepareNaivePostgres } from "../contenders/naive-postgres.js";
import { type Contender, compare } from "../measure/compare.js";
import type { Round } from "../measure/drive.js";
import { type Report, round } from "../measure/report.js";
import { speeds, speedup } from "../measure/speeds.js";
import { median } from "../measure/statistics.js";
import { type Postgres, onPostgres } from "../on-postgres.js";
import { openPool } from "../pool.js";
import { Crew } from "../processes/crew.js";
import { type Answer, CALLERS_PER_PROCESS, type Order } from "../processes/order.js";
import type { Settings } from "../settings.js";

const PROCESSES = 8;
/** For each process: an engine needs few, and the naive transaction is tried with several. */
const OUR_CONNECTIONS = 4;
const NAIVE_CONNECTIONS = [1, 2, 4] as const;
const TRIAL_MS = 1_000;
const CUSTOMERS = ["acme"] as const;

/** Eight processes on one wallet, each with callers of its own. */
export function processes({ rounds, ms }: Settings): Promise<Report> {
  return onPostgres(async (postgres) => {
    const ours = await ofCoffer(postgres, ms);
    const naive = await ofNaive(postgres, ms);
    const figures = await compare([naive, ours], rounds);
    await Promise.all([naive.end(), ours.end()]);
    // The first round warmed up.
    const slowest = median(ours.shares().slice(1));
    const goals = [
      { what: "All of them against naive", value: speedup(figures[1], figures[0]), unit: "×", atLeast: 5 },
      { what: "The slowest process against the mean", value: slowest, unit: "×", atLeast: 1 / 3 },
    ] as const;
    return speeds(
      `PostgreSQL, one wallet, ${PROCESSES} processes of ${CALLERS_PER_PROCESS} callers`,
      figures,
      goals,
      [
        `The slowest process of the naive transaction, against the mean: ${round(median(naive.shares().slice(1)))}×.`,
        postgres.version,
      ],
    );
  });
}

interface Shared extends Contender {
  /** Of each round: what the slowest process did, against the mean of all. */
  readonly shares: () => readonly number[];
  readonly end: () => Promise<void>;
}

async function ofCoffer({ url, storeIn }: Postgres, ms: number): Promise<Shared> {
  const credits = engineOn(await storeIn("coffer"));
  await fund(credits, CUSTOMERS);
  await prepareNaivePostgres(url, CUSTOMERS);
  const crew = await Crew.of(PROCESSES, url, OUR_CONNECTIONS);
  return shared("coffer", crew, { who: "coffer", ms }, (made) => checkSpent(credits, CUSTOMERS, made));
}

/** The number of connections that serves it best. */
async function ofNaive({ url }: Postgres, ms: number): Promise<Shared> {
  let made = 0;
  let best: { readonly crew: Crew; readonly connections: number; readonly operations: number } | undefined;
  for (const connections of NAIVE_CONNECTIONS) {
    const crew = await Crew.of(PROCESSES, url, connections);
    const { operations } = together(await crew.do({ who: "naive", ms: TRIAL_MS }));
    made += operations;
    const loser = best !== undefined && best.operations >= operations ? crew : best?.crew;
    if (loser !== crew) best = { crew, connections, operations };
    await loser?.end();
  }
  if (best === undefined) throw new Error("no number of connections was tried");
  const name = `naive transaction, pools of ${best.connections}`;
  const pool = openPool(url, 1);
  const naive = shared(name, best.crew, { who: "naive", ms }, (since) =>
    checkNaive(pool, CUSTOMERS.length, made + since),
  );
  return {
    ...naive,
    end: async () => {
      await naive.end();
      await pool.end();
    },
  };
}

function shared(name: string, crew: Crew, order: Order, check: (made: number) => Promise<void>): Shared {
  const shares: number[] = [];
  let made = 0;
  return {
    name,
    round: async () => {
      const answers = await crew.do(order);
      const all = together(answers);
      const least = Math.min(...answers.map(({ operations }) => operations));
      shares.push((least * answers.length) / all.operations);
      made += all.operations;
      return all;
    },
    check: () => check(made),
    shares: () => shares,
    end: () => crew.end(),
  };
}

/** As one round: over when the last was. */
function together(answers: readonly Answer[]): Round {
  return {
    operations: answers.reduce((sum, { operations }) => sum + operations, 0),
    ms: Math.max(...answers.map(({ ms }) => ms)),
    latenciesMs: answers.flatMap(({ latenciesMs }) => latenciesMs),
  };
}
