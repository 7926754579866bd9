import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "tsup";

/** Within the project, so that the drivers that stay outside the bundle are found. */
const CACHE = join(import.meta.dirname, "../../../node_modules/.cache");

const REQUIRE = `import { createRequire } from "node:module"; const require = createRequire(import.meta.url);`;

let bundled: Promise<string> | undefined;

/** The worker as one file: it loads in a tenth of the time, and a run of crashes starts hundreds of them. */
export function workerProgram(): Promise<string> {
  bundled ??= bundle();
  return bundled;
}

async function bundle(): Promise<string> {
  mkdirSync(CACHE, { recursive: true });
  const outDir = mkdtempSync(join(CACHE, "coffer-load-"));
  process.once("exit", () => rmSync(outDir, { recursive: true, force: true }));
  await build({
    config: false,
    entry: { worker: join(import.meta.dirname, "worker.ts") },
    outDir,
    format: "esm",
    outExtension: () => ({ js: ".mjs" }),
    target: "node20",
    platform: "node",
    dts: false,
    silent: true,
    noExternal: [/.*/u],
    external: ["better-sqlite3", "libsql", "pg-native"],
    banner: { js: REQUIRE },
  });
  return join(outDir, "worker.mjs");
}
