import { LAWS } from "../../store/laws.js";
import type { LawNumber, StoreLawsOptions, StoreUnderTest } from "./options.js";
import { storeLaws } from "./store-laws.js";
import type { StoreLawCase } from "./store-laws.js";
import { StoreLawViolation } from "./violation.js";

/** What became of one law. */
export interface StoreLawReport {
  readonly law: LawNumber;
  readonly sentence: string;
  /** How many cases were run. A case on several laws counts for each. */
  readonly cases: number;
  /** Titles of the cases that were not run, since the store does not claim what they need. */
  readonly notRun: readonly string[];
  readonly violations: readonly StoreLawViolation[];
}

export interface StoreLawsReport {
  /** How many cases were run. */
  readonly cases: number;
  readonly byLaw: readonly StoreLawReport[];
}

/** Every law that a store breaks, each once in the message, with all of its cases in `violations`. */
export class StoreLawsError extends Error {
  override readonly name = "StoreLawsError";

  constructor(
    readonly violations: readonly StoreLawViolation[],
    readonly report: StoreLawsReport,
  ) {
    super(messageOf(violations));
  }
}

/**
 * Holds a store against the laws of `coffer/store`, one case after the other, each on a store of its own. Bound to no
 * test runner: call it in a test, or in a script. A minute or two for a database.
 *
 * Random cases need the package fast-check (an optional peer dependency), unless `histories` is 0.
 *
 * @returns what was run and, by name, what was not, since the store does not claim it.
 * @throws {StoreLawsError} when the store breaks laws: every one of them, with the cases that show it, the smallest
 * counterexample, and the call that shows it again.
 * @throws {StoreLawsMisuse} when nothing would be tested: a capability is claimed without what it takes, or the other
 * way round; fast-check is missing; an option makes no sense; no case is left to be run; `create` or `destroy` failed.
 * @example
 * ```ts
 * import { memoryStore } from "coffer/memory";
 * import { testStore } from "coffer/testing";
 *
 * await testStore({
 *   create: () => ({ store: memoryStore() }),
 *   capabilities: { isShared: false, hasRowLocks: false, joinsTransactions: false },
 * });
 * ```
 */
export async function testStore<Subject extends StoreUnderTest>(
  options: StoreLawsOptions<Subject>,
): Promise<StoreLawsReport> {
  const cases = storeLaws(options);
  const violations: StoreLawViolation[] = [];
  for (const { run } of cases) {
    try {
      await run();
    } catch (error) {
      if (!(error instanceof StoreLawViolation)) throw error;
      violations.push(error);
    }
  }
  const report = reportOf(cases, violations);
  if (violations.length > 0) throw new StoreLawsError(violations, report);
  return report;
}

function reportOf(cases: readonly StoreLawCase[], violations: readonly StoreLawViolation[]): StoreLawsReport {
  const run = cases.filter(({ notRun }) => notRun.length === 0);
  const laws = Object.keys(LAWS).map((law) => Number(law) as LawNumber);
  const byLaw = laws.map((law) => ({
    law,
    sentence: LAWS[law],
    cases: run.filter((one) => one.laws.includes(law)).length,
    notRun: cases.filter((one) => one.laws.includes(law)).flatMap(({ notRun }) => notRun),
    violations: violations.filter((violation) => violation.law === law),
  }));
  return { cases: run.length, byLaw };
}

/** The first violation of each law in full, and how many more cases show it. */
function messageOf(violations: readonly StoreLawViolation[]): string {
  const laws = [...new Set(violations.map(({ law }) => law))].sort((a, b) => a - b);
  const parts = laws.map((law) => {
    const [first, ...others] = violations.filter((violation) => violation.law === law);
    const more = others.map(({ title }) => `\nAlso: ${title}`).join("");
    return `${first?.message ?? ""}${more}`;
  });
  return `The store breaks ${laws.length === 1 ? "law" : "laws"} ${laws.join(", ")}.\n\n${parts.join("\n\n")}`;
}
