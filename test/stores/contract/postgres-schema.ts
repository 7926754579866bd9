import { emptying } from "./emptying.js";

/** Runs one statement. */
type Query = (text: string) => Promise<readonly { readonly name: string }[]>;

/** A schema that serves one test after the other. */
export class PostgresSchema {
  readonly #query: Query;
  #isMade = false;

  constructor(
    readonly name: string,
    query: Query,
  ) {
    this.#query = query;
  }

  /** Makes its tables the first time. */
  async prepare(migrate: () => Promise<void>): Promise<void> {
    if (!this.#isMade) await migrate();
    this.#isMade = true;
  }

  async empty(): Promise<void> {
    const tables = await this.#query(
      `SELECT tablename::text AS name FROM pg_tables WHERE schemaname = '${this.name}'`,
    );
    const quoted = tables.map(({ name }) => ({ name, quoted: `${this.name}."${name}"` }));
    for (const statement of emptying(quoted)) await this.#query(statement);
  }
}
