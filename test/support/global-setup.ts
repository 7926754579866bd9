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
import type { Server } from "./servers/server.js";

declare module "vitest" {
  export interface ProvidedContext {
    /** Where a test file asks for a server: see `databases.ts`. */
    readonly serverDesk: string;
  }
}

const NO_MARIADB =
  "mariadbd is not installed on this machine (Debian and Ubuntu: apt install mariadb-server)";

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const running = new Map<ServerName, Promise<Server>>();
  const find = (name: ServerName) => {
    const server = running.get(name) ?? keep(name);
    running.set(name, server);
    return server;
  };
  const desk = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://desk");
    if (pathname === "/postgres") answer(response, find("postgres"));
    else if (hasMariadb()) answer(response, find("mariadb"));
    else refuse(response, searchParams.get("for") ?? "");
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
function refuse(response: ServerResponse, suite: string): void {
  const isRequired = process.env["COFFER_REQUIRE_SERVERS"] === "1";
  if (!isRequired) console.warn(`NOT RUN: ${suite}, as ${NO_MARIADB}`);
  response.writeHead(isRequired ? 500 : 404).end(NO_MARIADB);
}
