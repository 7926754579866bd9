import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Servers stand in folders that not every user's path names. */
const FOLDERS = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];

/** The program of that name, or null where it is not installed. */
export function findProgram(name: string): string | null {
  const isExecutable = (file: string) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  };
  return FOLDERS.map((folder) => join(folder, name)).find(isExecutable) ?? null;
}

/** A program of the machine, with all that it has said. */
export interface Running {
  readonly child: ChildProcess;
  readonly log: readonly string[];
}

export function start(program: string, options: readonly string[]): Running {
  const log: string[] = [];
  const child = spawn(findProgram(program) ?? program, options, { stdio: ["ignore", "pipe", "pipe"] });
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (text: Buffer) => log.push(text.toString()));
  return { child, log };
}

export async function run(program: string, options: readonly string[]): Promise<void> {
  const { child, log } = start(program, options);
  await once(child, "exit");
  if (child.exitCode !== 0) throw new Error(`${program} failed: ${log.join("")}`);
}

/** Waits until it says that it is ready. */
export async function untilItSays({ child, log }: Running, words: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const fail = () => reject(new Error(`${child.spawnfile} did not start: ${log.join("")}`));
    child.on("error", fail);
    child.on("exit", fail);
    child.stderr?.on("data", () => {
      if (log.join("").includes(words)) resolve();
    });
  });
}

/** What servers of the tests wrote is thrown away: there is nothing to shut down in order. */
export async function kill({ child }: Running): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}
