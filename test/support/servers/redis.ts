import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Server, freePort } from "./server.js";

/** Redis is no part of the project: a machine may have it or not. */
export function hasRedis(): boolean {
  return spawnSync("redis-server", ["--version"], { stdio: "ignore" }).status === 0;
}

/** As a store of money needs it: each write is on the disk before it is answered. */
export async function startRedis(): Promise<Omit<Server, "crash">> {
  const folder = await mkdtemp(join(tmpdir(), "coffer-redis-"));
  const port = await freePort();
  const options = {
    bind: "127.0.0.1",
    port,
    dir: folder,
    save: "",
    appendonly: "yes",
    appendfsync: "always",
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const server = spawn("redis-server", args, { stdio: ["ignore", "pipe", "inherit"] });
  await untilReady(server);
  const stop = async () => {
    const ended = once(server, "exit");
    server.kill("SIGKILL");
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  return { url: `redis://127.0.0.1:${port}`, stop };
}

async function untilReady(server: ChildProcess): Promise<void> {
  if (server.stdout === null) throw new Error("its output is a pipe");
  const lines: string[] = [];
  for await (const line of createInterface({ input: server.stdout })) {
    if (line.includes("Ready to accept connections")) {
      server.stdout.resume();
      return;
    }
    lines.push(line);
  }
  throw new Error(`Redis did not start: ${lines.join("\n")}`);
}
