import { parseArgs } from "node:util";
import { type SimulationOptions, type TroubleRates, USUAL_TROUBLE } from "coffer/testing";
import { nameOption, namesOption, wholeOption } from "../support/script-options.js";

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

/**
 * `npm run test:simulation -- [--store memory|sqlite|postgres] [--seed 1] [--runs 1] [--steps 1000] [--seconds 3600]
 * [--faults death,late,…] [--clients 6] [--processes 3] [--wallets 7] [--skip 3,4] [--concurrency 1]
 * [--replay | --no-replay] [--trace]`
 */
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
  const store = nameOption("store", values.store ?? "memory", STORES);
  const whole = (name: Exclude<keyof typeof values, "replay" | "trace">, usual: number, from = 1) =>
    wholeOption(name, values[name] ?? String(usual), from);
  const trace = (line: string) => process.stdout.write(line);
  return {
    store,
    seed: whole("seed", 1, Number.MIN_SAFE_INTEGER),
    runs: whole("runs", 1),
    seconds: whole("seconds", 3_600),
    options: {
      steps: whole("steps", 1_000),
      faults: ratesOf(values.faults),
      clients: whole("clients", 6),
      processes: whole("processes", 3),
      wallets: whole("wallets", 7),
      concurrency: whole("concurrency", 1),
      skip: values.skip === undefined ? [] : values.skip.split(",").map((each) => wholeOption("skip", each)),
      replay: values.replay,
      trace: values.trace === true ? trace : undefined,
    },
  };
}

/** The usual rates of the faults that are named; of all, where none is. */
function ratesOf(names: string | undefined): TroubleRates {
  if (names === undefined) return USUAL_TROUBLE;
  const known = Object.keys(USUAL_TROUBLE);
  const wanted = names === "" ? [] : namesOption("faults", names, known);
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
