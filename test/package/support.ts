/** What the tests of the package share: where things are, what is built, and how to run a program. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";

export const ROOT = join(import.meta.dirname, "../..");

const manifestSchema = z.object({
  name: z.string(),
  dependencies: z.record(z.string(), z.string()),
  peerDependencies: z.record(z.string(), z.string()).default({}),
  devDependencies: z.record(z.string(), z.string()),
  exports: z.record(z.string(), z.unknown()),
});

export const manifest = manifestSchema.parse(JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")));

/** `coffer`, `coffer/memory`, …: every entry point that runs code. */
export const ENTRY_POINTS: readonly string[] = Object.keys(manifest.exports)
  .filter((subpath) => subpath !== "./package.json")
  .map((subpath) => manifest.name + subpath.slice(1));

/** The file of an entry point in `dist`: `coffer` is `index`, `coffer/memory` is `memory`. */
export function builtFile(entryPoint: string, extension: string): string {
  const name = entryPoint === manifest.name ? "index" : entryPoint.slice(manifest.name.length + 1);
  return join(ROOT, "dist", name.replaceAll("/", "-") + extension);
}

export function requireBuild(): void {
  for (const entryPoint of ENTRY_POINTS) {
    for (const extension of [".js", ".cjs", ".d.ts", ".d.cts"]) {
      const file = builtFile(entryPoint, extension);
      if (!existsSync(file)) throw new Error(`${file} is missing. Run \`npm run build\` before this test.`);
    }
  }
}

export function temporaryFolder(name: string): string {
  return mkdtempSync(join(tmpdir(), `coffer-${name}-`));
}

/** Runs a program to its end and returns what it printed; throws with its output when it fails. */
export function run(command: string, args: readonly string[], cwd: string = ROOT): string {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, NO_COLOR: "1", NODE_OPTIONS: "" },
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed\n${stdout}\n${stderr}`);
  return stdout;
}

/** Files that git knows or would add: the tree without what it ignores. Paths from the root, sorted. */
export function projectFiles(...patterns: readonly string[]): readonly string[] {
  const listed = run("git", [
    "ls-files",
    "--cached",
    "--others",
    "--exclude-standard",
    "-z",
    "--",
    ...patterns,
  ]);
  return [...new Set(listed.split("\0"))]
    .filter((file) => file !== "" && existsSync(join(ROOT, file)))
    .sort();
}

export function readProjectFile(file: string): string {
  return readFileSync(join(ROOT, file), "utf8");
}
