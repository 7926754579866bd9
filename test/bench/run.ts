import { readArgs } from "./args.js";
import { CASES } from "./cases/all.js";
import { checkPlaces, fillIn, keepFigures } from "./keep.js";
import { machine } from "./measure/machine.js";
import { markdown } from "./measure/report.js";

async function main(): Promise<void> {
  const { names, settings, write } = readArgs(process.argv.slice(2), [...CASES.keys()]);
  if (write !== undefined) await checkPlaces(write, names);
  console.log(`${machine()}\n`);
  for (const name of names) {
    const report = await CASES.get(name)?.(settings);
    if (report === undefined) continue;
    console.log(markdown(report));
    await keepFigures(name, report, settings);
    if (write !== undefined) await fillIn(write, name, report, settings);
  }
}

await main();
