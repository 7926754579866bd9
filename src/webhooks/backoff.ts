const [SECOND, MINUTE, HOUR] = [1_000, 60_000, 3_600_000];
const DAY = 24 * HOUR;

export const DEFAULT_DELAYS_MS: readonly number[] = [
  5 * SECOND,
  30 * SECOND,
  2 * MINUTE,
  10 * MINUTE,
  HOUR,
  6 * HOUR,
  DAY,
];

const LONGEST_ASKED_MS = DAY;

export interface Retries {
  readonly delaysMs: readonly number[];
  readonly maxAttempts: number;
}

/**
 * From half of the delay to all of it: those that failed together part, and none comes again at once.
 *
 * @param attempts That were made, at least 1.
 * @param chance At least 0 and below 1.
 */
export function pauseAfter({ delaysMs }: Retries, attempts: number, chance: number): number {
  const delay = delaysMs[Math.min(attempts, delaysMs.length) - 1] ?? 0;
  return Math.ceil(delay * (0.5 + chance / 2));
}

/** What a receiver asks for by `Retry-After`, in seconds or by a date; 0 where it asks for nothing that can be read. */
export function askedPause(retryAfter: string | null, now: number): number {
  if (retryAfter === null) return 0;
  const asked = /^\d+$/.test(retryAfter) ? Number(retryAfter) * SECOND : Date.parse(retryAfter) - now;
  return asked > 0 ? Math.min(asked, LONGEST_ASKED_MS) : 0;
}
