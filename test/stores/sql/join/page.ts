/** What docs/how-to/use-your-own-transaction.md tells an app to write, from the page's own text. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT, scratch } from "./scratch.js";

const PAGE = readFileSync(join(ROOT, "docs/how-to/use-your-own-transaction.md"), "utf8");

export type Retried = (work: () => Promise<void>) => Promise<void>;

function found(pattern: RegExp): string {
  const [text] = PAGE.match(pattern) ?? [];
  if (text === undefined) throw new Error(`the page has no longer what matches ${pattern.source}`);
  return text;
}

/** The rows of its table, as `[library, adapter]`. */
export function pageLibraries(): readonly (readonly [string, string])[] {
  const rows = PAGE.matchAll(/^\| (\S+) +\| `.+` +\| `credits\.withTransaction\((\w+)\(\w+\)\)` +\|$/gmu);
  return [...rows].map(([, library = "", adapter = ""]) => [library, adapter] as const);
}

let modules = 0;

/** Runs TypeScript as a module within the project, and gives what it exports. */
async function runAsModule(name: string, code: string): Promise<Readonly<Record<string, unknown>>> {
  modules += 1;
  const folder = scratch(`page-${name}-${modules}`); // one that was imported is not run again
  try {
    return (await import(folder.write(`${name}.ts`, code))) as Readonly<Record<string, unknown>>;
  } finally {
    folder.remove();
  }
}

/** Its way to run a whole transaction again. */
export async function pageRetried(): Promise<Retried> {
  const code = found(/^async function retried\([\s\S]*?^\}$/mu);
  const module = await runAsModule("retried", `import { CreditError } from "coffer";\nexport ${code}\n`);
  return module["retried"] as Retried;
}

/** Its whole example, which orders `order_1` and charges acme for it, and then the end of what it opened. */
export async function runPageExample(databaseUrl: string): Promise<void> {
  const [, code = ""] = /^```ts\n([\s\S]*?)^```$/mu.exec(PAGE) ?? [];
  const before = process.env["DATABASE_URL"];
  process.env["DATABASE_URL"] = databaseUrl;
  try {
    await runAsModule("example", `${code}\nawait credits.close();\nawait pool.end();\n`);
  } finally {
    if (before === undefined) delete process.env["DATABASE_URL"];
    else process.env["DATABASE_URL"] = before;
  }
}
