import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findProgram, kill, start, untilItSays } from "./program.js";
import { freePort, PASSWORD, USER } from "./server.js";
import type { Server } from "./server.js";

export function hasPgbouncer(): boolean {
  return findProgram("pgbouncer") !== null;
}

/** Connections to the server, for each database: fewer than any test has clients. */
const SERVER_CONNECTIONS = 4;

/** PgBouncer before a PostgreSQL: each transaction may meet another of its few connections. */
export async function startPgbouncer(postgresUrl: string): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), "coffer-pgbouncer-"));
  await chmod(folder, 0o755);
  const port = await freePort();
  const server = new URL(postgresUrl);
  const settings = join(folder, "pgbouncer.ini");
  await writeFile(
    settings,
    `[databases]
* = host=${server.hostname} port=${server.port} user=${USER} password=${PASSWORD}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = ${SERVER_CONNECTIONS}
max_client_conn = 500
`,
  );
  // Root may not run it: it becomes somebody else, who can do nothing.
  const options = process.getuid?.() === 0 ? ["-u", "nobody", settings] : [settings];
  let pooler = start("pgbouncer", options);
  const untilReady = () => untilItSays(pooler, "process up");
  const crash = async () => {
    await kill(pooler);
    pooler = start("pgbouncer", options);
    await untilReady();
  };
  const stop = async () => {
    await kill(pooler);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await untilReady();
  } catch (error) {
    await stop();
    throw error;
  }
  return { crash, url: `postgres://${USER}:${PASSWORD}@127.0.0.1:${port}/postgres`, stop };
}
