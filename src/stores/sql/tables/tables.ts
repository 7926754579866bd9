import { migration, parts } from "./bookkeeping.js";
import { entry } from "./entry.js";
import { grant } from "./grant.js";
import { event, outbox, receipt, record } from "./streams.js";
import type { Table } from "./table.js";
import { usage } from "./usage.js";
import { wallet } from "./wallet.js";

/** All tables, in the order in which they are made and documented. */
export const TABLES = { wallet, grant, record, entry, receipt, usage, outbox, event, part: parts, migration };

/** As the query builder sees them: columns by field name, every value a text. */
export type Database = {
  readonly [Name in keyof typeof TABLES]: (typeof TABLES)[Name] extends Table<infer Row>
    ? Columns<Row>
    : never;
};

/** Fields whose columns have another name than theirs. */
type Columns<Row> = { readonly [Field in keyof Row as Renamed<Field>]: string };
type Renamed<Field> = Field extends keyof typeof RENAMED ? (typeof RENAMED)[Field] : Field;

/** Where a field's name is a word of SQL: what the tables' definitions call its column. */
const RENAMED = { key: "idempotencyKey", group: "dimensions", count: "uses" } as const;
