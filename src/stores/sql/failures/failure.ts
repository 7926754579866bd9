import { chainOf, saidBy, type DriverError } from "./driver-error.js";

/** What an error of a driver means for the statement that met it, whichever it was. */
export interface Verdict {
  /** `undone`: nothing of it was done. `unknown`: what was sent, and could commit, may have committed or may yet. */
  readonly outcome: "undone" | "unknown";
  /** Whether the same call may succeed when it is made again. */
  readonly again: boolean;
  /** Whether the connection is of no more use, and must not go back to its pool. */
  readonly drop: boolean;
  /** What to do about it, where that is known: whole sentences. */
  readonly advice?: string;
}

/** A verdict, and the message and code of the error that it was given on. */
export interface Failure extends Verdict {
  readonly said: string;
}

/** Judges one error, without the errors inside it. Null: it knows no such error. */
export type Rule = (error: DriverError) => Verdict | null;

function withAdvice(verdict: Verdict, advice: string | undefined): Verdict {
  return advice === undefined ? verdict : { ...verdict, advice };
}

/** Nothing was done, and it would fail again. */
export function refused(advice?: string): Verdict {
  return withAdvice({ outcome: "undone", again: false, drop: false }, advice);
}

/** Nothing was done, and it may succeed another time. */
export function passing(advice?: string): Verdict {
  return withAdvice({ outcome: "undone", again: true, drop: false }, advice);
}

/** Nothing was done, and it may succeed over another connection. */
export function elsewhere(advice?: string): Verdict {
  return withAdvice({ outcome: "undone", again: true, drop: true }, advice);
}

/** The connection broke: nobody knows about what was sent. */
export function lost(advice?: string): Verdict {
  return withAdvice({ outcome: "unknown", again: true, drop: true }, advice);
}

/**
 * The verdict of the rules on an error. Where they know nothing of it, the errors that it wraps are asked: Drizzle
 * and Prisma wrap what their driver threw, and Node what each address of a host answered. Null: of no known class.
 */
export function judge(error: unknown, ...rules: readonly Rule[]): Failure | null {
  for (const link of chainOf(error)) {
    for (const rule of rules) {
      const verdict = rule(link);
      if (verdict !== null) return { ...verdict, said: saidBy(link) };
    }
  }
  return null;
}
