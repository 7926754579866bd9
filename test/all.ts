/**
 * `npm test`: every check of the project, each with its time. What needs one core only runs beside something else; a
 * failure ends its stage, and the stages after it are not run.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";

const REPORT = "reports/vitest.json";

type Step = readonly [name: string, command: string, ...args: string[]];
/** Steps one after the other. */
type Lane = readonly Step[];

const BUILD: Step = ["build", "npm", "run", "--silent", "build", "--", "--silent"];
const TESTS: Step = [
  "tests",
  "vitest",
  "run",
  "--config=test/vitest.config.ts",
  "--root=.",
  "--reporter=default",
  "--reporter=json",
  `--outputFile.json=${REPORT}`,
];

/** Lanes of one stage run side by side. */
const stages: readonly (readonly Lane[])[] = [
  [
    [["types", "tsc", "--noEmit"], BUILD],
    [
      ["format", "prettier", "--check", "--log-level", "warn", "."],
      ["lint", "oxlint", "--type-aware", "--deny-warnings"],
    ],
  ],
  [[TESTS]],
  [
    [["package types", "attw", "--pack", ".", "--profile", "node16"]],
    [
      ["unused code", "knip"],
      ["package", "publint", "--strict"],
      ["size", "size-limit"],
    ],
  ],
];

// A tool is found as npm finds it: first among the project's own.
const env = { ...process.env, PATH: `node_modules/.bin:${process.env["PATH"] ?? ""}` };
const lines: string[] = [];
let failed = false;

/** Runs a step; beside others its output waits for its end, so that it stands together. */
async function run([name, command, ...args]: Step, isAlone: boolean): Promise<boolean> {
  const heading = `\n── ${name}: ${[command, ...args].join(" ")}`;
  if (isAlone) console.log(heading);
  const started = performance.now();
  const child = spawn(command, args, {
    stdio: ["ignore", isAlone ? "inherit" : "pipe", isAlone ? "inherit" : "pipe"],
    env,
  });
  const output: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (bytes: Buffer) => output.push(bytes));
  const status = await new Promise<number | null>((resolve) => {
    child.on("error", (error) => {
      output.push(Buffer.from(error.message));
      resolve(null);
    });
    child.on("close", resolve);
  });
  if (!isAlone) console.log(`${heading}\n${Buffer.concat(output).toString()}`);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const isRight = status === 0 && (name !== TESTS[0] || allPassed());
  lines.push(`${isRight ? "ok    " : "FAILED"}  ${seconds.padStart(6)} s  ${name}`);
  return isRight;
}

/** A library that the tests load ends their process with status 0 whatever came of them: the report says what did. */
function allPassed(): boolean {
  if (!existsSync(REPORT)) return false;
  const { success } = JSON.parse(readFileSync(REPORT, "utf8")) as { readonly success: boolean };
  return success;
}

async function runLane(lane: Lane, isAlone: boolean): Promise<void> {
  for (const step of lane) {
    if (failed) lines.push(`not run            ${step[0]}`);
    else if (!(await run(step, isAlone))) failed = true;
  }
}

rmSync(REPORT, { force: true });
mkdirSync("reports", { recursive: true });
for (const lanes of stages) await Promise.all(lanes.map((lane) => runLane(lane, lanes.length === 1)));

console.log(`\n${lines.join("\n")}`);
process.exitCode = failed ? 1 : 0;
