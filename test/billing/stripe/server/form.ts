/** Stripe's parameters: form encoding, with `a[b][0]=c` for what is nested. */
import * as z from "zod";

type Value = string | Tree;
interface Tree {
  [name: string]: Value;
}

const KEY = /^([a-z_]+)((?:\[[A-Za-z0-9_]*\])*)$/;

/** Undefined: it is no form. */
export function decode(form: string): unknown {
  const root: Tree = {};
  for (const [key, value] of new URLSearchParams(form)) {
    const [, first, rest = ""] = KEY.exec(key) ?? [];
    if (first === undefined) return undefined;
    const path = [first, ...[...rest.matchAll(/\[(\w*)\]/g)].map(([, name = ""]) => name)];
    if (!put(root, path, value)) return undefined;
  }
  return plain(root);
}

function put(tree: Tree, [name, ...rest]: readonly string[], value: string): boolean {
  if (name === undefined) return false;
  if (rest.length === 0) {
    if (name in tree) return false;
    Object.assign(tree, { [name]: value });
    return true;
  }
  const inner = tree[name] ?? {};
  if (typeof inner === "string") return false;
  Object.assign(tree, { [name]: inner });
  return put(inner, rest, value);
}

/** What counts its places from 0 is an array. */
function plain(value: Value): unknown {
  if (typeof value === "string") return value;
  const entries = Object.entries(value).map(([name, inner]) => [name, plain(inner)] as const);
  const isArray = entries.length > 0 && entries.every(([name], index) => name === String(index));
  return isArray ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}

export const integer = z
  .string()
  .regex(/^-?\d+$/)
  .transform(Number);
export const amount = z.string().regex(/^\d+$/).transform(Number);
export const truth = z.enum(["true", "false"]).transform((text) => text === "true");
export const words = z.string().min(1).max(5_000);
export const url = z.url();
export const currency = z.string().regex(/^[a-z]{3}$/);
/** At most 50 keys of 40 characters, with values of 500. */
export const metadata = z
  .record(z.string().max(40), z.string().max(500))
  .refine((keys) => Object.keys(keys).length <= 50);
export const expand = z.array(words).optional();
export const page = {
  limit: integer.pipe(z.int().min(1).max(100)).optional(),
  starting_after: words.optional(),
  expand,
};
