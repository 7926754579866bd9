/** Where reports are kept. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { format } from "prettier";
import { machine } from "./measure/machine.js";
import { type Report, isReached, markdown } from "./measure/report.js";
import { ROOT } from "./root.js";
import type { Settings } from "./settings.js";

/** For programs: one file a case, the last run of it. */
export async function keepFigures(name: string, report: Report, settings: Settings): Promise<void> {
  const folder = join(ROOT, "reports/bench");
  await mkdir(folder, { recursive: true });
  const goals = report.goals.map((goal) => ({ ...goal, isReached: isReached(goal) }));
  const kept = { case: name, machine: machine(), at: new Date(), settings, ...report, goals };
  await writeFile(join(folder, `${name}.json`), `${JSON.stringify(kept, null, 2)}\n`);
}

const END = "<!-- end -->";

function beginOf(name: string): string {
  return `<!-- bench ${name} -->`;
}

/** @throws {RangeError} where a page lacks the place of a case: better before its figures are taken. */
export async function checkPlaces(page: string, names: readonly string[]): Promise<void> {
  const text = await readFile(join(ROOT, page), "utf8");
  for (const name of names) {
    const from = text.indexOf(beginOf(name));
    if (from === -1 || !text.includes(END, from))
      throw new RangeError(`--write: ${page} has no place "${beginOf(name)}" … "${END}".`);
  }
}

/** Between the marks that a page has for the case. */
export async function fillIn(page: string, name: string, report: Report, settings: Settings): Promise<void> {
  const file = join(ROOT, page);
  const text = await readFile(file, "utf8");
  const begin = beginOf(name);
  const from = text.indexOf(begin);
  const to = text.indexOf(END, from);
  const caption = `_${machine()}. Rounds: ${settings.rounds} of ${settings.ms} ms._`;
  const filled = `${text.slice(0, from)}${begin}\n\n${markdown(report)}\n${caption}\n\n${text.slice(to)}`;
  await writeFile(file, await format(filled, { parser: "markdown", printWidth: 110 }));
}
