/**
 * Ids that count: pass it as the engine's `ids`, and two runs of a test give the same ids. Engines on one store take the
 * same one, or their ids would meet.
 *
 * They rise, as the engine asks of ids, up to 99,999,999 of them.
 *
 * @example
 * ```ts
 * import { createCreditEngine } from "coffer";
 * import { memoryStore } from "coffer/memory";
 * import { sequentialIds } from "coffer/testing";
 *
 * const [store, ids] = [memoryStore(), sequentialIds()];
 * const processes = [1, 2].map(() => createCreditEngine({ catalog, store, ids }));
 * ```
 */
export function sequentialIds(): () => string {
  let made = 0;
  return () => String((made += 1)).padStart(DIGITS, "0");
}

const DIGITS = 8;
