/** The queries of docs/how-to/query-the-tables.md, from the page's own text. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

const PAGE = join(import.meta.dirname, "../../../docs/how-to/query-the-tables.md");

export interface PageQuery {
  readonly heading: string;
  /** What its first line names. */
  readonly databases: readonly string[];
  readonly text: string;
}

export function queriesOf(page: string): readonly PageQuery[] {
  return page.split(/^## /m).flatMap((section) => {
    const heading = section.split("\n")[0] ?? "";
    return [...section.matchAll(/^```sql\n-- ([^\n]*)\n(.*?)^```$/gms)].map(
      ([, databases = "", text = ""]) => ({
        heading,
        databases: databases.split(", "),
        text: text.trim().replace(/;$/, ""),
      }),
    );
  });
}

export const page = readFileSync(PAGE, "utf8");

/** The one query under a heading for a database. */
export function queryFor(database: string, heading: string): string {
  const [query, ...others] = queriesOf(page).filter(
    (one) => one.heading === heading && one.databases.includes(database),
  );
  if (!query || others.length > 0) throw new Error(`not one query for ${database} under "${heading}"`);
  return query.text;
}
