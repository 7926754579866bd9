import { MINUTE_MS, subtractDuration } from "./calendar.js";
import type { Draft } from "./draft.js";
import { CreditError } from "./errors.js";

const LARGEST_LEAD_MS = 5 * MINUTE_MS;

/** The instant at which a use counts: as told, within the window; clocks that run a little ahead count as now. */
export function occurredAtWithinWindow(draft: Draft, occurredAt: number | null): number {
  const { now } = draft;
  if (occurredAt === null || (occurredAt >= now && occurredAt <= now + LARGEST_LEAD_MS)) return now;
  const earliest = lateWindowStart(draft);
  if (occurredAt <= now && occurredAt >= earliest) return occurredAt;
  throw new CreditError(
    "occurred_at_out_of_window",
    `\`occurredAt\` is ${occurredAt}; now (${now}) it must lie in [${earliest}, ${now + LARGEST_LEAD_MS}], in UTC milliseconds. The currency's \`lateWindow\` sets how far back it may lie.`,
    { occurredAt, earliest, latest: now + LARGEST_LEAD_MS },
  );
}

export function lateWindowStart(draft: Draft): number {
  return subtractDuration(draft.now, draft.terms.currency.lateWindow);
}
