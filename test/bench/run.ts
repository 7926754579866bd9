import { cpus, release } from "node:os";
import { parseArgs } from "node:util";
import { memory } from "./cases/memory.js";
import { hot, uniform } from "./cases/postgres.js";
import type { Settings } from "./settings.js";

const HOT_CALLERS = [1, 32, 256, 1_000] as const;

const CASES: Readonly<Record<string, (settings: Settings) => Promise<string>>> = {
  memory,
  ...Object.fromEntries(HOT_CALLERS.map((callers) => [`hot-${callers}`, hot(callers)])),
  uniform,
};

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: "string" },
      rounds: { type: "string", default: "5" },
      ms: { type: "string", default: "3000" },
    },
  });
  const names = values.only?.split(",") ?? Object.keys(CASES);
  const settings = { rounds: Number(values.rounds), ms: Number(values.ms) };
  console.log(
    `${cpus()[0]?.model ?? "?"}, ${cpus().length} cores, Linux ${release()}, Node ${process.version}\n`,
  );
  for (const name of names) {
    const run = CASES[name];
    if (run === undefined)
      throw new RangeError(`There is no case "${name}"; there are ${Object.keys(CASES).join(", ")}.`);
    console.log(await run(settings));
  }
}

await main();
