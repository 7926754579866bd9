import { MINUTE_MS } from "./calendar.js";
import { invalidInput } from "./errors.js";

/** A start that the caller read from a clock just now is no past one. */
const PAST_START_MS = 5 * MINUTE_MS;

/** When recurring credits begin: as asked for, and never before now. @param asked Null: now. */
export function startInstant(asked: number | null, now: number): number {
  if (asked !== null && asked < now - PAST_START_MS)
    throw invalidInput(
      "`startsAt` lies in the past: credits are never granted for times before now. Leave it out, and give `anchor` to say at which instants the periods begin.",
      { field: "startsAt" },
    );
  return Math.max(asked ?? now, now);
}
