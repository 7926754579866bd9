/**
 * Keeps a server for as long as the test run lives: `keeper.ts postgres`, `keeper.ts mariadb`. When its input ends the
 * run is over, however it ended, and the server goes with all that it wrote. When it is ready it prints its URL. Each line
 * of its input asks for a crash; when the server is ready again it prints its URL again.
 */
import { createInterface } from "node:readline";
import { startMariadb } from "./mariadb.js";
import { startPostgres } from "./postgres.js";

const starts = { postgres: startPostgres, mariadb: startMariadb };
export type ServerName = keyof typeof starts;

const [, , name] = process.argv;
if (name !== "postgres" && name !== "mariadb") throw new Error(`no server is called ${String(name)}`);

const orders = createInterface(process.stdin);
const over = new Promise<void>((resolve) => {
  orders.on("close", resolve);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => resolve());
});
// Whoever read the URL may be gone before all of it was written.
process.stdout.on("error", () => undefined);

const server = await starts[name]();
orders.on("line", () => void server.crash().then(() => console.log(server.url)));
console.log(server.url);
await over;
await server.stop();
process.exit();
