import type { DriverError } from "./driver-error.js";
import { elsewhere, lost, passing, refused, type Verdict } from "./failure.js";

const OVER = "The app's transaction has ended: keep it open until the call is answered.";

/** What query builders and ORMs say of transactions that they run. */
const BY_MESSAGE: readonly (readonly [RegExp, Verdict])[] = [
  [/^Transaction is already (committed|rolled back)$/u, refused(OVER)],
  [/^Transaction is closed$/u, refused(OVER)],
  [/Transaction query already complete/u, refused(OVER)],
  [/^Knex: Timeout acquiring a connection/u, elsewhere()],
  [/^driver has already been destroyed$/u, refused("Kysely was destroyed while coffer still used it.")],
  [/^Connection (ended|lost) unexpectedly$/u, lost()],
];

/** Prisma's own codes. `P2010` and `P2034` wrap what the database said, which is asked first where it came along. */
const PRISMA: ReadonlyMap<string, Verdict> = new Map([
  ["P1000", refused("Check user and password.")],
  ["P1001", elsewhere()],
  ["P1002", elsewhere()],
  ["P1003", refused("Create the database, or correct its name.")],
  ["P1008", lost()],
  ["P1010", refused("Check the rights of the database's user.")],
  ["P1011", refused("Check the TLS settings of the connection.")],
  ["P1017", lost()],
  ["P2024", elsewhere("Every connection of Prisma's pool was in use.")],
  ["P2028", refused(OVER)],
  ["P2034", passing()],
  ["P2037", elsewhere("The server has no connection left.")],
]);

/** Errors that libraries above the driver make themselves. */
export function libraryRule({ code, message }: DriverError): Verdict | null {
  return PRISMA.get(code) ?? BY_MESSAGE.find(([words]) => words.test(message))?.[1] ?? null;
}
