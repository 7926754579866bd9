import { LAWS } from "../../store/laws.js";
import {
  type Rule,
  aBoolean,
  aFunction,
  aText,
  faultIn,
  listOf,
  objectOf,
  oneOf,
  wholeNumber,
} from "../options/options.js";
import { TEXT_NAMES } from "./cases/texts.js";
import { StoreLawsMisuse } from "./misuse.js";

/** Timers know 2^31 ms, and random cases have twenty times as long. */
const LONGEST_MS = 100_000_000;
const MOST_HISTORIES = 1_000_000;

/** Numbers of seven digits at most: fast-check counts up to them. */
const aPath: Rule = {
  words: "the path of a counterexample, as a failure prints it",
  allows: (value) => typeof value === "string" && /^\d{1,7}(:\d{1,7})*$/.test(value),
};

const capabilities = { isShared: aBoolean, hasRowLocks: aBoolean, joinsTransactions: aBoolean };

const options = objectOf(
  {
    create: aFunction,
    destroy: aFunction,
    reopen: aFunction,
    capabilities: objectOf(capabilities, Object.keys(capabilities)),
    laws: listOf(oneOf(Object.keys(LAWS).map(Number))),
    title: aText,
    histories: wholeNumber(0, MOST_HISTORIES),
    seed: wholeNumber(),
    path: aPath,
    timeoutMs: wholeNumber(1, LONGEST_MS),
    contentionMs: wholeNumber(1, LONGEST_MS),
    alteredByDriver: listOf(oneOf(TEXT_NAMES)),
  },
  ["create", "capabilities"],
);

/** @throws {StoreLawsMisuse} for what would test nothing, or something else than was meant; before a store is created. */
export function checkOptions(given: unknown): void {
  const fault = faultIn(given, "", options);
  if (fault !== undefined) throw new StoreLawsMisuse(`Options of the laws: ${fault}.`);
}
