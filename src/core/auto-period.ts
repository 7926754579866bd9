import { periodAt, periodStart } from "./period.js";
import type { AutoPeriod, AutoTopUp, Minor } from "./top-up.js";

type Counted = Pick<AutoTopUp, "caps" | "anchor" | "period">;

function periodsOf({ caps, anchor }: Counted): Parameters<typeof periodStart>[0] {
  return { every: caps.every, anchor, timeZone: "UTC" };
}

/** The period of the caps that holds an instant, with what was bought in it so far. */
export function periodNow(auto: Counted, instant: number): AutoPeriod {
  const periods = periodsOf(auto);
  const startsAt = periodStart(periods, periodAt(periods, instant));
  return auto.period.startsAt === startsAt ? auto.period : { startsAt, count: 0, money: {}, isCapped: false };
}

/** Minor units of one money. */
export function boughtIn({ money }: AutoPeriod, currency: string): bigint {
  return money[currency] ?? 0n;
}

/** @param times 1: a purchase more; -1: one less. */
export function withBought(period: AutoPeriod, { total, currency }: Minor, times: 1 | -1): AutoPeriod {
  const money = boughtIn(period, currency) + total * BigInt(times);
  return { ...period, count: period.count + times, money: { ...period.money, [currency]: money } };
}

/** The end of the period that was counted last. */
export function periodResetsAt(auto: Counted): number {
  const periods = periodsOf(auto);
  return periodStart(periods, periodAt(periods, auto.period.startsAt) + 1);
}

/** When time alone makes it look at the level again; null: only what happens in the wallet does. */
export function nextLookAt(auto: AutoTopUp): number | null {
  if (auto.paused !== null || auto.inFlight !== null) return null;
  const resetsAt = auto.period.isCapped ? periodResetsAt(auto) : null;
  if (auto.retryAt === null || resetsAt === null) return auto.retryAt ?? resetsAt;
  return Math.max(auto.retryAt, resetsAt);
}
