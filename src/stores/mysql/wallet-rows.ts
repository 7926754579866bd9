import { sql } from "kysely";
import type { WalletKey } from "../../store/rows.js";
import { nameOf } from "../../store/intake/take-change.js";
import { walletNumber } from "../sql/columns.js";
import { mysql } from "../sql/dialects/mysql.js";
import { type Context, query } from "../sql/programs/context.js";
import type { LockedVersions } from "../sql/programs/judge.js";
import type { Program } from "../sql/statement.js";
import { columnsOf } from "../sql/tables/table.js";
import { TABLES } from "../sql/tables/tables.js";
import { isOneOf } from "./places.js";

/** In one statement. */
const MOST_WALLETS = 128;

/** By `nameOf`; a wallet without a row is not among them, one of version 0 only reserves its place. */
export type Versions = ReadonlyMap<string, number>;

/**
 * Locks the rows of these wallets, as far as nobody else has, and waits for none.
 *
 * @returns their versions; `held` for those that somebody else holds; nothing for those that are not there.
 */
export function* lockFree(context: Context, keys: readonly WalletKey[]): Program<LockedVersions> {
  const versions = new Map<string, number | "held">(yield* select(context, keys, "for update skip locked"));
  const missing = keys.filter((key) => !versions.has(nameOf(key)));
  // Without a lock a held row is seen all the same.
  for (const name of (yield* readVersions(context, missing)).keys()) versions.set(name, "held");
  return versions;
}

/** The latest versions of rows that this transaction holds, whatever its own snapshot shows. */
export function* lockedVersions(context: Context, keys: readonly WalletKey[]): Program<Versions> {
  return new Map(yield* select(context, keys, "for update"));
}

/** As the transaction sees them, without locks. */
export function* readVersions(context: Context, keys: readonly WalletKey[]): Program<Versions> {
  return keys.length === 0 ? new Map() : new Map(yield* select(context, keys, ""));
}

type Lock = "" | "for update" | "for update skip locked";

function* select(
  { templates }: Context,
  keys: readonly WalletKey[],
  lock: Lock,
): Program<readonly (readonly [string, number])[]> {
  const found: (readonly [string, number])[] = [];
  const columns = ["part", "wallet", "version"] as const;
  for (const some of inChunks(keys)) {
    const rows = yield* query(
      templates.statement(`versions ${lock}`, listsOf(some), ({ parts, wallets }) => ({
        compile: () =>
          sql`select ${sql.join(columns.map((name) => mysql.selected("integer", sql.ref(`w.${name}`)).as(name)))}
            from ${mysql.tableId("wallet")} as w force index (primary)
            where ${isOneOf(parts, wallets)} order by w.part, w.wallet ${sql.raw(lock)}`.compile(mysql.db),
      })),
    );
    const { part, wallet, version } = TABLES.wallet.columns;
    for (const row of rows) {
      const key = { part: part.decode(row["part"]), id: wallet.decode(row["wallet"]) };
      found.push([nameOf(key), version.decode(row["version"])]);
    }
  }
  return found;
}

/**
 * Locks the rows of these wallets in the order given, and waits for those who hold them. A wallet that is not there
 * yet gets a row of version 0: whoever else is about to make it waits, too. On a row that is there the statement
 * changes nothing, and it locks no gaps between rows, at any isolation level, as a locking read of an absent row would.
 */
export function* reserve({ templates }: Context, keys: readonly WalletKey[]): Program<void> {
  for (const some of inChunks(keys)) {
    yield* query(
      templates.statement("reserve", listsOf(some), ({ parts, wallets }) => ({
        compile: () => {
          const columns = columnsOf(TABLES.wallet);
          const rows = parts.map((part, index) => {
            const values = columns.map(([, name, { kind, isNullable }]) => {
              if (name === "part" || name === "wallet")
                return sql`${name === "part" ? part : wallets[index]}`;
              if (isNullable) return sql`null`;
              return kind === "integer" ? sql`0` : sql`''`;
            });
            return sql`(${sql.join(values)})`;
          });
          return sql`insert into ${mysql.tableId("wallet")} (${sql.join(columns.map(([, name]) => sql.id(name)))})
            values ${sql.join(rows)} on duplicate key update version = version`.compile(mysql.db);
        },
      })),
    );
  }
}

/** Takes back the places of wallets that were not made after all. */
export function* unreserve({ templates, dialect }: Context, keys: readonly WalletKey[]): Program<void> {
  for (const { part, id } of keys) {
    yield* query(
      templates.statement("unreserve", { part: String(part), wallet: walletNumber(id) }, (marks) =>
        dialect.db
          .deleteFrom(dialect.tables.wallet)
          .where("part", "=", dialect.int(marks.part))
          .where("wallet", "=", dialect.int(marks.wallet))
          .where("version", "=", sql.lit("0")),
      ),
    );
  }
}

function listsOf(keys: readonly WalletKey[]) {
  return {
    parts: keys.map(({ part }) => String(part)),
    wallets: keys.map(({ id }) => walletNumber(id)),
  };
}

function* inChunks(keys: readonly WalletKey[]): Generator<readonly WalletKey[], undefined> {
  for (let start = 0; start < keys.length; start += MOST_WALLETS)
    yield keys.slice(start, start + MOST_WALLETS);
}
