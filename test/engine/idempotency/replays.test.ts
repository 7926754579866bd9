/** A repeat with the same key and request gets the first result again, whoever asks, whenever, and moves nothing. */
import { Decimal } from "coffer";
import { memoryStore } from "coffer/memory";
import { describe, expect, test } from "vitest";
import { MUTATIONS, type Stage, call, stage } from "../bad-input/verbs.js";
import {
  ACME,
  DAY,
  type Engine,
  START,
  engineOn,
  expectSound,
  gift,
  newKey,
  plain,
  refusedWith,
  unmarked,
  use,
  world,
} from "../support.js";

async function first(here: Stage, verb: (typeof MUTATIONS)[number]): Promise<object> {
  const result = (await call(here.credits, verb, here.accepted[verb])) as object;
  expect(result).toMatchObject({ replayed: false });
  return result;
}

describe.each(MUTATIONS)("%s", (verb) => {
  test("again, in another engine, and from a dump: the same result, marked", async () => {
    const here = await stage();
    const result = await first(here, verb);
    const before = here.store.dump();
    const copy = memoryStore({ restore: before });
    for (const engine of [here.credits, engineOn(here.store, here.clock), engineOn(copy, here.clock)]) {
      const again = (await call(engine, verb, here.accepted[verb])) as object;
      expect(again).toMatchObject({ replayed: true });
      expect(unmarked(again)).toEqual(unmarked(result));
      expect(Object.keys(again)).toEqual(Object.keys(result));
    }
    expect(here.store.dump()).toBe(before);
    expect(copy.dump()).toBe(before);
    await expectSound(here.store);
  });

  test("again after everything has changed: the same result", async () => {
    const here = await stage();
    const result = await first(here, verb);
    here.clock.advance({ days: 40 });
    await here.credits.adjust({ ...ACME, amount: 5, actor: "a", reason: "r", idempotencyKey: newKey() });
    const [grant] = (await here.credits.grants({ ...ACME, status: "active" })).items;
    await here.credits.voidGrant({ grantId: grant?.id ?? "" });
    await here.credits.setPolicy({ ...ACME, policy: { mode: "hard" } });
    const before = here.store.dump();
    const again = (await call(here.credits, verb, here.accepted[verb])) as object;
    expect(unmarked(again)).toEqual(unmarked(result));
    expect(here.store.dump()).toBe(before);
  });

  test("a hundred times at once: it happens once", async () => {
    const here = await stage();
    const request = here.accepted[verb];
    const results = await Promise.all(
      Array.from({ length: 100 }, () => call(here.credits, verb, request) as Promise<{ replayed: boolean }>),
    );
    expect(results.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(new Set(results.map((result) => JSON.stringify(unmarked(result)))).size).toBe(1);
    await expectSound(here.store);
  });
});

describe("the key is looked up before anything else", () => {
  test("a grant whose expiry has passed", async () => {
    const { credits, clock } = world();
    const request = {
      ...ACME,
      amount: 5,
      category: "promotional",
      expiresAt: START + DAY,
      idempotencyKey: "g",
    } as const;
    await credits.grant(request);
    clock.advance({ days: 2 });
    expect(await credits.grant(request)).toMatchObject({ replayed: true, status: "active" });
    await refusedWith(credits.grant({ ...request, idempotencyKey: "h" }), "invalid_input");
  });

  test("the withdrawal that emptied the wallet", async () => {
    const { credits } = world();
    await gift(credits, 5);
    await use(credits, 5, "w");
    expect(await use(credits, 5, "w")).toMatchObject({ replayed: true });
    await refusedWith(use(credits, 5), "insufficient_credits");
  });

  test("a use that lies out of the window by now", async () => {
    const { credits, clock } = world();
    await gift(credits, 5);
    const request = { ...ACME, amount: 1, occurredAt: START, idempotencyKey: "w" } as const;
    await credits.withdraw(request);
    clock.advance({ days: 36 });
    expect(await credits.withdraw(request)).toMatchObject({ replayed: true });
    await refusedWith(credits.withdraw({ ...request, idempotencyKey: "x" }), "occurred_at_out_of_window");
  });

  test("the final capture, the release and the refund of what is closed since", async () => {
    const { credits } = world();
    const paid = {
      ...ACME,
      amount: 9,
      category: "paid",
      cost: { amount: 9, currency: "USD" },
      idempotencyKey: "g",
    } as const;
    const grant = await credits.grant(paid);
    const hold = await credits.reserve({ ...ACME, amount: 2, expiresIn: { hours: 1 }, idempotencyKey: "r" });
    const capture = { reservationId: hold.id, idempotencyKey: "c" };
    await credits.capture(capture);
    const refund = { grantId: grant.id, idempotencyKey: "f" };
    await credits.refundGrant(refund);
    await credits.voidGrant({ grantId: grant.id });
    expect(await credits.capture(capture)).toMatchObject({ replayed: true });
    expect(await credits.refundGrant(refund)).toMatchObject({ replayed: true });
    await refusedWith(credits.capture({ ...capture, idempotencyKey: "d" }), "reservation_closed");
    await refusedWith(credits.refundGrant({ ...refund, idempotencyKey: "e" }), "grant_closed");
  });

  test("a transfer of credits that are gone, and the one who gave it is told so", async () => {
    const { credits } = world();
    await gift(credits, 5);
    const move = { from: "acme", to: "beta", currency: "tokens", amount: 5, idempotencyKey: "t" } as const;
    const moved = await credits.transfer(move);
    expect(unmarked(await credits.transfer(move))).toEqual(unmarked(moved));
    expect((await credits.balance({ ...ACME, customerId: "beta" })).balance.toString()).toBe("5");
  });
});

describe("a denied key may succeed later", () => {
  const attempts: readonly (readonly [
    string,
    (credits: Engine, key: string) => Promise<{ replayed: boolean }>,
  ])[] = [
    ["withdraw", (credits, key) => use(credits, 5, key)],
    [
      "reserve",
      (credits, idempotencyKey) =>
        credits.reserve({ ...ACME, amount: 5, expiresIn: { hours: 1 }, idempotencyKey }),
    ],
    [
      "adjust",
      (credits, idempotencyKey) =>
        credits.adjust({ ...ACME, amount: -5, actor: "a", reason: "r", idempotencyKey }),
    ],
    [
      "transfer",
      (credits, idempotencyKey) =>
        credits.transfer({ from: "acme", to: "beta", currency: "tokens", amount: 5, idempotencyKey }),
    ],
  ];

  test.each(attempts)("%s", async (_, attempt) => {
    const { credits, store } = world();
    await gift(credits, 4);
    const before = store.dump();
    await refusedWith(attempt(credits, "k"), "insufficient_credits");
    expect(store.dump()).toBe(before);
    await gift(credits, 1);
    expect(await attempt(credits, "k")).toMatchObject({ replayed: false });
    expect(await attempt(credits, "k")).toMatchObject({ replayed: true });
  });

  test("and for another amount then: a denial leaves nothing to conflict with", async () => {
    const { credits } = world();
    await gift(credits, 4);
    await refusedWith(use(credits, 5, "k"), "insufficient_credits");
    expect((await use(credits, 3, "k")).amount.toString()).toBe("3");
  });
});

describe("equal requests, written differently, are one request", () => {
  test.each([["10"], ["10.0"], ["+10"], ["010.000000"], [10n], [new Decimal(10)], [new Decimal("1e1")]])(
    "10 and %s",
    async (amount) => {
      const { credits } = world();
      await credits.grant({ ...ACME, amount: 10, category: "promotional", idempotencyKey: "g" });
      const again = await credits.grant({ ...ACME, amount, category: "promotional", idempotencyKey: "g" });
      expect(again.replayed).toBe(true);
    },
  );

  test("a date, its milliseconds, and its texts", async () => {
    const { credits } = world();
    for (const expiresAt of [
      new Date(START + DAY),
      START + DAY,
      "2026-01-11T00:00:00Z",
      "2026-01-11T02:00:00+02:00",
    ])
      await gift(credits, 1, { expiresAt, idempotencyKey: "g" });
    expect((await credits.balance(ACME)).balance.toString()).toBe("1");
  });

  test("options in another order, and those that are undefined", async () => {
    const { credits } = world();
    await gift(credits, 10);
    const dimensions = { b: "2", a: "1" };
    await credits.withdraw({
      customerId: "acme",
      feature: "unit",
      quantity: 1,
      dimensions,
      idempotencyKey: "w",
    });
    const again = await credits.withdraw({
      idempotencyKey: "w",
      partial: undefined,
      dimensions: { a: "1", b: "2" },
      quantity: "1.0",
      feature: "unit",
      scope: undefined,
      customerId: "acme",
    });
    expect(again.replayed).toBe(true);
  });

  test("money too", async () => {
    const { credits } = world();
    const paid = { ...ACME, amount: 1, category: "paid", idempotencyKey: "g" } as const;
    await credits.grant({ ...paid, cost: { amount: "8.50", currency: "USD" } });
    const again = await credits.grant({ ...paid, cost: { currency: "USD", amount: 8.5 } });
    expect(again.replayed).toBe(true);
    expect(plain(again.cost)).toEqual({ amount: "8.5", currency: "USD" });
  });
});
