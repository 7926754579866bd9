import { parseArgs } from "node:util";
import { namesOption, wholeOption } from "../support/script-options.js";

const KINDS = ["server", "client", "better-sqlite3", "libsql", "mariadb"] as const;

export interface Args {
  readonly cycles: number;
  readonly seed: number;
  readonly only: readonly (typeof KINDS)[number][];
}

export function readArgs(argv: readonly string[]): Args {
  const text = { type: "string" } as const;
  const { values } = parseArgs({ args: [...argv], options: { cycles: text, seed: text, only: text } });
  return {
    cycles: wholeOption("cycles", values.cycles ?? "20"),
    seed: wholeOption("seed", values.seed ?? "1", 0),
    only: values.only === undefined ? KINDS : namesOption("only", values.only, KINDS),
  };
}
