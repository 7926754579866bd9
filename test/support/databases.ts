/** Databases for test files, on the servers that `global-setup.ts` starts when they are first asked for. */
import { randomBytes } from "node:crypto";
import mysql from "mysql2/promise";
import pg from "pg";
import { inject } from "vitest";

/** An empty database of one's own. */
export interface Database {
  readonly url: string;
  /** Ends what is still connected to it, too. */
  readonly drop: () => Promise<void>;
}

/** A database on a PostgreSQL server that orders texts as English does, unless told otherwise. */
export async function freshPostgres(): Promise<Database> {
  const server = await ask("postgres");
  if (server === null) throw new Error("PostgreSQL comes with the project: it is never missing");
  const name = freshName();
  await onPostgres(server, `CREATE DATABASE ${name}`);
  return {
    url: new URL(`/${name}`, server).href,
    drop: () => onPostgres(server, `DROP DATABASE ${name} WITH (FORCE)`),
  };
}

/**
 * A database on a MariaDB server. It is not the project that brings the server: ask `hasMysql` first.
 */
export async function freshMysql(): Promise<Database> {
  const server = await ask("mariadb");
  if (server === null) throw new Error("there is no MariaDB: ask hasMysql first");
  const name = freshName();
  await onMysql(server, `CREATE DATABASE ${name}`);
  return { url: `${server}/${name}`, drop: () => onMysql(server, `DROP DATABASE ${name}`) };
}

/**
 * Whether there is a MariaDB. If not, the run says that `suite` is left out, and why; with COFFER_REQUIRE_SERVERS=1
 * it fails instead.
 */
export async function hasMysql(suite: string): Promise<boolean> {
  return (await ask("mariadb", suite)) !== null;
}

async function ask(server: "postgres" | "mariadb", suite = ""): Promise<string | null> {
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
