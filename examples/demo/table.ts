import { Decimal } from "coffer";

type Cell = string | number | Decimal;

export interface Column<Row> {
  readonly title: string;
  readonly of: (row: Row) => Cell;
  /** Decimal places at least; a column shows as many as its longest figure needs. Default 0. */
  readonly places?: number;
}

/** One line per row, text to the left, figures with point under point; the total, if any, is set off. */
export function renderTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  total?: Row,
): readonly string[] {
  const all = total === undefined ? rows : [...rows, total];
  const rendered = columns.map((column) => renderColumn(column, all));
  const [head = "", ...body] = ["", ...all].map((_, line) =>
    rendered
      .map((cells) => cells[line])
      .join("  ")
      .trimEnd(),
  );
  const rule = "─".repeat(Math.max(...[head, ...body].map((line) => line.length)));
  const set = [head, rule, ...body.slice(0, rows.length)];
  return total === undefined ? set : [...set, rule, ...body.slice(rows.length)];
}

/** The title and the cells, all of one width. */
function renderColumn<Row>({ title, of, places = 0 }: Column<Row>, rows: readonly Row[]): readonly string[] {
  const cells = rows.map(of);
  const needed = Math.max(
    places,
    ...cells.map((cell) => (Decimal.isDecimal(cell) ? cell.decimalPlaces() : 0)),
  );
  const texts = [title, ...cells.map((cell) => (typeof cell === "string" ? cell : figure(cell, needed)))];
  const width = Math.max(...texts.map((text) => text.length));
  const isText = cells.every((cell) => typeof cell === "string");
  return texts.map((text) => (isText ? text.padEnd(width) : text.padStart(width)));
}

/** 1234.5 at two places: "1,234.50". Zero is a dash where the point would be. */
function figure(value: number | Decimal, places: number): string {
  const decimal = new Decimal(value);
  if (decimal.isZero()) return `–${" ".repeat(places === 0 ? 0 : places + 1)}`;
  const [whole = "", fraction] = decimal.toFixed(places).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}
