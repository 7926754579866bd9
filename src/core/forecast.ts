import { advance } from "./advance.js";
import { minimum } from "./amounts.js";
import { drawFreeCredits } from "./decide/adjust.js";
import type { Draft } from "./draft.js";
import { CreditError, impossible } from "./errors.js";
import { takeOut } from "./movements.js";

/** Use at an even pace: `amount` scaled credits in each `perMs`. */
export interface Burn {
  readonly amount: bigint;
  readonly perMs: number;
}

/** Scaled credits, local ids, UTC milliseconds. */
export interface ForecastFacts {
  readonly runsOutAt: number | null;
  readonly shortfall: bigint;
  readonly expirations: readonly { readonly grantId: string; readonly amount: bigint; readonly at: number }[];
  readonly refills: readonly { readonly scheduleId: string; readonly amount: bigint; readonly at: number }[];
}

/** What happens to a wallet is stepped through; further than so many steps nobody should look. */
const MOST_STEPS = 20_000;

/**
 * Runs the wallet's own rules ahead to `until`, beside use at an even pace of whatever is free, in burn order. The draft is
 * left as it will be then.
 */
export function forecast(draft: Draft, until: number, burn: Burn | null): ForecastFacts {
  const start = draft.now;
  const burnt = (instant: number) =>
    burn === null ? 0n : (burn.amount * BigInt(instant - start)) / BigInt(burn.perMs);
  const found = { runsOutAt: null as number | null, shortfall: 0n };
  const expirations: ForecastFacts["expirations"][number][] = [];
  const refills: ForecastFacts["refills"][number][] = [];
  for (let steps = 0; draft.now < until; steps++) {
    if (steps === MOST_STEPS) throw tooFar();
    const next = Math.min(draft.wallet.due.firstKey()?.at ?? until, until);
    const wanted = burnt(next) - burnt(draft.now);
    const free = draft.wallet.available;
    if (burn !== null && wanted > free && found.runsOutAt === null)
      found.runsOutAt = start + firstBeyond(burn, burnt(draft.now) + free);
    use(draft, minimum(wanted, free));
    found.shortfall += wanted > free ? wanted - free : 0n;
    const before = draft.entries.length;
    advance(draft, next);
    for (const { type, cause, grantId, amount, recordedAt: at } of draft.entries.slice(before)) {
      if (grantId === null) continue;
      if (type === "expired") expirations.push({ grantId, amount: -amount, at });
      if (type === "granted" && cause === "refill")
        refills.push({ scheduleId: scheduleOf(draft, grantId), amount, at });
    }
    draft.entries.length = 0;
    draft.events.length = 0;
  }
  return { ...found, expirations, refills };
}

/** Milliseconds after which more than `credits` are used. */
function firstBeyond({ amount, perMs }: Burn, credits: bigint): number {
  return Number(((credits + 1n) * BigInt(perMs) + amount - 1n) / amount);
}

function use(draft: Draft, amount: bigint): void {
  if (amount === 0n) return;
  draft.begin({ actor: null, reason: null, occurredAt: draft.now, cause: null });
  for (const draw of drawFreeCredits(draft, amount))
    takeOut(draft, draw.grantId, draw.amount, { type: "consumed", departure: "consumed" });
}

function scheduleOf(draft: Draft, grantId: string): string {
  const recurrence = draft.grant(grantId)?.recurrence;
  if (recurrence == null) throw impossible(`grant ${grantId} came of no schedule`);
  return recurrence.scheduleId;
}

function tooFar(): CreditError {
  return new CreditError(
    "over_limit",
    `forecast: until then more than ${MOST_STEPS} things fall due in this wallet. Give a nearer \`until\`.`,
    { limit: MOST_STEPS },
  );
}
