import type { CreditStore } from "coffer/store";
import { type WebhookDispatcher, webhookDispatcher } from "coffer/webhooks";
import { mulberry32 } from "../random.js";
import { Deeds, type Subscriptions, act } from "./act.js";
import { type Books, booksOf } from "./books.js";
import { IMAGES_FROM_JULY } from "./catalog.js";
import { type YearClock, type YearEngine, openEngine } from "./engine.js";
import { writeJournal } from "./journal.js";
import { type Life, livesOf } from "./lives.js";
import { openReceiver } from "./receiver.js";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const DAYS = 365;
const JANUARY_1 = Date.UTC(2026, 0, 1);
const JUNE_15 = Date.UTC(2026, 5, 15);
const JULY_1 = Date.UTC(2026, 6, 1);
/** Of these a customer's CRM is told. */
const TOLD = ["credits.balance.depleted", "credits.balance.recovered", "credits.overdraft.started"] as const;
const DAYS_BETWEEN_DELIVERIES = 7;
/** A promotion for everybody who is there in spring. */
const PROMOTION_DAY = 90;

export interface Year {
  readonly deeds: ReadonlyMap<string, number>;
  readonly uses: number;
  readonly denied: number;
  readonly books: Books;
  /** The file that the journal was written to. */
  readonly journal: string;
  /** How many of each type were told. */
  readonly events: ReadonlyMap<string, number>;
  /** And delivered to the receiver. */
  readonly delivered: ReadonlyMap<string, number>;
}

export interface YearOptions {
  readonly customers: number;
  readonly seed: number;
  /** Where the journal goes; undefined: a fresh folder among the temporary ones. */
  readonly journal?: string | undefined;
}

/** A year in the life of a SaaS, day by day, on a clock that is told. */
export async function liveYear(
  { customers, seed, journal: file }: YearOptions,
  store: CreditStore,
  tell: (share: number) => void,
): Promise<Year> {
  const lives = livesOf(customers, seed);
  const clock: YearClock = { now: JANUARY_1 };
  const random = mulberry32(seed + 1);
  const subscriptions: Subscriptions = new Map();
  const deeds = new Deeds();
  const sums = { uses: 0, denied: 0 };
  const credits = openEngine(store, clock, seed + 2);
  const receiver = await openReceiver(() => clock.now);
  const dispatcher = webhookDispatcher({
    credits,
    endpoints: [{ id: "crm", url: receiver.url, secrets: receiver.secrets, types: TOLD, fromStart: true }],
    allowPrivateTargets: true,
  });
  for (let day = 0; day < DAYS; day++) {
    clock.now = JANUARY_1 + day * DAY_MS;
    if (clock.now === JUNE_15) {
      await credits.publishRates({
        features: { image: IMAGES_FROM_JULY },
        effectiveAt: JULY_1,
        actor: "pricing@demo.example",
        reason: "images got dearer",
      });
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
    if (day % DAYS_BETWEEN_DELIVERIES === 0) await dispatcher.run();
    tell((day + 1) / DAYS);
  }
  clock.now = JANUARY_1 + DAYS * DAY_MS - 1;
  await credits.runDue();
  await deliverAll(dispatcher, clock);
  await receiver.close();
  const events = await eventsByType(credits);
  const books = await booksOf(
    credits,
    lives.map(({ customerId }) => customerId),
  );
  const journal = await writeJournal(credits, file);
  return { deeds: deeds.counts, ...sums, books, journal, events, delivered: receiver.taken };
}

/** What was refused is tried again, when its time has come. */
async function deliverAll(dispatcher: WebhookDispatcher, clock: YearClock): Promise<void> {
  const end = clock.now;
  while ((await dispatcher.run()).some(({ waiting }) => waiting > 0)) clock.now += MINUTE_MS;
  clock.now = end;
}

async function eventsByType(credits: YearEngine): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for await (const { type } of credits.events({ consumer: "report", follow: false, saveEvery: 1_000 }))
    counts.set(type, (counts.get(type) ?? 0) + 1);
  return counts;
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
