import { randomBytes } from "node:crypto";
import { mysqlStore } from "coffer/mysql";
import type { Pool, RowDataPacket } from "mysql2/promise";
import type { OpenStore } from "./open.js";
import { notReached, parseUrl, shown, StoreRefusal } from "./refusal.js";

const EXAMPLE = "mysql://user:password@localhost:3306/database";

/** In the database that the URL names, if it has no credits yet; in one of the run's own, if the URL names none. */
export async function openMysql(text: string): Promise<OpenStore> {
  const url = parseUrl(text.replace(/^mariadb:/i, "mysql:"), EXAMPLE);
  const isOwn = url.pathname === "" || url.pathname === "/";
  try {
    if (isOwn) url.pathname = `/${await createDatabase(url)}`;
    return await openDatabase(url, isOwn);
  } catch (error) {
    throw notReached(url, error);
  }
}

async function createDatabase(server: URL): Promise<string> {
  const { createConnection } = await import("mysql2/promise");
  const name = `coffer_demo_${randomBytes(4).toString("hex")}`;
  const connection = await createConnection(server.href);
  try {
    await connection.query(`CREATE DATABASE ${name}`);
  } finally {
    await connection.end();
  }
  return name;
}

async function openDatabase(url: URL, isOwn: boolean): Promise<OpenStore> {
  const { createPool } = await import("mysql2/promise");
  const pool = createPool({ uri: url.href, connectionLimit: 4 });
  const store = mysqlStore({ pool });
  const close = async (): Promise<void> => {
    await store.close();
    await pool.end();
  };
  try {
    if (await holdsCredits(pool)) throw new StoreRefusal(mixes(url));
    await store.migrate();
  } catch (error) {
    await close();
    throw error;
  }
  const riddance = isOwn ? `DROP DATABASE ${url.pathname.slice(1)};` : "drop its tables coffer_*.";
  return { store, place: `Kept in ${shown(url)}. To be rid of it: ${riddance}`, close };
}

function mixes(url: URL): string {
  const server = new URL("/", url);
  return `${shown(url)} holds credits already. Name another database, or none (${shown(server)}): the demo then makes its own.`;
}

async function holdsCredits(pool: Pool): Promise<boolean> {
  const [tables] = await pool.query<RowDataPacket[]>("SHOW TABLES LIKE 'coffer\\_wallet'");
  if (tables.length === 0) return false;
  const [wallets] = await pool.query<RowDataPacket[]>("SELECT 1 FROM coffer_wallet LIMIT 1");
  return wallets.length > 0;
}
