import { parseArgs } from "node:util";
import { type SimulationOptions, type TroubleRates, USUAL_TROUBLE } from "coffer/testing";

export interface Args {
  readonly store: "memory" | "sqlite" | "postgres";
  readonly seed: number;
  /** Runs, of one seed each, counted up from the first. */
  readonly runs: number;
  /** No run begins after so many seconds. */
  readonly seconds: number;
  readonly options: Omit<SimulationOptions, "seed" | "store">;
}

const STORES = ["memory", "sqlite", "postgres"] as const;

const USAGE = `npm run test:simulation -- [--store memory|sqlite|postgres] [--seed 1] [--runs 1] [--steps 1000]
  [--seconds 3600] [--faults death,late,…] [--clients 6] [--processes 3] [--wallets 7] [--skip 3,4] [--concurrency 1]
  [--replay | --no-replay] [--trace]`;

export function readArgs(argv: readonly string[]): Args {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const { values } = parseArgs({
    args: [...argv],
    allowNegative: true,
    options: {
      store: text,
      seed: text,
      runs: text,
      seconds: text,
      steps: text,
      faults: text,
      clients: text,
      processes: text,
      wallets: text,
      skip: text,
      concurrency: text,
      replay: flag,
      trace: flag,
    },
  });
  const store = STORES.find((name) => name === (values.store ?? "memory"));
  if (store === undefined) throw new RangeError(`There is no store "${values.store}".\n${USAGE}`);
  const trace = (line: string) => process.stdout.write(line);
  return {
    store,
    seed: numberOf(values.seed, 1),
    runs: numberOf(values.runs, 1),
    seconds: numberOf(values.seconds, 3_600),
    options: {
      steps: numberOf(values.steps, 1_000),
      faults: ratesOf(values.faults),
      clients: numberOf(values.clients, 6),
      processes: numberOf(values.processes, 3),
      wallets: numberOf(values.wallets, 7),
      concurrency: numberOf(values.concurrency, 1),
      skip: values.skip === undefined ? [] : values.skip.split(",").map((each) => numberOf(each, 0)),
      replay: values.replay,
      trace: values.trace === true ? trace : undefined,
    },
  };
}

function numberOf(text: string | undefined, usual: number): number {
  const number = text === undefined ? usual : Number(text);
  if (!Number.isSafeInteger(number)) throw new RangeError(`"${text}" is no whole number.\n${USAGE}`);
  return number;
}

/** The usual rates of the faults that are named; of all, where none is. */
function ratesOf(names: string | undefined): TroubleRates {
  if (names === undefined) return USUAL_TROUBLE;
  const wanted = names.split(",").filter((name) => name !== "");
  for (const name of wanted)
    if (!(name in USUAL_TROUBLE)) throw new RangeError(`There is no fault "${name}".`);
  return Object.fromEntries(Object.entries(USUAL_TROUBLE).filter(([name]) => wanted.includes(name)));
}

/** The line that plays this run again. */
export function lineOf(store: Args["store"], { steps, skip = [], ...options }: SimulationOptions): string {
  const faults = Object.entries(options.faults ?? {}).flatMap(([name, rate]) => (rate > 0 ? [name] : []));
  const { seed, clients = 6, processes = 3, wallets = 7 } = options;
  const all = faults.length === Object.keys(USUAL_TROUBLE).length;
  return [
    `npm run test:simulation -- --seed ${seed} --steps ${steps} --store ${store}`,
    `--clients ${clients} --processes ${processes} --wallets ${wallets}`,
    ...(all ? [] : [`--faults "${faults.join(",")}"`]),
    ...(skip.length > 0 ? [`--skip ${skip.join(",")}`] : []),
    ...(options.replay === undefined ? [] : [options.replay ? "--replay" : "--no-replay"]),
  ].join(" ");
}
