import { arenaOf, timeoutOf } from "./arena.js";
import type { Arena } from "./arena.js";
import type { Case, Need } from "./cases.js";
import { checkOptions } from "./check-options.js";
import { checkUnclaimed } from "./claims.js";
import { Deadline } from "./deadline.js";
import { shown } from "./expect.js";
import { StoreLawsMisuse } from "./misuse.js";
import type { LawNumber, StoreLawsOptions, StoreUnderTest } from "./options.js";
import { allCases } from "./suite.js";
import { Counterexample, StoreLawViolation, findingOf, lawOf } from "./violation.js";

/** One case of one law, or of several; or those of a law that are not run. */
export interface StoreLawCase {
  /** The laws that it can show to be broken. */
  readonly laws: readonly LawNumber[];
  readonly title: string;
  /** The titles of the cases that stand for nothing here, since the store does not claim what they need. */
  readonly notRun: readonly string[];
  /** Milliseconds after which it has failed. */
  readonly timeoutMs: number;
  /**
   * Tries it on a store of its own.
   *
   * @throws {StoreLawViolation} when the store breaks the law.
   */
  readonly run: () => Promise<void>;
}

/**
 * The laws as cases, for an adapter to a test runner. See {@link testStore} for the options.
 *
 * @throws {StoreLawsMisuse} before anything is created, for options that make no sense or leave no case to be run.
 * @example
 * ```ts
 * import { test } from "node:test";
 * import { memoryStore } from "coffer/memory";
 * import { storeLaws } from "coffer/testing";
 *
 * const capabilities = { isShared: false, hasRowLocks: false, joinsTransactions: false };
 * for (const { title, run } of storeLaws({ create: () => ({ store: memoryStore() }), capabilities })) test(title, run);
 * ```
 */
export function storeLaws<Subject extends StoreUnderTest>(
  options: StoreLawsOptions<Subject>,
): readonly StoreLawCase[] {
  checkOptions(options);
  const { laws, title, alteredByDriver, capabilities } = options;
  const wanted = allCases(alteredByDriver).filter(
    (one) =>
      (laws === undefined || one.laws.some((law) => laws.includes(law))) &&
      (title === undefined || one.title.includes(title)) &&
      (one.lacks === undefined || !capabilities[one.lacks]),
  );
  if (wanted.length === 0)
    throw new StoreLawsMisuse(
      `No case is of laws ${shown(laws ?? "all")} and has ${shown(title ?? "")} in its title.`,
    );
  const run = wanted.filter((one) => reasonNotToRun(one, options) === undefined);
  if (run.length === 0) {
    const reasons = new Set(wanted.map((one) => wordsOf(reasonNotToRun(one, options) ?? "histories")));
    throw new StoreLawsMisuse(
      `No case of laws ${shown(laws ?? "all")} would be run, as ${[...reasons].join(", and ")}.`,
    );
  }
  return [...run.map((one) => runnable(one, options)), ...notRun(wanted, options)];
}

type Reason = Need | "histories";

const WHY: Readonly<Partial<Record<Reason, string>>> = {
  histories: "`histories` is 0",
  reopen: "`reopen` is not given",
};

function wordsOf(reason: Reason): string {
  return WHY[reason] ?? `\`${reason}\` is not claimed`;
}

/** What is not claimed or given, and the case needs. */
function reasonNotToRun<Subject extends StoreUnderTest>(
  { needs, isRandom }: Case,
  { capabilities, histories, reopen }: StoreLawsOptions<Subject>,
): Reason | undefined {
  if (isRandom && histories === 0) return "histories";
  return needs.find((need) => (need === "reopen" ? reopen === undefined : !capabilities[need]));
}

function runnable<Subject extends StoreUnderTest>(
  one: Case,
  options: StoreLawsOptions<Subject>,
): StoreLawCase {
  const timeoutMs = timeoutOf(one.patience, options);
  const run = () =>
    inTime(
      timeoutMs,
      options,
      (arena) => one.run(arena),
      (error) => violationOf(one, error),
    );
  return { laws: one.laws, title: one.title, notRun: [], timeoutMs, run };
}

/** One case for each law and reason, which names those that are not run, and sees that nothing contradicts it. */
function notRun<Subject extends StoreUnderTest>(
  cases: readonly Case[],
  options: StoreLawsOptions<Subject>,
): readonly StoreLawCase[] {
  const groups = new Map<
    string,
    { readonly laws: Case["laws"]; readonly reason: Reason; readonly titles: string[] }
  >();
  for (const one of cases) {
    const reason = reasonNotToRun(one, options);
    if (reason === undefined) continue;
    const name = `${one.laws.join()} ${reason}`;
    const group = groups.get(name) ?? { laws: one.laws, reason, titles: [] };
    group.titles.push(one.title);
    groups.set(name, group);
  }
  return [...groups.values()].map(({ laws, reason, titles }) => {
    const timeoutMs = timeoutOf(1, options);
    const check = async (arena: Arena) => {
      if (reason !== "histories" && reason !== "reopen") await checkUnclaimed(arena, reason);
    };
    const title = `not run, as ${wordsOf(reason)}: ${titles.join("; ")}`;
    return {
      laws,
      title,
      notRun: titles,
      timeoutMs,
      run: () => inTime(timeoutMs, options, check, (error) => error),
    };
  });
}

async function inTime<Subject extends StoreUnderTest>(
  timeoutMs: number,
  options: StoreLawsOptions<Subject>,
  run: (arena: Arena) => Promise<void>,
  told: (error: unknown) => unknown,
): Promise<void> {
  const deadline = new Deadline(timeoutMs);
  try {
    await deadline.within(run(arenaOf(options, deadline)));
  } catch (error) {
    throw told(error);
  } finally {
    deadline.stop();
  }
}

function violationOf({ laws, title }: Case, error: unknown): unknown {
  if (error instanceof StoreLawsMisuse) return error;
  const [law = 1] = laws;
  const quoted = JSON.stringify(title);
  if (error instanceof Counterexample) {
    const { seed, path } = error;
    const replay = `testStore({ …, title: ${quoted}, seed: ${seed}, path: ${JSON.stringify(path)} })`;
    return new StoreLawViolation(error.law, title, error.finding, replay, { cause: error });
  }
  const replay = `testStore({ …, laws: [${law}], title: ${quoted} })`;
  return new StoreLawViolation(lawOf(error, law), title, findingOf(error), replay, { cause: error });
}
