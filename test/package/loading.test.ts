/** What loading an entry point brings in: its own chunks and the runtime dependencies, nothing else. */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { builtFile, ENTRY_POINTS, manifest, requireBuild, run, temporaryFolder } from "./support.js";

const folder = temporaryFolder("loading");
beforeAll(requireBuild);
afterAll(() => rmSync(folder, { recursive: true }));

/** Prints every module that an ESM `import` of its argument loads, as Node's resolver names them. */
function loadedByImport(specifier: string): readonly string[] {
  const hooks = `import { writeSync } from "node:fs";
  export async function resolve(specifier, context, next) {
    const found = await next(specifier, context);
    writeSync(1, found.url + "\\n");
    return found;
  }`;
  const main = `import { register } from "node:module";
  register("./hooks.mjs", import.meta.url);
  await import(process.argv[2]);`;
  writeFileSync(join(folder, "hooks.mjs"), hooks);
  writeFileSync(join(folder, "main.mjs"), main);
  return run("node", [join(folder, "main.mjs"), specifier])
    .trim()
    .split("\n");
}

function loadedByRequire(file: string): readonly string[] {
  const main = `require(${JSON.stringify(file)}); console.log(JSON.stringify(Object.keys(require.cache)))`;
  return z.array(z.string()).parse(JSON.parse(run("node", ["-e", main])));
}

/** The packages among the loaded modules. */
function packagesOf(modules: readonly string[]): readonly string[] {
  const names = modules.flatMap(
    (module) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(module)?.[1] ?? [],
  );
  return [...new Set(names)].sort();
}

const load = {
  ESM: (entryPoint: string) => loadedByImport(pathToFileURL(builtFile(entryPoint, ".js")).href),
  CJS: (entryPoint: string) => loadedByRequire(builtFile(entryPoint, ".cjs")),
} as const;

test.each(["ESM", "CJS"] as const)("the %s probe sees what is loaded", (format) => {
  const modules = load[format](manifest.name);
  expect(modules.some((module) => /\/dist\/index\.c?js$/.test(module))).toBe(true);
  expect(packagesOf(modules)).toContain("decimal.js");
});

/** What a dependency needs itself comes with it. */
const COME_ALONG = new Set(["@stablelib/base64", "fast-sha256"]);

function isForeign(name: string): boolean {
  return !(name in manifest.dependencies) && !COME_ALONG.has(name);
}

const WITHOUT_TOOLS = ENTRY_POINTS.filter((entryPoint) => entryPoint !== "coffer/testing");

test.each(["ESM", "CJS"] as const)("%s: entry points load only runtime dependencies", (format) => {
  for (const entryPoint of WITHOUT_TOOLS) {
    const modules = load[format](entryPoint);
    const foreign = packagesOf(modules).filter(isForeign);
    expect(foreign, entryPoint).toEqual([]);
    expect(modules.filter((module) => /\/dist\/testing\b/.test(module))).toEqual([]);
  }
});

test.each(["ESM", "CJS"] as const)("%s: only coffer/webhooks loads what signs webhooks", (format) => {
  const loading = ENTRY_POINTS.filter((entryPoint) =>
    packagesOf(load[format](entryPoint)).some((name) => name === "standardwebhooks" || COME_ALONG.has(name)),
  );
  expect(loading).toEqual(["coffer/webhooks"]);
});

test.each(["ESM", "CJS"] as const)(
  "%s: coffer/testing loads no test runner, and no fast-check until it is used",
  (format) => {
    const foreign = packagesOf(load[format]("coffer/testing")).filter(
      (name) => !(name in manifest.dependencies),
    );
    expect(foreign).toEqual([]);
  },
);
