import type { DriverError } from "./driver-error.js";
import { elsewhere, judge, lost, passing, refused, type Failure, type Verdict } from "./failure.js";
import { libraryRule } from "./libraries.js";
import { BY_NUMBER, REPLICA } from "./mysql-numbers.js";
import { networkRule } from "./network.js";

const UNDOING = "01 02 0A 0K 0L 0Z 20 21 22 23 24 25 2F 35 3D 42 44 OP";

/**
 * By the first two characters of the server's SQLSTATE. All but 08, 40 and XA come from reading the statement, from
 * rights, or from values and constraints: the statement is undone, and says the same again.
 */
const BY_CLASS: ReadonlyMap<string, Verdict> = new Map([
  ["08", lost()],
  ["40", passing()],
  ["XA", refused()],
  ["28", refused("Check user, password and host of the account.")],
  ...UNDOING.split(" ").map((kind): [string, Verdict] => [kind, refused()]),
  // What a trigger or check of the app raised by SIGNAL.
  ["45", refused("A trigger of the database refused the statement.")],
]);

/** Some option of the server stands in the way; which, only the message says. */
const READ_ONLY_OR_OTHER = 1290;
const READ_ONLY = /read[-_]only/iu;

const ENDED = "The pool was ended while coffer still used it: end it after `store.close()`.";
const FULL =
  "Every connection of the pool was in use: raise its `connectionLimit`, or hold connections for less time.";

const CLIENT_BY_MESSAGE: readonly (readonly [RegExp, Verdict])[] = [
  [/^Pool is closed\.$/u, refused(ENDED)],
  [/^(No connections available|Queue limit reached)\.$/u, elsewhere(FULL)],
  // The connection had ended before: the statement never left.
  [/^Can't add new command when connection is in closed state/u, elsewhere()],
  [/^Can't write in closed state/u, lost()],
  [/^connect ETIMEDOUT$/u, elsewhere()],
  [/got packets out of order/u, lost()],
];

const CLIENT_BY_CODE: ReadonlyMap<string, Verdict> = new Map([
  ["POOL_CLOSED", refused(ENDED)],
  ["POOL_NOEXIST", refused()],
  ["POOL_NONEONLINE", elsewhere()],
  ["AUTH_SWITCH_PLUGIN_ERROR", refused("Check user and password.")],
  ["MYSQL_CLEAR_PASSWORD_NOT_ENABLED", refused()],
  ["ER_SSL_CONNECTION_ERROR", refused("Check the TLS settings of the connection.")],
]);

/** What the server answered. System errors have numbers below zero. */
function serverRule({ errno, sqlState, message }: DriverError): Verdict | null {
  if (errno === null || errno <= 0) return null;
  if (errno === READ_ONLY_OR_OTHER) return READ_ONLY.test(message) ? elsewhere(REPLICA) : refused();
  return BY_NUMBER.get(errno) ?? BY_CLASS.get(sqlState.slice(0, 2)) ?? null;
}

/** What mysql2 says itself. */
function clientRule({ code, message }: DriverError): Verdict | null {
  const byCode = CLIENT_BY_CODE.get(code);
  if (byCode !== undefined) return byCode;
  if (code.startsWith("HANDSHAKE_")) return refused("Check the TLS settings of the connection.");
  // Its timers and its reading of what the server sends: a statement may be running on.
  if (code.startsWith("PROTOCOL_")) return lost();
  return CLIENT_BY_MESSAGE.find(([words]) => words.test(message))?.[1] ?? null;
}

/** Errors of mysql2, and of what it runs over. */
export function classifyMysql(error: unknown): Failure | null {
  return judge(error, serverRule, clientRule, networkRule, libraryRule);
}
