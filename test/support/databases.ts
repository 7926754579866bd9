/** Databases for test files, on the servers that `global-setup.ts` starts when they are first asked for. */
import { randomBytes } from "node:crypto";
import mysql from "mysql2/promise";
import pg from "pg";
import { inject } from "vitest";
import type { ServerName } from "./servers/keeper.js";

/** An empty database of one's own. */
export interface Database {
  readonly url: string;
  /** Ends what is still connected to it, too. */
  readonly drop: () => Promise<void>;
}

/** A database on a PostgreSQL server that orders texts as English does. */
export function freshPostgres(): Promise<Database> {
  return freshOn("postgres");
}

/** A database on a server of PostgreSQL 13: ask `isHere` first. */
export function freshPostgres13(): Promise<Database> {
  return freshOn("postgres13");
}

/** A database that is reached through PgBouncer, in transaction mode: ask `isHere` first. */
export async function freshBehindPgbouncer(): Promise<Database> {
  const pooler = await here("pgbouncer");
  const { url, drop } = await freshPostgres();
  return { url: new URL(new URL(url).pathname, pooler).href, drop };
}

async function freshOn(name: "postgres" | "postgres13"): Promise<Database> {
  const server = await here(name);
  const database = freshName();
  await onPostgres(server, `CREATE DATABASE ${database}`);
  return {
    url: new URL(`/${database}`, server).href,
    drop: () => onPostgres(server, `DROP DATABASE ${database} WITH (FORCE)`),
  };
}

/** A database on a MariaDB server: ask `hasMysql` first. */
export async function freshMysql(): Promise<Database> {
  const server = await here("mariadb");
  const name = freshName();
  await onMysql(server, `CREATE DATABASE ${name}`);
  return { url: `${server}/${name}`, drop: () => onMysql(server, `DROP DATABASE ${name}`) };
}

/**
 * Whether there is such a server. The project does not bring all of them: if not, the run says that `suite` is left
 * out, and why; if COFFER_REQUIRE_SERVERS names the server it fails instead.
 */
export async function isHere(
  server: "postgres13" | "pgbouncer" | "mariadb",
  suite: string,
): Promise<boolean> {
  return (await ask(server, suite)) !== null;
}

export function hasMysql(suite: string): Promise<boolean> {
  return isHere("mariadb", suite);
}

async function here(server: ServerName): Promise<string> {
  const url = await ask(server);
  if (url === null) throw new Error(`there is no ${server}: ask isHere first`);
  return url;
}

async function ask(server: ServerName, suite = ""): Promise<string | null> {
  const response = await fetch(`${inject("serverDesk")}/${server}?for=${encodeURIComponent(suite)}`);
  const text = await response.text();
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(text);
  return text;
}

function freshName(): string {
  return `test_${randomBytes(6).toString("hex")}`;
}

async function onPostgres(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

async function onMysql(url: string, statement: string): Promise<void> {
  const connection = await mysql.createConnection(url);
  try {
    await connection.query(statement);
  } finally {
    await connection.end();
  }
}
