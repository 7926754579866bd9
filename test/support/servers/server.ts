import { spawnSync } from "node:child_process";
import { createServer } from "node:net";

/** A database server of a test run. */
export interface Server {
  /** Where an administrator connects. */
  readonly url: string;
  /** Kills all of its processes at once, and starts it again on what they left. */
  readonly crash: () => Promise<void>;
  /** Ends it, and removes all that it wrote. */
  readonly stop: () => Promise<void>;
}

export const USER = "coffer";
export const PASSWORD = "coffer";

/** A port of this machine that nobody listens on just now. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no free port was found");
  return address.port;
}

/** Kills a process and those that it started, so that none of them has time to put anything in order. */
export function killFamily(pid: number): void {
  // One that stands still starts no others meanwhile.
  process.kill(pid, "SIGSTOP");
  const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" });
  const pairs = stdout.split("\n").map((line) => line.trim().split(/\s+/u).map(Number));
  for (const [child, parent] of pairs) if (parent === pid && child !== undefined) killIfThere(child);
  process.kill(pid, "SIGKILL");
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}
