import type { CreditStore } from "coffer/store";
import { mulberry32 } from "../random.js";
import { Deeds, type Subscriptions, act } from "./act.js";
import { type Books, booksOf } from "./books.js";
import { BEFORE_JULY, FROM_JULY } from "./catalog.js";
import { type YearClock, type YearEngine, openEngine } from "./engine.js";
import { type Life, livesOf } from "./lives.js";

const DAY_MS = 86_400_000;
const DAYS = 365;
const JANUARY_1 = Date.UTC(2026, 0, 1);
const JULY_1 = Date.UTC(2026, 6, 1);
/** A promotion for everybody who is there in spring. */
const PROMOTION_DAY = 90;

export interface Year {
  readonly deeds: ReadonlyMap<string, number>;
  readonly uses: number;
  readonly denied: number;
  readonly books: Books;
}

export interface YearOptions {
  readonly customers: number;
  readonly seed: number;
}

/** A year in the life of a SaaS, day by day, on a clock that is told. */
export async function liveYear(
  { customers, seed }: YearOptions,
  store: CreditStore,
  tell: (share: number) => void,
): Promise<Year> {
  const lives = livesOf(customers, seed);
  const clock: YearClock = { now: JANUARY_1 };
  const random = mulberry32(seed + 1);
  const subscriptions: Subscriptions = new Map();
  const deeds = new Deeds();
  const sums = { uses: 0, denied: 0 };
  let credits = openEngine(BEFORE_JULY, store, clock, seed + 2);
  for (let day = 0; day < DAYS; day++) {
    clock.now = JANUARY_1 + day * DAY_MS;
    // Prices change with a deploy: another process, with another catalog, on the same store.
    if (clock.now === JULY_1) {
      credits = openEngine(FROM_JULY, store, clock, seed + 3);
      deeds.add("prices changed");
    }
    for (const life of lives)
      for (const deed of life.acts)
        if (deed.day === day) await act(credits, life, deed, { now: clock.now, subscriptions, deeds });
    if (day === PROMOTION_DAY) await promote(credits, [...subscriptions.keys()], deeds);
    clock.now += DAY_MS / 2;
    const { done, denied } = await useOf(credits, lives, { day, subscriptions, random });
    sums.uses += done;
    sums.denied += denied;
    tell((day + 1) / DAYS);
  }
  clock.now = JANUARY_1 + DAYS * DAY_MS - 1;
  await credits.runDue();
  const books = await booksOf(
    credits,
    lives.map(({ customerId }) => customerId),
  );
  return { deeds: deeds.counts, ...sums, books };
}

async function promote(credits: YearEngine, customers: readonly string[], deeds: Deeds): Promise<void> {
  await Promise.all(
    customers.map((customerId) =>
      credits.grant({
        customerId,
        currency: "credits",
        amount: 25,
        category: "promotional",
        source: "spring",
        expiresAt: Date.UTC(2026, 5, 1),
        idempotencyKey: "spring",
      }),
    ),
  );
  for (const _ of customers) deeds.add("spring promotion");
}

/** One day's use, as a meter sends it: in bulk, and a twentieth of it twice. */
async function useOf(
  credits: YearEngine,
  lives: readonly Life[],
  today: { readonly day: number; readonly subscriptions: Subscriptions; readonly random: () => number },
): Promise<{ readonly done: number; readonly denied: number }> {
  const { day, subscriptions, random } = today;
  const uses = lives.flatMap(({ customerId, busyness }) => {
    const draws = [random(), random(), random(), random()] as const;
    if (!subscriptions.has(customerId) || draws[0] >= busyness) return [];
    const feature = draws[1] < 0.25 ? ("image" as const) : ("chat" as const);
    const quantity =
      feature === "image" ? 1 + Math.floor(draws[2] * 12) : 1_000 + Math.floor(draws[2] * 120_000);
    const use = { customerId, feature, quantity, idempotencyKey: `use-${day}` };
    return draws[3] < 0.05 ? [use, use] : [use];
  });
  const outcomes = await credits.withdrawMany(uses);
  const done = outcomes.filter((outcome) => outcome.ok && !outcome.value.replayed).length;
  const denied = outcomes.filter(
    (outcome) => !outcome.ok && outcome.error.code === "insufficient_credits",
  ).length;
  const failed = outcomes.find((outcome) => !outcome.ok && outcome.error.code !== "insufficient_credits");
  if (failed?.ok === false) throw failed.error;
  return { done, denied };
}
