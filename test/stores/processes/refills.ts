/** Daily credits begin, and are looked at again this many days later. */
export const REFILL_DAYS = 100;
export const REFILLS_BEGIN: number = Date.UTC(2026, 0, 1);
export const REFILLED_AT: number = REFILLS_BEGIN + REFILL_DAYS * 86_400_000;
