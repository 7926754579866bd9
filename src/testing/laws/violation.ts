import { LAWS } from "../../store/laws.js";
import { Discrepancy, shownError } from "./expect.js";
import { StoreLawsMisuse } from "./misuse.js";
import type { LawNumber } from "./options.js";

/** A law that a store breaks, with the case that shows it. Its message holds all of these. */
export class StoreLawViolation extends Error {
  override readonly name = "StoreLawViolation";

  constructor(
    readonly law: LawNumber,
    /** The title of the case. */
    readonly title: string,
    /** What was found; of random cases, with the smallest counterexample. */
    readonly finding: string,
    /** The call that shows it again. */
    readonly replay: string,
    options?: { readonly cause?: unknown },
  ) {
    super(`Law ${law} is broken. ${LAWS[law]}\nCase: ${title}\n${finding}\nAgain: ${replay}`, options);
  }
}

/** A discrepancy of a case on several laws, which knows the one that is broken. */
class BlamingDiscrepancy extends Discrepancy {
  constructor(
    readonly law: LawNumber,
    message: string,
    options: { readonly cause: unknown },
  ) {
    super(message, options);
  }
}

/** Whatever goes wrong in there breaks this law, unless something closer knows better. */
export async function blaming(law: LawNumber, run: () => void | Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (error instanceof BlamingDiscrepancy || error instanceof StoreLawsMisuse) throw error;
    throw new BlamingDiscrepancy(law, findingOf(error), { cause: error });
  }
}

/** The law that an error blames; of one that names none, that of its case. */
export function lawOf(error: unknown, usual: LawNumber): LawNumber {
  return error instanceof BlamingDiscrepancy ? error.law : usual;
}

export function findingOf(error: unknown): string {
  return error instanceof Discrepancy ? error.message : `unexpected ${shownError(error)}`;
}

/** What was found with random input, and how to find it again. */
export class Counterexample extends Error {
  override readonly name = "Counterexample";

  constructor(
    readonly law: LawNumber,
    readonly finding: string,
    readonly seed: number,
    readonly path: string,
    options: { readonly cause: unknown },
  ) {
    super(finding, options);
  }
}
