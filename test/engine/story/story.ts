import { createCreditEngine, defineCatalog } from "coffer";
import { type MemoryStore, memoryStore } from "coffer/memory";
import { manualClock } from "coffer/testing";
import { DAY, HOUR, MINUTE, START } from "../support.js";
import { virtualPace } from "../virtual-pace.js";

const catalog = defineCatalog({
  currencies: { tokens: { name: "Tokens" }, gold: { name: "Gold", scale: 0 } },
  features: {
    chat: { currency: "tokens", rate: { credits: "2", per: 1000 } },
    image: { currency: "tokens", rate: { credits: 40 } },
    model: {
      currency: "tokens",
      rate: { match: [{ when: { size: ["s", "m"] }, rate: { credits: 3 } }] },
    },
  },
});

const ACME = { customerId: "acme", currency: "tokens" } as const;
const POOL = { customerId: "acme", scope: "pool" } as const;

export interface Told {
  /** What each call answered, by what was done. */
  readonly answers: Readonly<Record<string, unknown>>;
  readonly store: MemoryStore;
}

/** Some weeks of one customer, with a bit of everything that credits go through. */
export async function tellStory(): Promise<Told> {
  const store = memoryStore();
  const clock = manualClock(START);
  let ids = 0;
  const credits = createCreditEngine({
    catalog,
    store,
    clock,
    ids: () => `i${String(++ids).padStart(4, "0")}`,
    pace: virtualPace(),
  });
  const answers: Record<string, unknown> = {};
  const tell = async <Answer>(what: string, answer: Promise<Answer>): Promise<Answer> => {
    const answered = await answer;
    answers[what] = JSON.parse(JSON.stringify(answered));
    return answered;
  };

  const bought = await tell(
    "a paid grant",
    credits.grant({
      ...ACME,
      amount: "1000.5",
      category: "paid",
      cost: { amount: "20.00", currency: "USD" },
      source: "checkout",
      actor: "billing",
      reason: "order 17",
      metadata: { order: { number: 17, lines: ["a", null, true] } },
      displayName: "Starter pack",
      expiresAt: START + 30 * DAY,
      idempotencyKey: "bought",
    }),
  );
  await tell(
    "a gift for images",
    credits.grant({
      ...ACME,
      amount: 100,
      category: "promotional",
      features: ["image", "model"],
      priority: 10,
      expiresAt: START + 2 * DAY,
      idempotencyKey: "gift",
    }),
  );
  const later = await tell(
    "a grant that begins later",
    credits.grant({
      ...ACME,
      amount: 7,
      category: "promotional",
      effectiveAt: START + DAY,
      idempotencyKey: "later",
    }),
  );
  const chat = await tell(
    "a use",
    credits.withdraw({
      customerId: "acme",
      feature: "chat",
      quantity: "1500.25",
      dimensions: { user: "u1", team: "red" },
      actor: "app",
      metadata: { request: "r1" },
      idempotencyKey: "chat",
    }),
  );
  await tell(
    "a use of several features",
    credits.withdraw({
      customerId: "acme",
      items: [
        { feature: "image", quantity: 2 },
        { feature: "model", quantity: 1, dimensions: { size: "s" } },
      ],
      idempotencyKey: "items",
    }),
  );
  await tell("a repeat", credits.withdraw({ ...ACME, amount: 1, idempotencyKey: "one" }));
  await tell("a repeat, again", credits.withdraw({ ...ACME, amount: 1, idempotencyKey: "one" }));
  const hold = await tell(
    "a reservation",
    credits.reserve({
      customerId: "acme",
      feature: "chat",
      quantity: 10_000,
      expiresIn: { minutes: 10 },
      idempotencyKey: "hold",
    }),
  );
  clock.advance({ minutes: 1 });
  await tell(
    "a part of it captured",
    credits.capture({ reservationId: hold.id, quantity: 1_000, final: false, idempotencyKey: "part" }),
  );
  await tell("it is extended", credits.extend({ reservationId: hold.id, expiresIn: { hours: 1 } }));
  await tell("the rest captured", credits.capture({ reservationId: hold.id, idempotencyKey: "rest" }));
  const dropped = await credits.reserve({
    ...ACME,
    amount: 5,
    expiresIn: { hours: 1 },
    idempotencyKey: "drop",
  });
  await tell("another released", credits.release({ reservationId: dropped.id }));
  await credits.reserve({ ...ACME, amount: 9, expiresIn: { hours: 1 }, idempotencyKey: "forgotten" });
  await tell("the balance while something is held", credits.balance(ACME));
  await tell("why it burns so", credits.explain({ ...ACME, feature: "chat" }));
  await tell("would it pass", credits.check({ customerId: "acme", feature: "chat", quantity: 10 }));
  await tell("what it would take", credits.estimate({ customerId: "acme", feature: "image", quantity: 1 }));
  await tell("what would be too much", credits.estimate({ ...ACME, amount: 5_000 }));

  clock.advance({ days: 3 });
  await tell(
    "a use that came late",
    credits.withdraw({
      customerId: "acme",
      feature: "image",
      quantity: "0.25",
      occurredAt: START + DAY,
      idempotencyKey: "late",
    }),
  );
  await tell(
    "an amendment",
    credits.amendGrant({ grantId: later.id, priority: 60, displayName: "Later", expiresAt: START + 9 * DAY }),
  );
  const why = { actor: "ops", reason: "goodwill" };
  await tell("an adjustment up", credits.adjust({ ...ACME, amount: 3, ...why, idempotencyKey: "up" }));
  await tell(
    "an adjustment down",
    credits.adjust({ ...ACME, amount: "-0.5", grantId: bought.id, ...why, idempotencyKey: "down" }),
  );
  await tell(
    "a reversal",
    credits.reverse({ withdrawalId: chat.id, amount: 1, reason: "a bad answer", idempotencyKey: "back" }),
  );
  const regranted = { withdrawalId: chat.id, regrant: { expiresAt: START + 60 * DAY } };
  await tell("a reversal as a new grant", credits.reverse({ ...regranted, idempotencyKey: "regrant" }));
  await tell(
    "a transfer",
    credits.transfer({ from: "acme", to: POOL, currency: "tokens", amount: 50, idempotencyKey: "move" }),
  );
  await tell("a refund", credits.refundGrant({ grantId: bought.id, amount: 100, idempotencyKey: "refund" }));
  await tell("a grant voided", credits.voidGrant({ grantId: later.id, actor: "ops" }));
  await tell("what became of a gift", credits.grants({ ...ACME, status: ["expired", "depleted"] }));

  await tell("soft", credits.setPolicy({ ...POOL, currency: "tokens", policy: { mode: "soft", limit: 20 } }));
  await tell(
    "past zero",
    credits.withdraw({ ...POOL, currency: "tokens", amount: 60, idempotencyKey: "debt" }),
  );
  const settling = { ...POOL, currency: "tokens", amount: 4, category: "promotional" } as const;
  await tell("a debt settled in part", credits.grant({ ...settling, idempotencyKey: "settling" }));
  const price = { amount: "0.01", currency: "USD" };
  const consent = { by: "owner", at: START, limit: 500 };
  const overage = { mode: "overage", price, limit: 1_000, consent } as const;
  await tell("overage", credits.setPolicy({ ...ACME, policy: overage, actor: "owner" }));
  await tell("beyond what is there", credits.withdraw({ ...ACME, amount: 1_000, idempotencyKey: "over" }));
  await tell(
    "a part of what is asked",
    credits.withdraw({
      ...POOL,
      currency: "tokens",
      amount: 100,
      partial: true,
      idempotencyKey: "partial",
    }),
  );

  clock.advance({ days: 40 });
  await tell("the balance", credits.balance(ACME));
  await tell("the balance of then", credits.balance({ ...ACME, at: START + HOUR }));
  await tell(
    "the pool's balance of then",
    credits.balance({ ...POOL, currency: "tokens", at: START + 4 * DAY }),
  );
  await tell("the grants", credits.grants(ACME));
  await tell("the ledger", credits.ledger({ ...ACME, limit: 1_000 }));
  await tell("of a minute", credits.ledger({ ...ACME, from: START + MINUTE, to: START + 2 * MINUTE }));
  await tell("the audit", credits.audit({ customerId: "acme" }));
  await tell("the proof", credits.verifyLedger(ACME));
  await tell("the pool's proof", credits.verifyLedger({ ...POOL, currency: "tokens" }));
  return { answers, store };
}
