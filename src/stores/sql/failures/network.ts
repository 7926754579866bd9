import type { DriverError } from "./driver-error.js";
import { elsewhere, lost, refused, type Verdict } from "./failure.js";

const BROKEN = new Set([
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "EHOSTDOWN",
  "ENETUNREACH",
  "ENETDOWN",
  "ENETRESET",
  "ENOTCONN",
  "ESHUTDOWN",
  "ECANCELED",
  "EPROTO",
  "EIO",
  "EOF",
  "ERR_STREAM_DESTROYED",
  "ERR_STREAM_WRITE_AFTER_END",
  "ERR_STREAM_PREMATURE_CLOSE",
  "ERR_SOCKET_CLOSED",
  "ERR_SOCKET_CLOSED_BEFORE_CONNECTION",
  "ERR_SOCKET_CONNECTION_TIMEOUT",
]);

/** There is no connection to have sent anything over. */
const UNREACHED = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EAI_FAIL",
  "EADDRNOTAVAIL",
  "EMFILE",
  "ENFILE",
]);

/** The names of these are many; they come while TLS is agreed on, before a password or a statement is sent. */
const UNTRUSTED =
  /^(CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|CRL_)/u;

const REACH = "Check that the server runs and that host and port are right.";

/** Errors of sockets, name lookups and TLS: the same for every server. */
export function networkRule({ code, syscall }: DriverError): Verdict | null {
  if (code === "EACCES" || code === "EPERM") return refused("This process may not open the server's socket.");
  if (UNTRUSTED.test(code)) return refused("Check the TLS settings of the connection.");
  if (syscall === "connect" || syscall === "getaddrinfo") return elsewhere(REACH);
  if (code === "ENOENT") return syscall === "" ? null : elsewhere(REACH);
  if (UNREACHED.has(code)) return elsewhere(REACH);
  return BROKEN.has(code) ? lost() : null;
}
