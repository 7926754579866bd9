import type { DriverError } from "./driver-error.js";
import { judge, passing, refused, type Failure, type Verdict } from "./failure.js";
import { libraryRule } from "./libraries.js";

const BUSY = "Another process or connection is writing to the file.";
const DAMAGED = "The file is damaged, or not of SQLite: restore it from a backup.";
const ENDED = "The database was closed while coffer still used it: close it after `store.close()`.";
const FOLDER = "The process must be able to write the file and its folder, for the files beside it.";

/** A disk that fails may have kept what it says it did not. */
const DISK: Verdict = { outcome: "unknown", again: false, drop: false, advice: "The disk failed." };

/** The primary result codes, in the order of their numbers. */
const PRIMARY: readonly (readonly [name: string, verdict: Verdict])[] = [
  ["OK", refused()],
  ["ERROR", refused()],
  ["INTERNAL", refused()],
  ["PERM", refused(FOLDER)],
  ["ABORT", passing()],
  ["BUSY", passing(BUSY)],
  ["LOCKED", passing("Another statement of this process holds the table.")],
  ["NOMEM", passing("The process ran out of memory.")],
  ["READONLY", refused(FOLDER)],
  ["INTERRUPT", passing()],
  ["IOERR", DISK],
  ["CORRUPT", refused(DAMAGED)],
  ["NOTFOUND", refused()],
  ["FULL", refused("The disk, or the file's max_page_count, is full.")],
  ["CANTOPEN", refused(FOLDER)],
  ["PROTOCOL", passing(BUSY)],
  ["EMPTY", refused()],
  ["SCHEMA", passing()],
  ["TOOBIG", refused()],
  ["CONSTRAINT", refused()],
  ["MISMATCH", refused()],
  ["MISUSE", refused()],
  ["NOLFS", refused()],
  ["AUTH", refused()],
  ["FORMAT", refused()],
  ["RANGE", refused()],
  ["NOTADB", refused(DAMAGED)],
  ["NOTICE", refused()],
  ["WARNING", refused()],
];

const BY_NAME = new Map(PRIMARY);

/** Extended codes that mean something else than their primary code; by their number too, as some drivers give it. */
const EXTENDED: readonly (readonly [name: string, number: number, verdict: Verdict])[] = [
  ["ERROR_RETRY", 513, passing()],
  ["ERROR_SNAPSHOT", 769, passing()],
  ["IOERR_NOMEM", 3082, passing("The process ran out of memory.")],
];

const MIGRATE = "Run `await store.migrate()`, and check the file's path.";

/** SQLite has one code for whatever a statement may have wrong. */
function worded(verdict: Verdict, message: string): Verdict {
  return /no such (table|column)|has no column/u.test(message) ? refused(MIGRATE) : verdict;
}

function named(code: string): Verdict | null {
  const name = code.slice("SQLITE_".length);
  const [primary = ""] = name.split("_", 1);
  return EXTENDED.find(([extended]) => extended === name)?.[2] ?? BY_NAME.get(primary) ?? null;
}

/** The primary code is the lowest byte of an extended one. */
function numbered(code: number): Verdict | null {
  return EXTENDED.find(([, number]) => number === code)?.[2] ?? PRIMARY[code & 255]?.[1] ?? null;
}

function resultRule({ code, resultCode, message }: DriverError): Verdict | null {
  const byName = code.startsWith("SQLITE_") ? named(code) : null;
  const verdict = byName ?? (resultCode === null ? null : numbered(resultCode));
  return verdict === null ? null : worded(verdict, message);
}

/** What the drivers say before they ask SQLite. */
const BY_MESSAGE: readonly (readonly [RegExp, Verdict])[] = [
  [/^(The database connection|database) is not open$/u, refused(ENDED)],
  [/^This database connection is busy executing a query$/u, passing()],
  [/^Cannot open database because the directory does not exist$/u, refused(FOLDER)],
  [/^ConnectionFailed\(/u, refused(FOLDER)],
  [/^This statement (does not return data|is busy|has been finalized)/u, refused()],
];

function driverRule({ code, message }: DriverError): Verdict | null {
  if (code === "ERR_INVALID_STATE") return refused(ENDED);
  if (code === "ERR_DLOPEN_FAILED" || code === "MODULE_NOT_FOUND") return refused("Install the driver anew.");
  return BY_MESSAGE.find(([words]) => words.test(message))?.[1] ?? null;
}

/** Errors of better-sqlite3, libsql and node:sqlite. */
export function classifySqlite(error: unknown): Failure | null {
  return judge(error, resultRule, driverRule, libraryRule);
}
