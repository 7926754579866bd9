/**
 * The benchmarks: `npm run bench -- [--only memory,hot-256] [--rounds 5] [--ms 3000]`.
 *
 * They run as users run the library, bundled and without a loader that rewrites each function.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { bundled } from "../support/bundled.js";

const program = await bundled(join(import.meta.dirname, "run.ts"));
const { status } = spawnSync(process.execPath, [program, ...process.argv.slice(2)], {
  stdio: "inherit",
});
process.exitCode = status ?? 1;
