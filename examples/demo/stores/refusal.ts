import { StoreError } from "coffer/store";

/** The store cannot be used; the message says why, and what to do. */
export class StoreRefusal extends Error {
  override readonly name = "StoreRefusal";
}

/** Says in one line why a server's store did not open. */
export function notReached(url: URL, error: unknown): StoreRefusal {
  if (error instanceof StoreRefusal) return error;
  const advice = error instanceof StoreError ? "" : ". Check the URL, and that the server runs.";
  return new StoreRefusal(`${shown(url)}: ${reasonOf(error)}${advice}`, { cause: error });
}

/** The URL of a server, with all its parts. */
export function parseUrl(text: string, example: string): URL {
  if (URL.canParse(text)) return new URL(text);
  throw new StoreRefusal(
    `the URL cannot be read. Write it like ${example}, with special characters escaped.`,
  );
}

/** The URL without its password and its options: what may be printed. */
export function shown({ protocol, username, host, pathname }: URL): string {
  return `${protocol}//${username === "" ? "" : `${username}@`}${host}${pathname}`;
}

/** Node gives an error with several addresses' errors in it, and no message of its own. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === "") return reasonOf(error.errors[0]);
  const text = error instanceof Error ? error.message : String(error);
  return text.replaceAll(/\s+/g, " ").trim();
}
