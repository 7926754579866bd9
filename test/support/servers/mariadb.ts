import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { freePort, PASSWORD, USER } from "./server.js";
import type { Server } from "./server.js";

/** Servers stand in folders that not every user's path names. */
const FOLDERS = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];

/** The program of that name, or null where it is not installed. */
function findProgram(name: string): string | null {
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
  await writeFile(users, `CREATE USER ${user} IDENTIFIED BY '${PASSWORD}';\nGRANT ALL ON *.* TO ${user};\n`);
  const log: string[] = [];
  const options = [
    ...common,
    `--port=${port}`,
    "--bind-address=127.0.0.1",
    "--skip-name-resolve",
    `--socket=${join(data, "socket")}`,
    `--init-file=${users}`,
    "--max-connections=200",
  ];
  let server = start("mariadbd", log, options);
  const kill = async () => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.removeAllListeners("exit").kill("SIGKILL");
    await once(server, "exit");
  };
  const crash = async () => {
    await kill();
    log.length = 0;
    server = start("mariadbd", log, options);
    await untilReady(server, log);
  };
  const stop = async () => {
    // What it wrote is thrown away: there is nothing to shut down in order.
    await kill();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await untilReady(server, log);
  } catch (error) {
    await stop();
    throw error;
  }
  return { crash, url: `mysql://${USER}:${PASSWORD}@127.0.0.1:${port}`, stop };
}

function start(program: string, log: string[], options: readonly string[]): ChildProcess {
  const child = spawn(findProgram(program) ?? program, options, { stdio: ["ignore", "pipe", "pipe"] });
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (text: Buffer) => log.push(text.toString()));
  return child;
}

async function run(program: string, options: readonly string[]): Promise<void> {
  const log: string[] = [];
  const child = start(program, log, options);
  await once(child, "exit");
  if (child.exitCode !== 0) throw new Error(`${program} failed: ${log.join("")}`);
}

/** The last thing that it says while it starts is where it listens. */
async function untilReady(server: ChildProcess, log: readonly string[]): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const fail = () => reject(new Error(`MariaDB did not start: ${log.join("")}`));
    server.on("error", fail);
    server.on("exit", fail);
    server.stderr?.on("data", () => {
      if (log.join("").includes("ready for connections")) resolve();
    });
  });
}
