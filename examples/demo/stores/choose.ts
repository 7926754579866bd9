import { UsageError } from "../usage-error.js";

/** Where the demo keeps its credits. */
export type StoreChoice =
  | { readonly kind: "memory" }
  /** Without a path: a fresh file in a temporary folder. */
  | { readonly kind: "sqlite"; readonly path: string | undefined }
  | { readonly kind: "postgres" | "mysql"; readonly url: string };

const SERVERS = new Map<string, "postgres" | "mysql">([
  ["postgres", "postgres"],
  ["postgresql", "postgres"],
  ["mysql", "mysql"],
  ["mariadb", "mysql"],
]);

/** What `--store` says; a word that is none of the others is the path of a file. */
export function chooseStore(text: string | undefined): StoreChoice {
  if (text === undefined) return { kind: "sqlite", path: undefined };
  if (text === "memory") return { kind: "memory" };
  const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text) ?? [];
  return scheme === undefined ? inFile(text.replace(/^sqlite:/i, "")) : onServer(scheme.toLowerCase(), text);
}

function inFile(path: string): StoreChoice {
  if (path === "") throw new UsageError("--store needs a file, `memory`, or the URL of a database.");
  if (path === ":memory:") throw new UsageError("--store: say `memory` to keep credits in the process only.");
  return { kind: "sqlite", path };
}

function onServer(scheme: string, url: string): StoreChoice {
  const kind = SERVERS.get(scheme);
  if (kind !== undefined) return { kind, url };
  if (scheme === "sqlite")
    throw new UsageError("--store: a file is `sqlite:PATH`, without slashes in front.");
  throw new UsageError(
    `--store takes a file, sqlite:PATH, memory, postgres://… or mysql://…; got ${scheme}://….`,
  );
}
