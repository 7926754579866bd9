import type { DriverError } from "./driver-error.js";
import { elsewhere, judge, lost, passing, refused, type Failure, type Verdict } from "./failure.js";
import { libraryRule } from "./libraries.js";
import { networkRule } from "./network.js";
import { postgresClientRule } from "./postgres-clients.js";

const MIGRATE = "Run `await store.migrate()`, and check the schema's name.";
const RIGHTS =
  "Grant the role USAGE on the schema, and SELECT, INSERT, UPDATE and DELETE on its tables; " +
  "`store.migrate()` needs CREATE too.";
const STATEMENTS =
  "The driver's prepared statements are not those of the server's session: behind a pooler, " +
  "leave prepared statements off or let the pooler track them.";
const LOGIN = "Check user, password and the server's pg_hba.conf.";

/** By SQLSTATE, where a code is not as its class. */
const BY_CODE: ReadonlyMap<string, Verdict> = new Map([
  ["08001", elsewhere()],
  ["08003", elsewhere()],
  ["08004", elsewhere()],
  ["25006", elsewhere("The connection leads to a standby, or is read-only: connect to the primary.")],
  [
    "25P01",
    refused(
      "The app's transaction is not open: begin it before, and keep it open until the call is answered.",
    ),
  ],
  ["25P02", refused("A statement of this transaction failed before: roll it back and begin anew.")],
  ["25P03", elsewhere("The transaction was idle for longer than idle_in_transaction_session_timeout.")],
  ["25P04", elsewhere("The transaction took longer than transaction_timeout.")],
  ["26000", elsewhere(STATEMENTS)],
  ["3F000", refused(MIGRATE)],
  ["40002", refused()],
  ["40003", lost()],
  ["42501", refused(RIGHTS)],
  ["42703", refused(MIGRATE)],
  ["42P01", refused(MIGRATE)],
  ["42P05", elsewhere(STATEMENTS)],
  ["53000", passing()],
  ["53100", refused("The server's disk is full.")],
  ["53200", passing("The server ran out of memory.")],
  ["53300", elsewhere("Give pools a smaller `max`, or the server more max_connections.")],
  ["55006", passing()],
  ["55P03", passing("Another transaction holds the lock.")],
  ["57000", passing()],
  ["57014", passing("The statement was cancelled, or took longer than statement_timeout.")],
  // A server that shuts down may have committed, and be waiting for its standby to say so.
  ["57P01", lost("The server ended the connection.")],
  ["57P02", lost("The server ended the connection.")],
  ["57P03", elsewhere("The server is starting, stopping or recovering.")],
  ["57P05", elsewhere("The connection was idle for longer than idle_session_timeout.")],
  ["72000", passing()],
]);

const UNDOING =
  "00 01 02 03 09 0A 0B 0F 0L 0P 0Z 10 20 21 22 23 24 25 26 27 2B 2D 2F 34 38 39 3B 3F 42 44 53 54 55 57 58 72 " +
  "F0 HV P0 XX";

/** By the first two characters of a SQLSTATE: an error undoes its statement, or breaks the connection. */
const BY_CLASS: ReadonlyMap<string, Verdict> = new Map([
  ["08", lost()],
  ["28", refused(LOGIN)],
  ["3D", refused("Create the database, or correct its name.")],
  ["40", passing()],
  ...UNDOING.split(" ").map((kind): [string, Verdict] => [kind, refused()]),
]);

/** Where the server itself is in trouble, only its word that it goes on (ERROR) says that it rolled back. */
const TROUBLE = new Set(["53", "58", "XX"]);

const SQLSTATE = /^[0-9A-Z]{5}$/u;

/** What the server answered. */
function serverRule(error: DriverError): Verdict | null {
  const { code, severity } = error;
  if (!SQLSTATE.test(code)) return null;
  const kind = code.slice(0, 2);
  if (severity === "PANIC") return lost();
  // A message that does not fit its statement is our fault; over a broken pooler the same code says more.
  if (code === "08P01" && severity === "ERROR") return refused();
  if (code === "0A000" && error.message.includes("cached plan")) return elsewhere(STATEMENTS);
  const goesOn = severity === "" || severity === "ERROR" || code === "53300";
  if (TROUBLE.has(kind) && !goesOn) return lost();
  return BY_CODE.get(code) ?? BY_CLASS.get(kind) ?? null;
}

/** Errors of node-postgres, postgres.js and PGlite, and of what they run over. */
export function classifyPostgres(error: unknown): Failure | null {
  return judge(error, serverRule, postgresClientRule, networkRule, libraryRule);
}
