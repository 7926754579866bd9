import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { createInterface } from "node:readline";
import type { SqliteDriver } from "coffer/sqlite";

/** The program that does each work. */
const PROGRAMS = {
  drain: new URL("./child-engine.ts", import.meta.url),
  retry: new URL("./child-engine.ts", import.meta.url),
  commit: new URL("./child-store.ts", import.meta.url),
  migrate: new URL("./child-store.ts", import.meta.url),
};
export type Work = keyof typeof PROGRAMS;

/** A process that waits to be told to begin. */
export interface Child {
  begin(): void;
  /** As if its machine had lost it. */
  kill(): void;
  /** Waits for its next line; null when it has ended. */
  line(): Promise<string | null>;
  /** Fails unless it ended well. */
  ended(): Promise<void>;
}

/** Starts a process, and waits until it has loaded. */
export async function startChild(
  work: Work,
  path: string,
  driver: SqliteDriver,
  name = "child",
  forMs = 0,
): Promise<Child> {
  const program = fileURLToPath(PROGRAMS[work]);
  const args = ["--no-warnings", "--import", "tsx", program, work, path, driver, name, String(forMs)];
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  const exit = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const line = async () => {
    const next = await lines.next();
    return next.done === true ? null : next.value;
  };
  if ((await line()) !== "ready") throw new Error(`${name} did not load`);
  return {
    begin: () => void child.stdin.write("begin\n"),
    kill: () => void child.kill("SIGKILL"),
    line,
    ended: async () => {
      const code = await exit;
      if (code !== 0) throw new Error(`${name} ended with ${String(code)}`);
    },
  };
}
