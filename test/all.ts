/** `npm test`: every check of the project, in order, each with its time. Stops at the first that fails. */
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";

const REPORT = "reports/vitest.json";

const steps: readonly (readonly [name: string, command: string, ...args: string[]])[] = [
  ["format", "prettier", "--check", "--log-level", "warn", "."],
  ["lint", "oxlint", "--type-aware", "--deny-warnings"],
  ["types", "tsc", "--noEmit"],
  ["build", "npm", "run", "--silent", "build", "--", "--silent"],
  [
    "tests",
    "vitest",
    "run",
    "--config=test/vitest.config.ts",
    "--root=.",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${REPORT}`,
  ],
  ["unused code", "knip"],
  ["package", "publint", "--strict"],
  ["package types", "attw", "--pack", ".", "--profile", "node16"],
  ["size", "size-limit"],
];

// A tool is found as npm finds it: first among the project's own.
const env = { ...process.env, PATH: `node_modules/.bin:${process.env["PATH"] ?? ""}` };

rmSync(REPORT, { force: true });
mkdirSync("reports", { recursive: true });

const lines: string[] = [];
let failed = false;
for (const [name, command, ...args] of steps) {
  console.log(`\n── ${name}: ${[command, ...args].join(" ")}`);
  const started = performance.now();
  const { status, error } = spawnSync(command, args, { stdio: ["ignore", "inherit", "inherit"], env });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  failed = status !== 0;
  if (error) console.error(error.message);
  lines.push(`${failed ? "FAILED" : "ok    "}  ${seconds.padStart(6)} s  ${name}`);
  if (failed) break;
}
for (const [name] of steps.slice(lines.length)) lines.push(`not run            ${name}`);

console.log(`\n${lines.join("\n")}`);
process.exitCode = failed ? 1 : 0;
