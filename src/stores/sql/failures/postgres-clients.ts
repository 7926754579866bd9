import type { DriverError } from "./driver-error.js";
import { elsewhere, lost, refused, type Verdict } from "./failure.js";

const ENDED = "The pool or client was ended while coffer still used it: end it after `store.close()`.";
const FULL = "Every connection of the pool was in use: raise its `max`, or hold connections for less time.";

/** What node-postgres, its pool and PGlite say in words only. */
const BY_MESSAGE: readonly (readonly [RegExp, Verdict])[] = [
  [/^timeout exceeded when trying to connect$/u, elsewhere(FULL)],
  [/^timeout expired$|^Connection terminated due to connection timeout$/u, elsewhere()],
  [/^Cannot use a pool after calling end on the pool$/u, refused(ENDED)],
  [/^Client was closed and is not queryable$/u, refused(ENDED)],
  // The first to meet a broken connection is told so; this is said to those who come after, and send nothing.
  [/^Client has encountered a connection error and is not queryable$/u, elsewhere()],
  [/^Connection terminated( unexpectedly)?$/u, lost()],
  [/^Query read timeout$/u, lost("It took longer than `query_timeout`.")],
  [/^Received unexpected \w+ message from backend\.?$/u, lost()],
  [/SSL connection/u, refused("Check the TLS settings of the connection.")],
  [/^SASL: /u, refused("Check user and password.")],
  [/^(Unknown authenticationOk message type|There was an error establishing)/u, refused()],
  [/^PGlite is clos(ed|ing)$/u, refused(ENDED)],
  [/^(PGlite failed to initialize|INITDB failed)/u, refused()],
];

/** postgres.js names its own errors. */
const BY_CODE: ReadonlyMap<string, Verdict> = new Map([
  ["CONNECTION_CLOSED", lost()],
  ["CONNECTION_DESTROYED", lost()],
  ["CONNECTION_ENDED", refused(ENDED)],
  ["CONNECT_TIMEOUT", elsewhere()],
  ["SASL_SIGNATURE_MISMATCH", refused("Check user and password.")],
  ["AUTH_TYPE_NOT_IMPLEMENTED", refused()],
  ["MAX_PARAMETERS_EXCEEDED", refused()],
  ["UNDEFINED_VALUE", refused()],
  ["UNSAFE_TRANSACTION", refused()],
  ["COPY_IN_PROGRESS", refused()],
  ["NOT_TAGGED_CALL", refused()],
  ["MESSAGE_NOT_SUPPORTED", lost()],
]);

/** Errors that the clients make themselves. */
export function postgresClientRule({ code, message, name }: DriverError): Verdict | null {
  const byCode = BY_CODE.get(code);
  if (byCode !== undefined) return byCode;
  // PGlite runs in WebAssembly; what it was doing when it stopped, it can tell nobody.
  if (name === "RuntimeError" || name === "ExitStatus") return lost("Open the database anew.");
  return BY_MESSAGE.find(([words]) => words.test(message))?.[1] ?? null;
}
