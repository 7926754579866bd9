import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findProgram, kill, run, start, untilItSays } from "./program.js";
import { freePort, PASSWORD, USER } from "./server.js";
import type { Server } from "./server.js";

export function hasMariadb(): boolean {
  return findProgram("mariadbd") !== null && findProgram("mariadb-install-db") !== null;
}

/** MariaDB with its defaults: texts without a charset of their own are latin1, and compare without case. */
export async function startMariadb(): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), "coffer-mariadb-"));
  await chmod(folder, 0o755);
  const port = await freePort();
  const data = join(folder, "data");
  const common = [
    "--no-defaults",
    `--datadir=${data}`,
    ...(process.getuid?.() === 0 ? ["--user=mysql"] : []),
  ];
  await run("mariadb-install-db", [...common, "--auth-root-authentication-method=normal", "--skip-test-db"]);
  const users = join(folder, "users.sql");
  const user = `'${USER}'@'%'`;
  await writeFile(
    users,
    `CREATE USER IF NOT EXISTS ${user} IDENTIFIED BY '${PASSWORD}';\nGRANT ALL ON *.* TO ${user};\n`,
  );
  const options = [
    ...common,
    `--port=${port}`,
    "--bind-address=127.0.0.1",
    "--skip-name-resolve",
    `--socket=${join(data, "socket")}`,
    `--init-file=${users}`,
    "--max-connections=200",
  ];
  let server = start("mariadbd", options);
  // The last thing that it says while it starts is where it listens.
  const untilReady = () => untilItSays(server, "ready for connections");
  const crash = async () => {
    await kill(server);
    server = start("mariadbd", options);
    await untilReady();
  };
  const stop = async () => {
    await kill(server);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await untilReady();
  } catch (error) {
    await stop();
    throw error;
  }
  return { crash, url: `mysql://${USER}:${PASSWORD}@127.0.0.1:${port}`, stop };
}
