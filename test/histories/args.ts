import { parseArgs } from "node:util";
import { namesOption, wholeOption } from "../support/script-options.js";

const KINDS = ["postgres", "mariadb", "better-sqlite3", "libsql"] as const;

export interface Args {
  readonly rounds: number;
  readonly calls: number;
  readonly seed: number;
  readonly only: readonly (typeof KINDS)[number][];
}

export function readArgs(argv: readonly string[]): Args {
  const text = { type: "string" } as const;
  const options = { rounds: text, calls: text, seed: text, only: text };
  const { values } = parseArgs({ args: [...argv], options });
  return {
    rounds: wholeOption("rounds", values.rounds ?? "5"),
    calls: wholeOption("calls", values.calls ?? "100"),
    seed: wholeOption("seed", values.seed ?? "1", 0),
    only: namesOption("only", values.only ?? "postgres,better-sqlite3,libsql", KINDS),
  };
}
