import type * as z from "zod";
import { scaledAmount } from "../../catalog/inputs.js";
import { sum } from "../../core/amounts.js";
import { DAY_MS, addDuration, quarterHourOf } from "../../core/calendar.js";
import { invalidInput } from "../../core/errors.js";
import { type Burn, forecast as runAhead } from "../../core/forecast.js";
import type { Forecast } from "../api-lifecycle.js";
import { draftOfNow } from "../due.js";
import { publicId } from "../ids.js";
import { namesOf, parseRequest } from "../parse.js";
import { reading } from "../persevere.js";
import { creditsOf } from "../present.js";
import { forecastSchema } from "../lifecycle-schemas.js";
import type { Services } from "../services.js";
import type { WalletHandle } from "../wallet-handles.js";
import { nextRefillOf } from "./balance.js";

const LONGEST = { years: 10 };
const MOST_LISTED = 100;

export async function forecast(services: Services, request: unknown): Promise<Forecast> {
  const { input } = parseRequest(forecastSchema, request, "forecast");
  const handle = services.handle(namesOf(input, input.currency));
  const now = services.now();
  if (input.until <= now || input.until > addDuration(now, LONGEST))
    throw invalidInput("forecast: `until` must lie ahead, at most 10 years.", { field: "until" });
  const burn = await burnOf(services, handle, input.burn, now);
  const draft = await draftOfNow(services, handle);
  const nextRefillAt = nextRefillOf(draft.wallet);
  const { runsOutAt, shortfall, expirations, refills } = runAhead(draft, input.until, burn);
  const credits = (amount: bigint) => creditsOf(handle, amount);
  return {
    burnPerDay: credits(burn === null ? 0n : (burn.amount * BigInt(DAY_MS)) / BigInt(burn.perMs)),
    runsOutAt: runsOutAt === null ? null : new Date(runsOutAt),
    shortfall: credits(shortfall),
    expiring: credits(sum(expirations.map(({ amount }) => amount))),
    expirations: expirations.slice(0, MOST_LISTED).map(({ grantId, amount, at }) => ({
      grantId: publicId("gr", handle.key, grantId),
      amount: credits(amount),
      at: new Date(at),
    })),
    refills: refills.slice(0, MOST_LISTED).map(({ scheduleId, amount, at }) => ({
      scheduleId: publicId("sc", handle.key, scheduleId),
      amount: credits(amount),
      at: new Date(at),
    })),
    nextRefillAt,
    available: credits(draft.wallet.available),
  };
}

async function burnOf(
  { access }: Services,
  { key, currency }: WalletHandle,
  burn: z.output<typeof forecastSchema>["burn"],
  now: number,
): Promise<Burn | null> {
  if (burn === undefined) return null;
  if ("amount" in burn) {
    const amount = scaledAmount(burn.amount, currency.scale, "burn.amount");
    return amount === 0n ? null : { amount, perMs: addDuration(now, burn.per) - now };
  }
  const from = quarterHourOf(now - burn.recentDays * DAY_MS);
  const query = { key, bounds: [from, quarterHourOf(now)] };
  const points = await reading(access, (patience) => access.usage(query, patience));
  const amount = sum(points.map((point) => point.amount));
  return amount <= 0n ? null : { amount, perMs: quarterHourOf(now) - from };
}
