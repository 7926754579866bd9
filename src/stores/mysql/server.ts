import { StoreError } from "../../store/errors.js";
import { query } from "../sql/programs/context.js";
import type { Program } from "../sql/statement.js";

/** The two servers differ in the names of their collations. */
export type MysqlServer = "mysql" | "mariadb";

interface Needed {
  readonly name: string;
  readonly version: readonly number[];
  readonly why: string;
}

const NEEDED: Readonly<Record<MysqlServer, Needed>> = {
  mysql: { name: "MySQL", version: [8, 0, 17], why: "a collation that compares bytes and pads nothing" },
  mariadb: { name: "MariaDB", version: [10, 6, 0], why: "locks that skip what others hold" },
};

/** Which server this is; refuses those that lack what the store needs. */
export function* checkServer(): Program<MysqlServer> {
  const [row] = yield* query({ text: "select version() as version", values: [] });
  const said = row?.["version"];
  const version = typeof said === "string" ? said : "";
  const server: MysqlServer = /mariadb/iu.test(version) ? "mariadb" : "mysql";
  const needed = NEEDED[server];
  // Some say first what they were called in replication: 5.5.5-10.6.12-MariaDB.
  const numbers = /^(?:5\.5\.5-)?(\d+)\.(\d+)\.(\d+)/u.exec(version)?.slice(1).map(Number) ?? [];
  if (isBelow(numbers, needed.version)) {
    throw new StoreError(
      "unsupported",
      `The server is ${needed.name} ${version}; coffer needs ${needed.version.join(".")} or newer, for ${needed.why}.`,
    );
  }
  return server;
}

function isBelow(version: readonly number[], needed: readonly number[]): boolean {
  const at = needed.findIndex((number, index) => version[index] !== number);
  return at >= 0 && (version[at] ?? 0) < (needed[at] ?? 0);
}

/** Refuses sessions that would change what is stored. */
export function* checkSession(): Program<void> {
  const [row] = yield* query({
    text: "select @@sql_mode as modes, @@character_set_connection as charset, @@character_set_client as client",
    values: [],
  });
  const modes = String(row?.["modes"]).split(",");
  if (!modes.includes("STRICT_TRANS_TABLES") && !modes.includes("STRICT_ALL_TABLES"))
    refuse("sql_mode must have STRICT_TRANS_TABLES: without it the server cuts what does not fit");
  if (modes.includes("EMPTY_STRING_IS_NULL"))
    refuse("sql_mode must not have EMPTY_STRING_IS_NULL: empty texts are stored");
  const charset = String(row?.["charset"]);
  if (charset !== "utf8mb4" || String(row?.["client"]) !== "utf8mb4")
    refuse(`the pool's \`charset\` must be one of utf8mb4, not of ${charset}: texts would be cut or changed`);
}

function refuse(problem: string): never {
  throw new StoreError("unsupported", `The database's sessions do not fit: ${problem}.`);
}
