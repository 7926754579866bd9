/** docs/schema.md is written from the tables' definitions: `-u` writes it anew. */
import { join } from "node:path";
import { format } from "prettier";
import { expect, test } from "vitest";
import { mysqlTarget, postgresTarget, sqliteTarget } from "../../src/stores/sql/schema/targets.js";
import { type Table, columnName, columnsOf } from "../../src/stores/sql/tables/table.js";
import { TABLES } from "../../src/stores/sql/tables/tables.js";
import { ROOT } from "./support.js";

const INTRODUCTION = `# Tables

What the SQL stores keep, for people who read it with tools of their own. In PostgreSQL the tables stand in a schema,
\`coffer.wallet\`; elsewhere behind a prefix, \`coffer_wallet\`. Read as you like, and write only through the library.
[Query the tables](how-to/query-the-tables.md) has queries to begin with.

- **\`part\` leads every key** of credits. It is a hash of the customer, so all rows of a customer have the same. The tables
  are designed to be distributed by it; that is not tested.
- **A wallet has a version**, which grows by one with each commit.
- **Nothing comes from the server**: no sequence numbers the rows, and no instant is the server's. Instants are UTC
  milliseconds of the engine's clock.
- **No foreign keys.** Rows belong together by \`part\` and \`wallet\`.
- **Amounts are integers** of the currency's smallest unit; money is in minor units.

This page is written from the definitions that make the tables.
`;

const TARGETS = [postgresTarget("coffer"), sqliteTarget, mysqlTarget("mysql")];

/** The type without the collation, which all texts share. */
function typesOf(kind: keyof (typeof sqliteTarget)["types"]): string {
  return TARGETS.map(({ types }) => types[kind].replace(/ (character set|collate) .*$/, "")).join(" · ");
}

function section<Row>(table: Table<Row>): string {
  const columns = columnsOf(table).map(
    ([, name, { kind, isNullable, means }]) =>
      `| \`${name}\` | ${typesOf(kind)} | ${isNullable ? "yes" : ""} | ${means.replaceAll("|", "\\|")} |`,
  );
  const key = table.key.map((field) => `\`${columnName(field, table.columns[field])}\``).join(", ");
  const indexes = table.indexes.map(
    ({ name, columns: names, where }) =>
      `- \`${name}\`: ${names.map((column) => `\`${column}\``).join(", ")}${where === undefined ? "" : ` where \`${where}\`, except in MySQL, whose indexes hold all rows`}.`,
  );
  return [
    `## ${table.name}\n`,
    `${table.means}\n`,
    `Primary key: ${key}.\n`,
    "| Column | PostgreSQL · SQLite · MySQL | Null | Meaning |",
    "| --- | --- | --- | --- |",
    ...columns,
    ...(indexes.length === 0 ? [] : ["\nIndexes:\n", ...indexes]),
  ].join("\n");
}

test("docs/schema.md describes the tables as they are made", async () => {
  const sections = Object.values(TABLES).map((table) => section<never>(table as Table<never>));
  const page = await format([INTRODUCTION, ...sections].join("\n\n"), {
    parser: "markdown",
    printWidth: 110,
  });
  await expect(page).toMatchFileSnapshot(join(ROOT, "docs/schema.md"));
});
