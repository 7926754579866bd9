import { readFileSync } from "node:fs";
import { Session, type Profiler } from "node:inspector/promises";
import { fileURLToPath } from "node:url";

const INTERVAL_US = 200;

/** Microseconds of this process' own thread by part, while work is done. */
export async function profiled(
  work: () => Promise<unknown>,
  partOf: (file: string) => string | undefined,
): Promise<ReadonlyMap<string, number>> {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: INTERVAL_US });
  await session.post("Profiler.start");
  await work();
  const { profile } = await session.post("Profiler.stop");
  session.disconnect();
  return byPart(profile, partOf);
}

/** What V8 does of its own accord. */
const OWN: ReadonlyMap<string, string> = new Map([
  ["(garbage collector)", "collecting garbage"],
  ["(idle)", "waiting"],
]);

/** What belongs to no part counts to the part that called it. */
function byPart(
  { nodes, samples = [], timeDeltas = [] }: Profiler.Profile,
  partOf: (file: string) => string | undefined,
): ReadonlyMap<string, number> {
  const fileOf = sourceFiles();
  const parts = new Map<number, string>();
  // Callers stand before those that they call.
  for (const { id, callFrame, children = [] } of nodes) {
    const own = OWN.get(callFrame.functionName) ?? partOf(fileOf(callFrame.url, callFrame.lineNumber));
    const part = own ?? parts.get(id) ?? "Node and its sockets";
    parts.set(id, part);
    for (const child of children) parts.set(child, part);
  }
  const times = new Map<string, number>();
  for (const [index, id] of samples.entries()) {
    const part = parts.get(id) ?? "";
    times.set(part, (times.get(part) ?? 0) + (timeDeltas[index] ?? 0));
  }
  return times;
}

/** Bundles say in a comment where each file begins. */
const BEGIN = /^\/\/ ((?:src|test|examples)\/\S+)$/u;

/** The file that a line comes from: through the bundle that this program runs as. */
function sourceFiles(): (url: string, line: number) => string {
  const bundles = new Map<string, readonly string[]>();
  const linesOf = (url: string) => {
    const known = bundles.get(url);
    if (known !== undefined) return known;
    let file = "";
    const files = readFileSync(fileURLToPath(url), "utf8")
      .split("\n")
      .map((line) => (file = BEGIN.exec(line)?.[1] ?? file));
    bundles.set(url, files);
    return files;
  };
  return (url, line) =>
    url.startsWith("file:") && !url.includes("/node_modules/") ? (linesOf(url)[line] ?? url) : url;
}
