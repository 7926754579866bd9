import { mysqlStore } from "coffer/mysql";
import { createConnection, createPool } from "mysql2/promise";
import { hasMariadb, startMariadb } from "../../support/servers/mariadb.js";
import { coffer } from "../contenders/coffer.js";
import { naiveMysql } from "../contenders/naive-mysql.js";
import { compare } from "../measure/compare.js";
import type { Report } from "../measure/report.js";
import { speeds, speedup } from "../measure/speeds.js";
import type { Settings } from "../settings.js";

const CALLERS = 1_000;
const CONNECTIONS = 10;

/** One hot wallet on a MariaDB that was made for the case. */
export async function mariadb({ rounds, ms }: Settings): Promise<Report> {
  if (!hasMariadb())
    throw new Error("mariadb: MariaDB is not installed on this machine; leave the case out with --only.");
  const server = await startMariadb();
  const load = { callers: CALLERS, ms, customers: ["acme"] };
  try {
    const version = await makeDatabases(server.url);
    const naive = await naiveMysql(`${server.url}/naive`, load);
    const pool = createPool({ uri: `${server.url}/coffer`, connectionLimit: CONNECTIONS });
    const store = mysqlStore({ pool });
    await store.migrate();
    const figures = await compare([naive, await coffer("coffer", store, load)], rounds);
    await Promise.all([naive.end(), pool.end()]);
    const goals = [
      { what: "Against naive", value: speedup(figures[1], figures[0]), unit: "×", atLeast: 15 },
    ] as const;
    return speeds("MariaDB, one wallet, 1,000 callers", figures, goals, [
      `MariaDB ${version}, its default settings, each commit synced to the disk.`,
    ]);
  } finally {
    await server.stop();
  }
}

async function makeDatabases(url: string): Promise<string> {
  const connection = await createConnection(url);
  try {
    for (const name of ["naive", "coffer"]) await connection.query(`create database ${name}`);
    const [rows] = await connection.query("select version() as version");
    return (rows as { version: string }[])[0]?.version ?? "?";
  } finally {
    await connection.end();
  }
}
