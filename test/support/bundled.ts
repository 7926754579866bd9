import { mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { build } from "esbuild";

const FOLDER = join(import.meta.dirname, "../../.cache/bundled");

const made = new Map<string, Promise<string>>();

/** A program as one file that Node runs as it is: where many processes start, a loader would take most of their time. */
export function bundled(program: string): Promise<string> {
  const known = made.get(program) ?? bundle(program);
  made.set(program, known);
  return known;
}

async function bundle(program: string): Promise<string> {
  await mkdir(FOLDER, { recursive: true });
  // Processes that bundle the same program at the same time do not share the file.
  const outfile = join(FOLDER, `${basename(program, ".ts")}-${process.pid}.mjs`);
  await build({
    entryPoints: [program],
    outfile,
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20",
  });
  return outfile;
}
