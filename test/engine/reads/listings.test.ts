/** Pages of grants and ledger entries: whole, in order, filtered, and only the wallet's own. */
import { describe, expect, test } from "vitest";
import { pages } from "./pages.js";
import { ACME, DAY, type Engine, HOUR, START, gift, newKey, plain, use, world } from "../support.js";

describe("grants", () => {
  async function every(): Promise<Engine> {
    const { credits, clock } = world();
    await gift(credits, 5, { displayName: "expired", expiresAt: START + HOUR });
    await gift(credits, 5, { displayName: "depleted", priority: 1 });
    const { id } = await gift(credits, 5, { displayName: "voided" });
    await gift(credits, 5, { displayName: "active" });
    await gift(credits, 5, { displayName: "scheduled", effectiveAt: START + DAY });
    await gift(credits, 5, { displayName: "activated", effectiveAt: START + HOUR });
    await gift(credits, 5, { customerId: "eve" });
    await use(credits, 5);
    await credits.voidGrant({ grantId: id });
    clock.set(START + HOUR);
    return credits;
  }

  const all = ["expired", "depleted", "voided", "active", "scheduled", "activated"];

  test.each([1, 2, 3, 5, 6, 7, 1_000])("come oldest first, in pages of %s", async (limit) => {
    const credits = await every();
    const { items, sizes } = await pages((after) => credits.grants({ ...ACME, limit, after }));
    expect(items.map(({ displayName }) => displayName)).toEqual(all);
    expect(sizes.slice(0, -1).every((size) => size === limit)).toBe(true);
  });

  test.each([
    ["expired", ["expired"]],
    ["depleted", ["depleted"]],
    ["voided", ["voided"]],
    ["active", ["active", "activated"]],
    ["scheduled", ["scheduled"]],
    ["pending", []],
    [
      ["voided", "expired"],
      ["expired", "voided"],
    ],
    [[], []],
  ] as const)("of status %j are %j", async (status, names) => {
    const credits = await every();
    for (const limit of [1, 2, 100]) {
      const { items } = await pages((after) => credits.grants({ ...ACME, status, limit, after }));
      expect(items.map(({ displayName }) => displayName)).toEqual(names);
    }
  });

  test("that are made while one pages come, too, and none comes twice", async () => {
    const { credits } = world();
    for (let count = 0; count < 3; count++) await gift(credits, 1);
    const first = await credits.grants({ ...ACME, limit: 2 });
    await use(credits, 1);
    await gift(credits, 1);
    const rest = await credits.grants({ ...ACME, after: first.next ?? "" });
    const ids = [...first.items, ...rest.items].map(({ id }) => id);
    expect(new Set(ids).size).toBe(4);
  });

  test("show every field, as JSON too", async () => {
    const { credits } = world();
    const cost = { amount: "8500.00", currency: "USD" };
    const terms = {
      category: "paid",
      cost,
      source: "stripe:in_1",
      priority: 7,
      expiresAt: START + DAY,
      features: ["unit", "chat"],
      displayName: "Pack",
      metadata: { a: 1 },
    } as const;
    const granted = await gift(credits, 10_000, terms);
    await use(credits, 0);
    await credits.withdraw({ customerId: "acme", feature: "unit", quantity: 1, idempotencyKey: newKey() });
    const [grant] = (await credits.grants(ACME)).items;
    const usd = (amount: string) => ({ amount, currency: "USD" });
    expect(plain(grant)).toEqual({
      id: granted.id,
      ...ACME,
      amount: "10000",
      remaining: "9999",
      held: "0",
      consumed: "1",
      expired: "0",
      voided: "0",
      adjusted: "0",
      refunded: "0",
      moved: "0",
      status: "active",
      category: "paid",
      source: "stripe:in_1",
      priority: 7,
      effectiveAt: "2026-01-10T00:00:00.000Z",
      expiresAt: "2026-01-11T00:00:00.000Z",
      features: ["chat", "unit"],
      cost: usd("8500"),
      deferred: usd("8499.15"),
      recognised: usd("0.85"),
      breakage: usd("0"),
      refundedCost: usd("0"),
      movedCost: usd("0"),
      originGrantId: null,
      payment: null,
      scheduleId: null,
      subscriptionId: null,
      displayName: "Pack",
      metadata: { a: 1 },
      createdAt: "2026-01-10T00:00:00.000Z",
    });
  });
});

describe("ledger", () => {
  async function story(): Promise<Engine> {
    const { credits, clock } = world();
    await gift(credits, 10);
    await gift(credits, 99, { customerId: "eve" });
    for (let day = 1; day <= 4; day++) {
      clock.set(START + day * DAY);
      const feature = day % 2 === 0 ? "unit" : "image";
      await credits.tryWithdraw({
        customerId: "acme",
        feature,
        quantity: day % 2 === 0 ? 2 : 0,
        idempotencyKey: newKey(),
      });
    }
    await use(credits, 1);
    return credits;
  }

  test.each([1, 2, 4, 6, 100])("both ways, in pages of %s", async (limit) => {
    const credits = await story();
    const up = await pages((after) => credits.ledger({ ...ACME, limit, after }));
    const down = await pages((after) => credits.ledger({ ...ACME, limit, after, order: "desc" }));
    expect(up.items.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(down.items).toEqual(up.items.toReversed());
  });

  test.each([
    [{ types: ["granted"] }, [1]],
    [{ types: ["granted", "consumed"] }, [1, 2, 3, 4, 5, 6]],
    [{ types: [] }, []],
    [{ feature: "unit" }, [3, 5]],
    [{ feature: "image", types: ["consumed"] }, [2, 4]],
    [{ feature: "chat" }, []],
    [{ from: START + 2 * DAY }, [3, 4, 5, 6]],
    [{ to: START + 2 * DAY }, [1, 2]],
    [{ from: START + 2 * DAY, to: START + 3 * DAY }, [3]],
    [{ from: START + 3 * DAY, to: START + 2 * DAY }, []],
    [{ from: "2026-01-14T00:00:00Z", feature: "unit" }, [5]],
  ] as const)("filtered by %j", async (filter, expected) => {
    const credits = await story();
    for (const limit of [1, 100]) {
      const { items } = await pages((after) => credits.ledger({ ...ACME, ...filter, limit, after }));
      expect(items.map(({ seq }) => seq)).toEqual(expected);
    }
  });

  test("sums up, entry by entry, and says who did what", async () => {
    const { credits } = world();
    await gift(credits, 10, { actor: "ann", reason: "welcome", metadata: { a: 1 } });
    const hold = await credits.reserve({
      customerId: "acme",
      feature: "unit",
      quantity: 3,
      expiresIn: { hours: 1 },
      idempotencyKey: newKey(),
    });
    await credits.capture({ reservationId: hold.id, quantity: 2, actor: "bob", idempotencyKey: newKey() });
    const { items } = await credits.ledger(ACME);
    expect(
      items.map(({ type, amount, balanceAfter, actor, reason }) => [
        type,
        amount.toString(),
        balanceAfter.toString(),
        actor,
        reason,
      ]),
    ).toEqual([
      ["granted", "10", "10", "ann", "welcome"],
      ["consumed", "-2", "8", "bob", null],
    ]);
    expect(items[1]).toMatchObject({
      reservationId: hold.id,
      feature: "unit",
      account: "grant",
      cause: null,
    });
    expect(items[1]?.quantity?.toString()).toBe("2");
    expect(items[1]?.hash).toMatch(/^[0-9a-f]{64}$/);
  });
});
