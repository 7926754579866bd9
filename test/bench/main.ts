/**
 * The benchmarks: `npm run bench -- [--only memory,hot-256] [--rounds 5] [--ms 3000]`.
 *
 * They run as users run the library, bundled and without a loader that rewrites each function.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const FOLDER = join(import.meta.dirname, "../../.cache/bench");

mkdirSync(FOLDER, { recursive: true });
const outfile = join(FOLDER, "run.mjs");
await build({
  entryPoints: [join(import.meta.dirname, "run.ts")],
  outfile,
  bundle: true,
  packages: "external",
  platform: "node",
  format: "esm",
  target: "node20",
});
const { status } = spawnSync(process.execPath, ["--enable-source-maps", outfile, ...process.argv.slice(2)], {
  stdio: "inherit",
});
process.exitCode = status ?? 1;
