import { type RawBuilder, sql } from "kysely";
import type { WalletKey } from "../../store/rows.js";
import { nameOf, takeKey } from "../../store/intake/take-change.js";
import { walletNumber } from "../sql/columns.js";
import { mysql } from "../sql/dialects/mysql.js";

/** Keys of wallets, each once, in the order of the primary key. */
export function sortedKeys(keys: readonly WalletKey[]): readonly WalletKey[] {
  const distinct = new Map(keys.map((key) => [nameOf(key), takeKey(key)]));
  return [...distinct.values()].sort((a, b) => a.part - b.part || (a.id < b.id ? -1 : 1));
}

/** Wallets as a JSON text for `placesTable`; each may name a text of its own, an idempotency key say. */
export function placesJson(places: readonly { readonly key: WalletKey; readonly name?: string }[]): string {
  const rows = places.map(({ key, name }) => {
    const named = name === undefined ? "" : `,${JSON.stringify(name)}`;
    return `[${key.part},${walletNumber(key.id)}${named}]`;
  });
  return `[${rows.join(",")}]`;
}

/**
 * The wallets of a JSON text as a table `k`, to begin a join with. One statement serves any number of them, and the
 * rows are found one by one through the index, whatever the statistics say.
 */
export function placesTable(json: string): RawBuilder<unknown> {
  return sql`json_table(${json}, '$[*]' columns (${PLACE})) as k`;
}

/** The same, each with its text as `k.name`. */
export function namedPlacesTable(json: string): RawBuilder<unknown> {
  const name = sql`name varchar(512) character set utf8mb4 path '$[2]'`;
  return sql`json_table(${json}, '$[*]' columns (${PLACE}, ${name})) as k`;
}

const PLACE = sql`part smallint path '$[0]', wallet bigint path '$[1]'`;

/**
 * `w` is one of these wallets, for statements that lock. A wallet that cannot be stands beside them: were all of one
 * part, and the table small, the server might look through, and lock, the whole part.
 */
export function isOneOf(parts: readonly string[], wallets: readonly string[]): RawBuilder<boolean> {
  const points = parts.map(
    (part, index) => sql`(w.part = ${mysql.int(part)} and w.wallet = ${mysql.int(wallets[index] ?? "-1")})`,
  );
  return sql<boolean>`(${sql.join([...points, sql`(w.part = -1 and w.wallet = -1)`], sql` or `)})`;
}
