import type { CompiledQuery } from "kysely";
import type { SqlValue, Statement } from "./statement.js";

/** What a statement is made for: single values, and lists of them. */
export type Arguments = Readonly<Record<string, SqlValue | readonly string[]>>;

/** Where the values go: for each argument a mark, for a list as many as it has room for. */
export type Marks<Args extends Arguments> = {
  readonly [Name in keyof Args]: Args[Name] extends readonly string[] ? readonly string[] : string;
};

interface Template {
  readonly text: string;
  /** Of each parameter: which value it takes. */
  readonly marks: readonly string[];
}

/** Compiles each statement once, and then only fills in its values. */
export class Templates {
  private readonly templates = new Map<string, Template>();
  private readonly texts = new Map<string, string>();

  /**
   * @param name Names what `build` builds: the same name must always build the same.
   * @param build Builds the statement around marks. Lists have room for a power of two, so that their lengths make
   * few statements; the last value fills what is left.
   */
  statement<Args extends Arguments>(
    name: string,
    args: Args,
    build: (marks: Marks<Args>) => { compile(): CompiledQuery },
  ): Statement {
    const marks: Record<string, string | readonly string[]> = {};
    const values = new Map<string, SqlValue>();
    let shape = name;
    for (const [argument, value] of Object.entries(args)) {
      if (value === null || typeof value === "string") {
        marks[argument] = markOf(argument);
        values.set(markOf(argument), value);
      } else {
        const list = padded(value);
        shape += `/${list.length}`;
        marks[argument] = list.map((_, index) => markOf(`${argument}.${index}`));
        list.forEach((item, index) => values.set(markOf(`${argument}.${index}`), item));
      }
    }
    let template = this.templates.get(shape);
    if (template === undefined) {
      // `marks` has a mark for each argument, and a list of them for each list.
      const { sql: text, parameters } = build(marks as Marks<Args>).compile();
      template = { text, marks: parameters as readonly string[] };
      this.templates.set(shape, template);
    }
    return { text: template.text, values: template.marks.map((mark) => valueOf(values, mark)) };
  }

  /**
   * A statement that takes its values in the order in which they are given: inserts have hundreds of them, for which
   * names cost more than the database.
   *
   * @param name Names what `build` builds, the number of values included.
   */
  inOrder(
    name: string,
    values: readonly SqlValue[],
    build: (marks: readonly string[]) => CompiledQuery,
  ): Statement {
    let text = this.texts.get(name);
    if (text === undefined) {
      const marks = values.map((_, index) => markOf(String(index)));
      const { sql, parameters } = build(marks);
      if (parameters.length !== marks.length || marks.some((mark, index) => mark !== parameters[index])) {
        throw new Error(`the values of ${name} are not in order`);
      }
      text = sql;
      this.texts.set(name, text);
    }
    return { text, values };
  }
}

const MARK = "\u0000";

/** No value that is ever bound holds U+0000. */
function markOf(name: string): string {
  return MARK + name;
}

/** A parameter that is no mark is a constant of the statement. */
function valueOf(values: ReadonlyMap<string, SqlValue>, parameter: string): SqlValue {
  if (!parameter.startsWith(MARK)) return parameter;
  return values.get(parameter) ?? null;
}

function padded(list: readonly string[]): readonly string[] {
  const last = list.at(-1);
  if (last === undefined) throw new Error("a list of a statement must not be empty");
  let room = 1;
  while (room < list.length) room *= 2;
  return [...list, ...Array<string>(room - list.length).fill(last)];
}
