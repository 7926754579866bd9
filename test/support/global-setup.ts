/**
 * The database servers of a test run. Each is started when the first test file asks for it, then shared by all; a run
 * of files that need none starts none. Test files ask over HTTP, since each runs in a process of its own.
 */
import { createServer } from "node:http";
import type { Server as Desk, ServerResponse } from "node:http";
import type { TestProject } from "vitest/node";
import { keep } from "./servers/keep.js";
import type { ServerName } from "./servers/keeper.js";
import { hasMariadb } from "./servers/mariadb.js";
import { hasPgbouncer } from "./servers/pgbouncer.js";
import { hasPostgres13 } from "./servers/postgres.js";
import type { Server } from "./servers/server.js";

declare module "vitest" {
  export interface ProvidedContext {
    /** Where a test file asks for a server: see `databases.ts`. */
    readonly serverDesk: string;
  }
}

/** Why a server is not here; null where it is. */
const MISSING: Readonly<Record<ServerName, () => string | null>> = {
  postgres: () => null,
  postgres13: () =>
    hasPostgres13() ? null : "PostgreSQL 13 is not installed in .cache/postgres13: .ci/run shows how",
  pgbouncer: () => (hasPgbouncer() ? null : notInstalled("pgbouncer", "pgbouncer")),
  mariadb: () => (hasMariadb() ? null : notInstalled("mariadbd", "mariadb-server")),
};

function notInstalled(program: string, debianPackage: string): string {
  return `${program} is not installed on this machine (Debian and Ubuntu: apt install ${debianPackage})`;
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const running = new Map<ServerName, Promise<Server>>();
  const find = (name: ServerName): Promise<Server> => {
    const server = running.get(name) ?? start(name);
    running.set(name, server);
    return server;
  };
  // A pooler stands before a server that others use as well.
  const start = async (name: ServerName) =>
    name === "pgbouncer" ? keep(name, (await find("postgres")).url) : keep(name);
  const desk = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://desk");
    // Test files ask by `databases.ts`, which knows no other names.
    const name = pathname.slice(1) as ServerName;
    const missing = MISSING[name]();
    if (missing === null) answer(response, find(name));
    else refuse(response, name, `${searchParams.get("for") ?? ""}, as ${missing}`);
  });
  project.provide("serverDesk", await listen(desk));
  return async () => {
    desk.close();
    const started = await Promise.allSettled(running.values());
    const servers = started.flatMap((server) => (server.status === "fulfilled" ? [server.value] : []));
    await Promise.all(servers.map((server) => server.stop()));
  };
}

async function listen(desk: Desk): Promise<string> {
  await new Promise<void>((resolve) => desk.listen(0, "127.0.0.1", resolve));
  desk.unref();
  const address = desk.address();
  if (address === null || typeof address === "string") throw new Error("the desk has no port");
  return `http://127.0.0.1:${address.port}`;
}

function answer(response: ServerResponse, server: Promise<Server>): void {
  server.then(
    ({ url }) => response.end(url),
    (error: unknown) => response.writeHead(500).end(String(error)),
  );
}

/** The one line that says what is not tested, and why. */
function refuse(response: ServerResponse, name: ServerName, leftOut: string): void {
  const isRequired = (process.env["COFFER_REQUIRE_SERVERS"] ?? "").split(" ").includes(name);
  if (!isRequired) console.warn(`NOT RUN: ${leftOut}`);
  response.writeHead(isRequired ? 500 : 404).end(leftOut);
}
