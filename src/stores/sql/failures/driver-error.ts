/** What drivers put on their errors, as far as it is of the type that it should be. */
export interface DriverError {
  readonly name: string;
  readonly message: string;
  /** `23505` and `ECONNRESET`, `ER_DUP_ENTRY`, `SQLITE_BUSY`: whatever the driver calls its code. */
  readonly code: string;
  /** MySQL's number of the error; of system errors, a negative number. */
  readonly errno: number | null;
  /** MySQL: the server's own class of the error; empty where it came from the driver. */
  readonly sqlState: string;
  /** PostgreSQL's severity, in the server's language. */
  readonly severity: string;
  /** `connect` and `getaddrinfo`: a system error from before there was a connection. */
  readonly syscall: string;
  /** SQLite's extended result code, as node:sqlite and libsql give it, and Prisma over libsql. */
  readonly resultCode: number | null;
}

type Fields = Readonly<Record<string, unknown>>;

/** More than any library nests; an end for errors that hold each other. */
const MOST_LINKS = 16;

/** A driver's message is a line; what is longer quotes the statement first, as Knex does. */
const LONGEST_MESSAGE = 400;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function whole(...values: readonly unknown[]): number | null {
  const found = values.find((value) => typeof value === "number");
  return typeof found === "number" ? found : null;
}

/** Prisma keeps what the database said beside the kind of error that it makes of it. */
function read(fields: Fields): DriverError {
  const original = Number(fields["originalCode"] ?? NaN) || null;
  return {
    name: text(fields["name"]),
    message: text(fields["sqlMessage"]) || text(fields["originalMessage"]) || text(fields["message"]),
    code: text(fields["originalCode"]) || text(fields["code"]),
    errno: whole(fields["errno"], original),
    sqlState: text(fields["sqlState"]) || text(fields["state"]),
    severity: text(fields["severity"]),
    syscall: text(fields["syscall"]),
    resultCode: whole(fields["errcode"], fields["rawCode"], original),
  };
}

/** The errors that an error is made of: its own code is only the first one's. */
function severalIn(fields: Fields): readonly unknown[] {
  const several = fields["errors"];
  return Array.isArray(several) ? (several as readonly unknown[]) : [];
}

/** What the database said, as Prisma's adapters pass it on. */
function adapterError(fields: Fields): unknown {
  const meta = fields["meta"];
  return isFields(meta) ? meta["driverAdapterError"] : undefined;
}

/** Whether what the database said came along: Prisma's own code says less, and calls a busy file a broken socket. */
function saysLess(fields: Fields): boolean {
  const inner = adapterError(fields);
  const cause = isFields(inner) ? inner["cause"] : undefined;
  return isFields(cause) && text(cause["originalCode"]) !== "";
}

/** The error and those that it wraps, outermost first. */
export function chainOf(error: unknown): readonly DriverError[] {
  const chain: DriverError[] = [];
  const seen = new Set<unknown>();
  const queue: unknown[] = [error];
  for (let at = 0; at < queue.length && chain.length < MOST_LINKS; at += 1) {
    const link = queue[at];
    if (!isFields(link) || seen.has(link)) continue;
    seen.add(link);
    const several = severalIn(link);
    if (several.length === 0 && !saysLess(link)) chain.push(read(link));
    queue.push(...several, adapterError(link), link["cause"]);
  }
  return chain;
}

/** Its own words, with its code: `deadlock detected (40P01)`. */
export function saidBy(error: DriverError): string {
  const { code, errno } = error;
  const message = error.message.replaceAll(/\s+/gu, " ").trim();
  const short = message.length > LONGEST_MESSAGE ? `… ${message.slice(-LONGEST_MESSAGE)}` : message;
  const named = code || (errno === null ? "" : String(errno));
  const words = short || error.name || "an error without a message";
  return named === "" || short.includes(named) ? words : `${words} (${named})`;
}
