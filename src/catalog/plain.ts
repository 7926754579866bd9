import { CreditError, invalidInput } from "../core/errors.js";

/** The key through which an object literal of a JSON text could reach another object's prototype. */
const PROTOTYPE_KEY = "__proto__";
/** Far more than any request or catalog needs; what goes on for ever ends here. */
const MOST_PARTS = 100_000;

/** An object literal, of this realm or another: what a JSON text can hold. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/**
 * A copy of what a caller gave, so that getters and proxies are asked once: what was checked is what counts. What is
 * neither a plain object nor an array stays as it is.
 */
export function plainCopy(value: unknown, what: string): unknown {
  if (!isPlainObject(value)) return deepCopy(value, what);
  if (Object.hasOwn(value, PROTOTYPE_KEY)) throw prototypeKey(what);
  const copy: Record<string, unknown> = {};
  let isFlat = true;
  for (const name of Object.keys(value)) {
    // A proxy may deny what it lists.
    if (name === PROTOTYPE_KEY) throw prototypeKey(what);
    const part = value[name];
    copy[name] = part;
    if (isObject(part)) isFlat = false;
  }
  return isFlat ? copy : deepCopy(copy, what);
}

function deepCopy(value: unknown, what: string): unknown {
  const copies = new Map<object, Copy>();
  const found: object[] = [];
  const copyOf = (part: unknown): unknown => {
    if (!isObject(part)) return part;
    const isList = Array.isArray(part);
    // Schemas do not see this key at every depth, so it is refused before they look.
    if (Object.hasOwn(part, PROTOTYPE_KEY)) throw prototypeKey(what);
    if (!isList && !isPlainObject(part)) return part;
    const known = copies.get(part);
    if (known !== undefined) return known;
    const copy: Copy = isList ? [] : {};
    copies.set(part, copy);
    if (found.push(part) > MOST_PARTS) throw tooMany(what);
    return copy;
  };
  const whole = copyOf(value);
  // Grows while it is walked: each object is looked at once, however often it is referred to.
  for (const part of found) {
    const copy = copies.get(part);
    if (Array.isArray(copy)) {
      const list = part as readonly unknown[];
      const { length } = list;
      if (length > MOST_PARTS) throw tooMany(what);
      for (let index = 0; index < length; index++) copy.push(copyOf(list[index]));
    } else if (copy !== undefined)
      for (const name of Object.keys(part)) {
        // A proxy may deny what it lists.
        if (name === PROTOTYPE_KEY) throw prototypeKey(what);
        copy[name] = copyOf((part as Readonly<Record<string, unknown>>)[name]);
      }
  }
  return whole;
}

type Copy = unknown[] | Record<string, unknown>;

function prototypeKey(what: string): CreditError {
  return invalidInput(`${what}: a key must not be named "${PROTOTYPE_KEY}"; rename it.`, {
    field: PROTOTYPE_KEY,
  });
}

function tooMany(what: string): CreditError {
  return new CreditError("over_limit", `${what}: more than ${MOST_PARTS} objects in one. Ask for less.`);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
