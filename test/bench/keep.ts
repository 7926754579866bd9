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

/** Between `<!-- bench NAME -->` and `<!-- end -->` of a page. */
export async function fillIn(page: string, name: string, report: Report, settings: Settings): Promise<void> {
  const file = join(ROOT, page);
  const text = await readFile(file, "utf8");
  const begin = `<!-- bench ${name} -->`;
  const from = text.indexOf(begin);
  const to = text.indexOf("<!-- end -->", from);
  if (from === -1 || to === -1)
    throw new RangeError(`--write: ${page} has no place "${begin}" … "<!-- end -->".`);
  const caption = `_${machine()}. Rounds: ${settings.rounds} of ${settings.ms} ms._`;
  const filled = `${text.slice(0, from)}${begin}\n\n${markdown(report)}\n${caption}\n\n${text.slice(to)}`;
  await writeFile(file, await format(filled, { parser: "markdown", printWidth: 110 }));
}
