import type { Catalog } from "../catalog/define.js";
import { compileRecurring } from "../catalog/recurring.js";
import { toDecimal } from "../core/decimal.js";
import { type Schedule as CoreSchedule, nextRefillAt } from "../core/schedule.js";
import type { ScheduleResult as CoreScheduleResult } from "../core/results.js";
import type { Schedule, ScheduleResult } from "./api-lifecycle.js";
import type { CreditVerbs } from "./api.js";
import { draftOfNow } from "./due.js";
import { publicId } from "./ids.js";
import { namesOf, parseRequest } from "./parse.js";
import { creditsOf, moneyOf, presentGrant } from "./present.js";
import { endScheduleSchema, scheduleSchema } from "./lifecycle-schemas.js";
import { walletSchema } from "./request-schemas.js";
import type { Services } from "./services.js";
import { type Settled, settleMutation } from "./settle-mutation.js";
import type { WalletHandle } from "./wallet-handles.js";

/** Recurring credits that belong to no plan. */
export function scheduleVerbs<C extends Catalog>(
  services: Services,
): Pick<CreditVerbs<C>, "schedule" | "endSchedule" | "schedules"> {
  return {
    schedule: (request) => services.during(async () => presentSettled(await schedule(services, request))),
    endSchedule: (request) =>
      services.during(async () => presentSettled(await endSchedule(services, request))),
    schedules: (request) => services.during(() => schedules(services, request)),
  };
}

async function schedule(services: Services, request: unknown): Promise<Settled<CoreScheduleResult>> {
  const { input, text } = parseRequest(scheduleSchema, request, "schedule");
  const handle = services.handle(namesOf(input, input.currency));
  const terms = compileRecurring(input, handle.currency, services.catalog.features, "");
  return settleMutation(services, handle, input, text, "schedule", {
    kind: "schedule",
    terms: {
      ...terms,
      source: input.source ?? "schedule",
      metadata: input.metadata ?? null,
      timeZone: input.timeZone ?? "UTC",
      anchor: input.anchor ?? null,
      startsAt: input.startsAt ?? null,
    },
    until: input.until ?? null,
  });
}

async function endSchedule(services: Services, request: unknown): Promise<Settled<CoreScheduleResult>> {
  const { input, text } = parseRequest(endScheduleSchema, request, "endSchedule");
  const { handle, local } = await services.handleOf("sc", input.scheduleId, "schedule_not_found");
  return settleMutation(services, handle, input, text, "schedule", {
    kind: "endSchedule",
    scheduleId: local,
    when: input.when ?? "now",
  });
}

async function schedules(services: Services, request: unknown): Promise<readonly Schedule[]> {
  const { input } = parseRequest(walletSchema, request, "schedules");
  const handle = services.handle(namesOf(input, input.currency));
  const { wallet } = await draftOfNow(services, handle);
  return [...wallet.schedules.values()].map((one) => presentSchedule(handle, one, wallet.clock));
}

function presentSettled({ handle, result, replayed }: Settled<CoreScheduleResult>): ScheduleResult {
  const { schedule: of, at, grant, available } = result;
  return {
    ...presentSchedule(handle, of, at),
    grant: grant === null ? null : presentGrant(handle, grant),
    available: creditsOf(handle, available),
    replayed,
  };
}

function presentSchedule(handle: WalletHandle, schedule: CoreSchedule, now: number): Schedule {
  const { names, key } = handle;
  const { every, rollover, cost, until, features } = schedule;
  const next = nextRefillAt(schedule);
  return {
    id: publicId("sc", key, schedule.id),
    customerId: names.customerId,
    scope: names.scope === "" ? undefined : names.scope,
    currency: names.currency,
    status: schedule.hasEnded ? "ended" : schedule.startsAt > now ? "scheduled" : "active",
    amount: creditsOf(handle, schedule.amount),
    every: { [every.unit]: every.count },
    anchor: new Date(schedule.anchor),
    timeZone: schedule.timeZone,
    startsAt: new Date(schedule.startsAt),
    until: until === null ? null : new Date(until),
    nextRefillAt: next === null ? null : new Date(next),
    category: schedule.category,
    cost: cost === null ? null : moneyOf(cost.total, cost.currency),
    source: schedule.source,
    priority: schedule.priority,
    features,
    expires: schedule.expires,
    rollover:
      rollover === null
        ? null
        : {
            max: rollover.max === null ? null : creditsOf(handle, rollover.max),
            fraction: toDecimal(rollover.fraction.digits, rollover.fraction.places),
            periods: rollover.periods,
            keepFor: rollover.keepFor,
            total: rollover.total === null ? null : creditsOf(handle, rollover.total),
          },
    displayName: schedule.displayName,
    metadata: schedule.metadata === null ? null : (JSON.parse(schedule.metadata) as Record<string, unknown>),
    createdAt: new Date(schedule.createdAt),
  };
}
