import { createHash } from "node:crypto";
import type { SqlRow, Statement } from "../sql/statement.js";

/** A statement that the server is to keep under a name. */
export interface NamedStatement extends Statement {
  readonly name: string;
}

interface Ways {
  readonly named: (statement: NamedStatement) => Promise<readonly SqlRow[]>;
  readonly unnamed: (statement: Statement) => Promise<readonly SqlRow[]>;
}

const NAME_DIGITS = 24;

/**
 * The statements that run again and again are kept by the server under names, so that it plans them once: a commit of one
 * change then takes half the time.
 *
 * A name is made of the text's hash: whichever session meets it, it means this text. Sessions that are not ours, as a
 * pooler hands them out that does not follow named statements, lack the name or have it already; nothing was run then.
 * From there on this store does without names.
 */
export class PreparedStatements {
  private isOff = false;
  private readonly texts = new Map<string, { readonly hash: string; runs: number }>();

  /** @param isInTransaction A name that is not there would end the whole transaction, so there are none in it. */
  async run(statement: Statement, isInTransaction: boolean, ways: Ways): Promise<readonly SqlRow[]> {
    const { preparedAs } = statement;
    if (preparedAs === undefined || isInTransaction || this.isOff) return ways.unnamed(statement);
    try {
      return await ways.named(this.named(preparedAs, statement));
    } catch (error) {
      if (!isOfNames(error)) throw error;
      this.isOff = true;
      return ways.unnamed(statement);
    }
  }

  /** A plan that was made while the tables were small goes on for long: new names bring new plans. */
  private named(purpose: string, { text, ...statement }: Statement): NamedStatement {
    const known = this.texts.get(text) ?? { hash: hashOf(text), runs: 0 };
    this.texts.set(text, known);
    const generation = Math.min(Math.floor(Math.log10(Math.max(known.runs, 1))), LAST_GENERATION);
    known.runs++;
    return {
      name: `coffer_${purpose}_${known.hash}_${generation}`,
      text: `${text}\n-- ${generation}`,
      ...statement,
    };
  }
}

/** From ten thousand runs on, the server's own statistics are there. */
const LAST_GENERATION = 4;

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, NAME_DIGITS);
}

const NO_SUCH_STATEMENT = "26000";
const STATEMENT_EXISTS = "42P05";

function isOfNames(error: unknown): boolean {
  if (typeof error !== "object" || error === null || !("code" in error)) return false;
  return error.code === NO_SUCH_STATEMENT || error.code === STATEMENT_EXISTS;
}
