/**
 * `npm run test:simulation`: plays the days of `days.ts`, compiled beforehand into one file. A loader that compiles as it
 * goes names every closure at run time, which days of many operations pay for.
 */
import { mkdir, rm } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type Plugin, build } from "esbuild";

const days = fileURLToPath(new URL("./days.ts", import.meta.url));
// Below `node_modules`, so that packages are found from there.
const folder = fileURLToPath(new URL("../../node_modules/.cache/simulation", import.meta.url));
const compiled = `${folder}/days-${process.pid}.mjs`;

/** What starts servers looks for files beside its own. */
const servers: Plugin = {
  name: "servers",
  setup: ({ onResolve }) =>
    onResolve({ filter: /\/support\/servers\// }, ({ path }) => ({
      path: new URL(path.replace(/\.js$/, ".ts"), import.meta.url).href,
      external: true,
    })),
};

await mkdir(folder, { recursive: true });
try {
  await build({
    entryPoints: [days],
    outfile: compiled,
    bundle: true,
    packages: "external",
    plugins: [servers],
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "warning",
  });
  await import(pathToFileURL(compiled).href);
} finally {
  await rm(compiled, { force: true });
}
// A library of the servers' ends the process with status 0 where nobody says otherwise.
process.exit(process.exitCode);
