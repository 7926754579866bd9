import { parseArgs } from "node:util";
import type { Settings } from "./settings.js";

/** What was asked for on the command line. */
export interface Asked {
  readonly names: readonly string[];
  /** The page whose tables are filled in; none: they are printed only. */
  readonly write: string | undefined;
  readonly settings: Settings;
}

/** @throws {RangeError} that names the option which cannot be. */
export function readArgs(args: readonly string[], cases: readonly string[]): Asked {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string" },
      rounds: { type: "string", default: "5" },
      ms: { type: "string", default: "3000" },
      entries: { type: "string", default: "1000000" },
      "most-waiting": { type: "string", default: "10000" },
      out: { type: "string", default: "docs/images" },
      write: { type: "string" },
    },
  });
  const names = values.only?.split(",") ?? cases;
  for (const name of names)
    if (!cases.includes(name))
      throw new RangeError(`--only: there is no case "${name}"; there are ${cases.join(", ")}.`);
  return {
    names,
    write: values.write,
    settings: {
      rounds: wholeNumber("rounds", values.rounds),
      ms: wholeNumber("ms", values.ms),
      entries: wholeNumber("entries", values.entries),
      mostWaiting: wholeNumber("most-waiting", values["most-waiting"]),
      out: values.out,
    },
  };
}

function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (/^\d+$/u.test(text) && Number.isSafeInteger(value) && value > 0) return value;
  throw new RangeError(`--${option} must be a whole number above zero; got "${text}".`);
}
