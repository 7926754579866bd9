/** As much of the assertions of test runners as the laws need, bound to none of them. */
import { inspect } from "node:util";
import type { StoreError } from "../../store/errors.js";
import { differenceOf } from "./difference.js";
import type { Scope } from "./difference.js";

/** What a case found. The law and the case are named where it is reported. */
export class Discrepancy extends Error {
  override readonly name: string = "Discrepancy";
}

const LONGEST = 400;

/** A value as a line or a few. */
export function shown(value: unknown): string {
  const text = inspect(value, { depth: 5, breakLength: 100, maxArrayLength: 12, maxStringLength: 120 });
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** Errors are told by their name: a store may be built on another copy of this package. */
export function isStoreError(error: unknown): error is StoreError {
  return error instanceof Error && error.name === "StoreError" && "kind" in error;
}

class Expectation {
  constructor(private readonly actual: unknown) {}

  toBe(expected: unknown): void {
    if (!Object.is(this.actual, expected)) differ("", this.actual, expected);
  }

  toEqual(expected: unknown): void {
    this.#match(expected, "whole");
  }

  toMatchObject(expected: object): void {
    this.#match(expected, "part");
  }

  toHaveLength(expected: number): void {
    const { length } = this.actual as { readonly length: number };
    if (length !== expected) differ(".length", length, expected, this.actual);
  }

  toBeNull(): void {
    this.toBe(null);
  }

  toContain(expected: unknown): void {
    this.#insist((this.actual as readonly unknown[]).includes(expected), `holds ${shown(expected)}`);
  }

  toBeLessThan(bound: number): void {
    this.#insist((this.actual as number) < bound, `is less than ${bound}`);
  }

  toBeLessThanOrEqual(bound: number): void {
    this.#insist((this.actual as number) <= bound, `is at most ${bound}`);
  }

  toBeGreaterThan(bound: number): void {
    this.#insist((this.actual as number) > bound, `is greater than ${bound}`);
  }

  toBeGreaterThanOrEqual(bound: number): void {
    this.#insist((this.actual as number) >= bound, `is at least ${bound}`);
  }

  #match(expected: unknown, scope: Scope): void {
    const found = differenceOf(this.actual, expected, scope);
    if (found !== undefined) differ(found.path, found.actual, found.expected, this.actual);
  }

  #insist(holds: boolean, what: string): void {
    if (!holds) throw new Discrepancy(`expected a value that ${what}, got ${shown(this.actual)}`);
  }
}

function differ(path: string, actual: unknown, expected: unknown, whole?: unknown): never {
  const place = path === "" ? "" : `at ${path.replace(/^\./, "")}: `;
  const rest = path === "" ? "" : `\nin ${shown(whole)}`;
  throw new Discrepancy(`${place}expected ${shown(expected)}, got ${shown(actual)}${rest}`);
}

/** Throws a `Discrepancy` unless the value is as the method says. */
export function expect(actual: unknown): Expectation {
  return new Expectation(actual);
}

/** Throws a `Discrepancy` unless the promise is rejected with a `StoreError` of one of the kinds; none named: of any. */
export async function expectRefusal(
  answer: Promise<unknown>,
  ...kinds: readonly StoreError["kind"][]
): Promise<void> {
  const wanted = kinds.length === 0 ? "a StoreError" : `a StoreError that is ${kinds.join(" or ")}`;
  const error = await answer.then(
    (value) => {
      throw new Discrepancy(`expected a rejection with ${wanted}, got the answer ${shown(value)}`);
    },
    (error: unknown) => error,
  );
  if (isStoreError(error) && (kinds.length === 0 || kinds.includes(error.kind))) return;
  if (error instanceof Discrepancy) throw error;
  throw new Discrepancy(`expected a rejection with ${wanted}, got ${shownError(error)}`, { cause: error });
}

/** Throws a `Discrepancy` unless the promise is rejected with this very error. */
export async function expectRejection(answer: Promise<unknown>, error: Error): Promise<void> {
  const [outcome] = await Promise.allSettled([answer]);
  if (outcome.status === "fulfilled")
    throw new Discrepancy(`expected ${error.name} to be passed on, got the answer ${shown(outcome.value)}`);
  if (outcome.reason !== error)
    throw new Discrepancy(`expected ${error.name} to be passed on, got ${shownError(outcome.reason)}`, {
      cause: outcome.reason,
    });
}

/** An error as a line. */
export function shownError(error: unknown): string {
  if (isStoreError(error)) return `StoreError (${error.kind}): ${error.message}`;
  return error instanceof Error ? `${error.name}: ${error.message}` : shown(error);
}
