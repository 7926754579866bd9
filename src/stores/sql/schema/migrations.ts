import { TABLES } from "../tables/tables.js";
import { type SchemaTarget, createTable } from "./ddl.js";

/** A step from one version of the tables to the next. What has been published is never changed. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  /** Statements in order. Each may be run again after a failure half-way. */
  readonly statements: (target: SchemaTarget) => readonly string[];
}

export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    name: "wallets, grants, ledger, receipts, usage, events",
    statements: (target) => [
      ...[
        createTable(target, TABLES.wallet),
        createTable(target, TABLES.grant),
        createTable(target, TABLES.record),
        createTable(target, TABLES.entry),
        createTable(target, TABLES.receipt),
        createTable(target, TABLES.usage),
        createTable(target, TABLES.outbox),
        createTable(target, TABLES.event),
        createTable(target, TABLES.part),
      ].flat(),
      fillParts(target),
    ],
  },
];

/** What this version of the library works with. */
export const SCHEMA_VERSION: number = MIGRATIONS.length;

const PARTS = 256;

function fillParts({ dialect, tableId }: SchemaTarget): string {
  const rows = Array.from({ length: PARTS }, (_, part) => `(${part}, 0)`).join(", ");
  const ignore = dialect === "mysql" ? " ignore" : "";
  const onConflict = dialect === "mysql" ? "" : " on conflict do nothing";
  return `insert${ignore} into ${tableId("part")} (part, position) values ${rows}${onConflict}`;
}

/** The table that remembers the versions; it is made before all others. */
export function migrationTable(target: SchemaTarget): readonly string[] {
  return createTable(target, TABLES.migration);
}

export function recordMigration({ tableId }: SchemaTarget, { version, name }: Migration): string {
  return `insert into ${tableId("migration")} (version, name) values (${version}, '${name}')`;
}

/** All of it as one script, for teams that run migrations with tools of their own. */
export function migrationScript(target: SchemaTarget, preamble: readonly string[] = []): string {
  const statements = [
    ...preamble,
    ...migrationTable(target),
    ...MIGRATIONS.flatMap((migration) => [
      ...migration.statements(target),
      recordMigration(target, migration),
    ]),
  ];
  return statements.map((statement) => `${statement};\n`).join("");
}
