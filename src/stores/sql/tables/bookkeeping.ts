import { integer, part, text } from "../columns.js";
import type { Table } from "./table.js";

export const parts: Table<{ readonly part: number; readonly position: number }> = {
  name: "part",
  means: "One row for each of the 256 parts.",
  columns: {
    part: part("0–255."),
    position: integer("Position of the part's last event."),
  },
  key: ["part"],
  isSmallRowed: true,
  indexes: [],
};

export const migration: Table<{ readonly version: number; readonly name: string }> = {
  name: "migration",
  means: "Which versions of these tables were made.",
  columns: {
    version: integer("1, 2, 3, …"),
    name: text("What it brought."),
  },
  key: ["version"],
  indexes: [],
};
