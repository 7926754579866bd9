import { CreditError, invalidInput } from "../core/errors.js";

/** The key through which an object literal of a JSON text could reach another object's prototype. */
const PROTOTYPE_KEY = "__proto__";
/** Far more than any request or catalog needs; what goes on for ever ends here. */
const MOST_OBJECTS = 100_000;

/** An object literal, of this realm or another: what a JSON text can hold. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Schemas do not see this key at every depth, so it is refused before they look. */
export function refusePrototypeKeys(value: unknown, what: string): void {
  const objects = isObject(value) ? [value] : [];
  const seen = new Set(objects);
  // Grows while it is walked: each object is looked at once, however often it is referred to.
  for (const object of objects) {
    if (Object.hasOwn(object, PROTOTYPE_KEY))
      throw invalidInput(`${what}: a key must not be named "${PROTOTYPE_KEY}"; rename it.`, {
        field: PROTOTYPE_KEY,
      });
    if (!Array.isArray(object) && !isPlainObject(object)) continue;
    for (const part of Object.values(object)) {
      if (!isObject(part) || seen.has(part)) continue;
      seen.add(part);
      objects.push(part);
    }
    if (objects.length > MOST_OBJECTS)
      throw new CreditError("over_limit", `${what}: more than ${MOST_OBJECTS} objects in one. Ask for less.`);
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
