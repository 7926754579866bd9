import { StoreError } from "../../../store/errors.js";
import { MIGRATIONS, SCHEMA_VERSION, migrationTable, recordMigration } from "../schema/migrations.js";
import type { SchemaTarget } from "../schema/ddl.js";
import type { Program } from "../statement.js";
import { query } from "./context.js";

/**
 * Brings the tables up to this library's version. One process at a time: the caller holds a lock. Where that is done,
 * reading is all it does, and all that it needs a right to.
 */
export function* migrate(target: SchemaTarget): Program<void> {
  if (yield* areCurrent(target)) return;
  for (const text of migrationTable(target)) yield* run(text);
  const version = yield* versionOf(target);
  checkNotNewer(version);
  for (const migration of MIGRATIONS.slice(version)) {
    for (const text of migration.statements(target)) yield* run(text);
    yield* run(recordMigration(target, migration));
  }
}

/** Whether the tables are there, and of this library's version. Only reads. */
export function* areCurrent(target: SchemaTarget): Program<boolean> {
  const found = yield* run(findTable(target));
  return found.length > 0 && (yield* versionOf(target)) === SCHEMA_VERSION;
}

/** A row, if the table of migrations is there. */
function findTable({ dialect, tableId }: SchemaTarget): string {
  const name = tableId("migration");
  switch (dialect) {
    case "postgres":
      return `select 1 as found where to_regclass('${name.replaceAll("'", "''")}') is not null`;
    case "mysql":
      return `select 1 as found from information_schema.tables where table_schema = database() and table_name = '${name.replaceAll("`", "")}'`;
    case "sqlite":
      return `select 1 as found from sqlite_master where type = 'table' and name = '${name.replaceAll('"', "")}'`;
  }
}

/** Refuses to work on tables of another version, and says what to do. Fails if there are none. */
export function* checkVersion(target: SchemaTarget): Program<void> {
  const version = yield* versionOf(target);
  checkNotNewer(version);
  if (version < SCHEMA_VERSION) {
    throw new StoreError(
      "permanent",
      `The tables have version ${version}; this version of coffer needs ${SCHEMA_VERSION}. Run \`await store.migrate()\`.`,
    );
  }
}

function* versionOf({ tableId, dialect }: SchemaTarget): Program<number> {
  const type = dialect === "mysql" ? "char" : "text";
  const [row] = yield* run(
    `select cast(coalesce(max(version), 0) as ${type}) as version from ${tableId("migration")}`,
  );
  return Number(row?.["version"] ?? 0);
}

function checkNotNewer(version: number): void {
  if (version <= SCHEMA_VERSION) return;
  throw new StoreError(
    "unsupported",
    `The tables have version ${version}; this version of coffer knows only ${SCHEMA_VERSION}. Update coffer here.`,
  );
}

function* run(text: string): Program<readonly Readonly<Record<string, unknown>>[]> {
  return yield* query({ text, values: [] });
}
