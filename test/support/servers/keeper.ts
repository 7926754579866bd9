/**
 * Keeps a server for as long as the test run lives: `keeper.ts postgres`, `keeper.ts mariadb`. When its input ends the
 * run is over, however it ended, and the server goes with all that it wrote. When it is ready it prints its URL. Each line
 * of its input asks for a crash; when the server is ready again it prints its URL again.
 */
import { createInterface } from "node:readline";
import { startMariadb } from "./mariadb.js";
import { startPgbouncer } from "./pgbouncer.js";
import { startPostgres, startPostgres13 } from "./postgres.js";
import type { Server } from "./server.js";

export type ServerName = "postgres" | "postgres13" | "pgbouncer" | "mariadb";

/** @param behind The server that it stands before, if it is a pooler. */
const starts: Readonly<Record<string, (behind: string) => Promise<Server>>> = {
  postgres: startPostgres,
  postgres13: startPostgres13,
  pgbouncer: startPgbouncer,
  mariadb: startMariadb,
} satisfies Record<ServerName, unknown>;

const [, , name = "", behind = ""] = process.argv;
const start = starts[name];
if (start === undefined) throw new Error(`no server is called ${name}`);

const orders = createInterface(process.stdin);
const over = new Promise<void>((resolve) => {
  orders.on("close", resolve);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => resolve());
});
// Whoever read the URL may be gone before all of it was written.
process.stdout.on("error", () => undefined);

const server = await start(behind);
orders.on("line", () => void server.crash().then(() => console.log(server.url)));
console.log(server.url);
await over;
await server.stop();
process.exit();
