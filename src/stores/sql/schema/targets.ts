import { type SchemaTarget, quote } from "./ddl.js";

const PREFIX = "coffer_";

export const sqliteTarget: SchemaTarget = {
  dialect: "sqlite",
  tableId: (name) => quote("sqlite", PREFIX + name),
  indexName: (name) => PREFIX + name,
  types: {
    part: "integer",
    integer: "integer",
    flag: "integer",
    key64: "text",
    key255: "text",
    key384: "text",
    key512: "text",
    text: "text",
    bytes: "blob",
  },
};

export function postgresTarget(schema: string): SchemaTarget {
  const key = 'text collate "C"';
  return {
    dialect: "postgres",
    tableId: (name) => `${quote("postgres", schema)}.${quote("postgres", name)}`,
    indexName: (name) => name,
    types: {
      part: "smallint",
      integer: "bigint",
      flag: "boolean",
      key64: key,
      key255: key,
      key384: key,
      key512: key,
      text: key,
      bytes: "bytea",
    },
  };
}

/** The collation compares by code points and pads nothing; the two servers name it differently. */
export function mysqlTarget(server: "mysql" | "mariadb"): SchemaTarget {
  const collation = server === "mariadb" ? "utf8mb4_nopad_bin" : "utf8mb4_0900_bin";
  const text = (type: string) => `${type} character set utf8mb4 collate ${collation}`;
  return {
    dialect: "mysql",
    tableId: (name) => quote("mysql", PREFIX + name),
    indexName: (name) => name,
    types: {
      part: "smallint",
      integer: "bigint",
      flag: "boolean",
      key64: text("varchar(64)"),
      key255: text("varchar(255)"),
      key384: text("varchar(384)"),
      key512: text("varchar(512)"),
      text: text("longtext"),
      bytes: "varbinary(64)",
    },
  };
}
