import type { SqlRow } from "../statement.js";

/** What a caller passed, looked at before anything is believed of it. */
export type Given = Readonly<Record<string, unknown>>;

/** The fields of what was given: objects, and functions, which some libraries make their transactions of. */
export function given(value: unknown): Given {
  const hasFields = (typeof value === "object" && value !== null) || typeof value === "function";
  return hasFields ? (value as Given) : {};
}

export function has(value: unknown, ...methods: readonly string[]): boolean {
  try {
    return methods.every((method) => typeof given(value)[method] === "function");
  } catch {
    // A proxy that throws is no library's.
    return false;
  }
}

export function described(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "function") return "a function";
  if (typeof value !== "object") return `a ${typeof value}`;
  const name = className(value);
  // Minifiers leave a letter or two of a name.
  return name.length > 2 && name !== "Object" ? `an object of class ${name}` : "an object";
}

function className(value: object): string {
  try {
    const name: unknown = given((value as Given)["constructor"])["name"];
    return typeof name === "string" && name.length < LONGEST_NAME ? name : "";
  } catch {
    return "";
  }
}

const LONGEST_NAME = 100;

/** `fromPg got an object of class Pool: check out a client …` */
export function wrong(adapter: string, value: unknown, instead: string): TypeError {
  return new TypeError(`${adapter} got ${described(value)}: ${instead}`);
}

/** The rows of an answer, however the driver hands them over; a statement without rows has none. */
export function rowsOf(answer: unknown): readonly SqlRow[] {
  if (Array.isArray(answer)) return answer as readonly SqlRow[];
  const { rows } = given(answer);
  return Array.isArray(rows) ? (rows as readonly SqlRow[]) : [];
}
