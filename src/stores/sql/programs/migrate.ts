import { StoreError } from "../../../store/errors.js";
import { MIGRATIONS, SCHEMA_VERSION, migrationTable, recordMigration } from "../schema/migrations.js";
import type { SchemaTarget } from "../schema/ddl.js";
import type { Program } from "../statement.js";
import { query } from "./context.js";

/** Brings the tables up to this library's version. One process at a time: the caller holds a lock. */
export function* migrate(target: SchemaTarget): Program<void> {
  for (const text of migrationTable(target)) yield* run(text);
  const version = yield* versionOf(target);
  checkNotNewer(version);
  for (const migration of MIGRATIONS.slice(version)) {
    for (const text of migration.statements(target)) yield* run(text);
    yield* run(recordMigration(target, migration));
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
