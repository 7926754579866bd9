import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { bundled } from "../../support/bundled.js";
import { ROOT } from "../root.js";

/** Runs a program to its end; throws with what it said where it fails. */
export function run(program: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: ROOT, encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} failed\n${stdout}\n${stderr}`);
  return stdout;
}

const ROUNDS = 15;

/** Milliseconds of processes that import one file each, by its name; the empty name imports nothing. */
export async function importTimes(
  names: readonly string[],
  kind: "esm" | "cjs",
): Promise<ReadonlyMap<string, readonly number[]>> {
  const folder = await mkdtemp(join(tmpdir(), "coffer-imports-"));
  const extension = kind === "esm" ? "mjs" : "cjs";
  const scripts = await Promise.all(
    ["", ...names].map(async (name) => {
      const script = join(folder, `import-${name}.${extension}`);
      await writeFile(script, name === "" ? "" : importOf(name, kind));
      return { name, script, times: [] as number[] };
    }),
  );
  // In turn, so that whatever else the machine does meets all of them alike.
  for (let round = 0; round < ROUNDS; round++)
    for (const { script, times } of scripts) {
      const started = performance.now();
      run(process.execPath, [script]);
      times.push(performance.now() - started);
    }
  await rm(folder, { recursive: true });
  return new Map(scripts.map(({ name, times }) => [name, times]));
}

function importOf(name: string, kind: "esm" | "cjs"): string {
  return kind === "esm"
    ? `import ${JSON.stringify(pathToFileURL(join(ROOT, "dist", `${name}.js`)).href)};`
    : `require(${JSON.stringify(join(ROOT, "dist", `${name}.cjs`))});`;
}

export interface PackageSize {
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: number;
}

/** As it would be published. */
export function packageSize(): PackageSize {
  const said: unknown = JSON.parse(run("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"]));
  const [packed] = said as readonly [{ size: number; unpackedSize: number; entryCount: number }];
  return { size: packed.size, unpackedSize: packed.unpackedSize, files: packed.entryCount };
}

/** Room for all that is allocated while it is measured. */
const YOUNG_MIB = 512;

/** Bytes that a withdrawal allocates; over PostgreSQL where a URL is given. */
export async function bytesPerWithdrawal(url?: string): Promise<number> {
  const program = await bundled(join(ROOT, "test/bench/allocations.ts"));
  const room = [`--max-semi-space-size=${YOUNG_MIB}`, `--min-semi-space-size=${YOUNG_MIB}`];
  return Number(
    run(process.execPath, ["--expose-gc", ...room, program, ...(url === undefined ? [] : [url])]),
  );
}
