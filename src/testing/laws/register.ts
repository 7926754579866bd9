import { LAWS } from "../../store/laws.js";
import type { LawNumber, StoreLawsOptions, StoreUnderTest } from "./options.js";
import { storeLaws } from "./store-laws.js";
import type { StoreLawCase } from "./store-laws.js";

/** As much of a test runner as this takes: vitest, Jest, and `node:test` have it. */
export interface LawsRunner {
  readonly describe: (name: string, body: () => void) => unknown;
  /** Runners with timeouts of their own take them in this place; the others look past it. */
  readonly it: (name: string, body: () => Promise<void>, timeoutMs?: number) => unknown;
}

/** Runners wait longer than the case itself, which tells more of what went wrong. */
const GRACE_MS = 30_000;

/**
 * The laws as tests of a runner, one for each case, in a group for each law. What the store does not claim is there as
 * well: as a test that names what is not run, and fails when the store could do it after all.
 *
 * @example
 * ```ts
 * import { describe, it } from "node:test"; // or "vitest", or the globals of Jest
 * import { memoryStore } from "coffer/memory";
 * import { registerStoreLaws } from "coffer/testing";
 *
 * describe("my store", () => {
 *   registerStoreLaws(
 *     { describe, it },
 *     {
 *       create: () => ({ store: memoryStore() }), // yours
 *       capabilities: { isShared: false, hasRowLocks: false, joinsTransactions: false },
 *     },
 *   );
 * });
 * ```
 */
export function registerStoreLaws<Subject extends StoreUnderTest>(
  { describe, it }: LawsRunner,
  options: StoreLawsOptions<Subject>,
): void {
  const groups = new Map<string, StoreLawCase[]>();
  for (const one of storeLaws(options)) {
    const name = nameOf(one.laws);
    groups.set(name, [...(groups.get(name) ?? []), one]);
  }
  for (const [name, cases] of groups)
    describe(name, () => {
      for (const { title, run, timeoutMs } of cases) it(title, run, timeoutMs + GRACE_MS);
    });
}

/** `law 5, one version` or, of several, `laws 1, 2, 14`. */
function nameOf(laws: readonly LawNumber[]): string {
  const [law, ...others] = laws;
  if (law === undefined || others.length > 0) return `laws ${laws.join(", ")}`;
  return `law ${law}, ${LAWS[law].split(":")[0]?.toLowerCase() ?? ""}`;
}
