import { Decimal, createCreditEngine, defineCatalog } from "coffer";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { DAY, HOUR, plain, refusedWith } from "../support.js";
import { ACME, type Shop, availableTo, expectSound, openShop, quiet, shop, typesOf } from "./support.js";

const perDay = { every: { days: 1 } } as const;

async function give({ credits }: Shop, amount: number): Promise<void> {
  await credits.grant({ ...ACME, amount, category: "promotional", idempotencyKey: `give-${amount}` });
}

let uses = 0;
async function use({ credits }: Pick<Shop, "credits">, amount: number | string): Promise<void> {
  uses += 1;
  await credits.withdraw({ ...ACME, amount, idempotencyKey: `use-${uses}` });
}

async function netOf({ credits }: Pick<Shop, "credits">): Promise<string> {
  return (await credits.balance(ACME)).net.toString();
}

describe("the level is looked at after each change", () => {
  it("threshold 50, balance 100, packs of 100, three withdrawals of 20 at once: one charge, 140 at the end", async () => {
    const here = shop();
    await give(here, 100);
    await here.credits.setAutoTopUp({
      ...ACME,
      threshold: 50,
      packs: { of: 100 },
      caps: { count: 3, ...perDay },
    });
    await Promise.all([use(here, 20), use(here, 20), use(here, 20)]);
    await quiet();
    expect(await netOf(here)).toBe("140");
    expect(here.billing.calls.charge).toBe(1);
    await expectSound(here);
  });

  it("threshold 10, packs of 50, net at -429.8: one charge for 9 packs", async () => {
    const here = shop();
    await use(here, "429.8");
    await here.credits.setAutoTopUp({
      ...ACME,
      threshold: 10,
      packs: { package: "pack" },
      caps: { money: "100", ...perDay },
    });
    await quiet();
    expect(here.billing.calls.charge).toBe(1);
    expect(here.billing.taken("USD")).toBe("45.00");
    expect(await netOf(here)).toBe("20.2");
    expect(plain((await here.credits.topUps(ACME)).items)).toMatchObject([
      { by: "auto", credits: "450", price: { amount: "45" }, package: "pack", status: "completed" },
    ]);
    await expectSound(here);
  });

  it.each([
    // At the threshold it buys, above it does not.
    [50, "50", 1, "1000"],
    [49.99, "50.01", 0, "50.01"],
  ])("after a use of %s of 100 net is %s: %i purchases up to the target", async (used, _, charges, net) => {
    const here = shop();
    await give(here, 100);
    await here.credits.setAutoTopUp({ ...ACME, threshold: 50, target: 1_000, caps: { count: 1, ...perDay } });
    await use(here, used);
    await quiet();
    expect(here.billing.calls.charge).toBe(charges);
    expect(await netOf(here)).toBe(net);
  });

  it("what time takes away counts, too: credits that expire are bought anew", async () => {
    const here = shop();
    await here.credits.grant({
      ...ACME,
      amount: 100,
      category: "promotional",
      expiresAt: here.clock() + DAY,
      idempotencyKey: "g",
    });
    await here.credits.setAutoTopUp({ ...ACME, threshold: 10, target: 60, caps: { count: 1, ...perDay } });
    here.clock.advance({ days: 2 });
    await here.credits.runDue();
    await quiet();
    expect(await netOf(here)).toBe("60");
    const [bought] = (await here.credits.topUps(ACME)).items;
    // The instant at which it was due, not that of the runner.
    expect(bought?.createdAt).toEqual(new Date("2026-01-11T00:00:00Z"));
  });

  it("a held credit is not gone: a reserve buys nothing, its capture does", async () => {
    const here = shop();
    await give(here, 100);
    await here.credits.setAutoTopUp({ ...ACME, threshold: 50, target: 100, caps: { count: 9, ...perDay } });
    const hold = await here.credits.reserve({
      ...ACME,
      amount: 90,
      expiresIn: { minutes: 5 },
      idempotencyKey: "r",
    });
    await quiet();
    expect(here.billing.calls.charge).toBe(0);
    await here.credits.capture({ reservationId: hold.id, idempotencyKey: "c" });
    await quiet();
    expect(await netOf(here)).toBe("100");
  });

  it("credits that leave for another wallet count, too", async () => {
    const here = shop();
    await give(here, 100);
    await here.credits.setAutoTopUp({ ...ACME, threshold: 50, target: 100, caps: { count: 9, ...perDay } });
    await here.credits.transfer({
      from: "acme",
      to: "beta",
      currency: "tokens",
      amount: 80,
      idempotencyKey: "t",
    });
    await quiet();
    expect(await netOf(here)).toBe("100");
    expect(here.billing.taken("USD")).toBe("0.80");
    await expectSound(here);
  });

  it("what is bought expires as the setting says", async () => {
    const here = shop();
    await here.credits.setAutoTopUp({
      ...ACME,
      threshold: 0,
      target: 10,
      expiresIn: { days: 7 },
      caps: { count: 1, ...perDay },
    });
    await quiet();
    const [grant] = (await here.credits.grants(ACME)).items;
    expect(grant).toMatchObject({ source: "auto_top_up", expiresAt: new Date("2026-01-17T00:00:00Z") });
  });
});

/** What the provider knows is known here. */
async function settleAll({ credits }: Shop): Promise<void> {
  for (let times = 0; times < 50; times++)
    for (const { id } of (await credits.topUps({ ...ACME, status: "pending" })).items)
      await credits.refreshTopUp({ topUpId: id }).catch(() => undefined);
  await quiet();
}

describe("one purchase is under way at most", () => {
  it("with 1,000 withdrawals at once, from several processes on one store: one charge", async () => {
    const here = shop();
    await give(here, 1_000);
    const processes = [
      here,
      ...Array.from({ length: 3 }, () => ({ credits: openShop(here.store, here.clock, here.billing) })),
    ];
    here.billing.expect({ status: "pending" });
    await here.credits.setAutoTopUp({
      ...ACME,
      threshold: 900,
      target: 2_000,
      caps: { count: 50, ...perDay },
    });
    await Promise.all(Array.from({ length: 1_000 }, (_, index) => use(processes[index % 4] ?? here, 1)));
    await quiet();
    expect(here.billing.payments.size).toBe(1);
    expect((await here.credits.topUps(ACME)).items).toHaveLength(1);
    const [key = ""] = here.billing.payments.keys();
    await here.credits.recordPayment(here.billing.pay(key));
    await quiet();
    // It was begun at 900, for 1,100; the outcome looks at the level again: 1,100 are there.
    expect(await netOf(here)).toBe("1100");
    expect(here.billing.payments.size).toBe(1);
    await expectSound(here);
  });

  it("each outcome looks at the level again: what was used meanwhile is bought next", async () => {
    const here = shop();
    await give(here, 100);
    here.billing.expect({ status: "pending" });
    await here.credits.setAutoTopUp({
      ...ACME,
      threshold: 50,
      packs: { of: 100 },
      caps: { count: 9, ...perDay },
    });
    await use(here, 60);
    await use(here, 300);
    await quiet();
    const [key = ""] = here.billing.payments.keys();
    await here.credits.recordPayment(here.billing.pay(key));
    await quiet();
    // −260 + 100 = −160: three packs more lift it to 140.
    expect(await netOf(here)).toBe("140");
    expect(here.billing.taken("USD")).toBe("4.00");
    await expectSound(here);
  });

  it("where the process that began it dies, another one charges it", async () => {
    const here = shop();
    const dying = openShop(here.store, here.clock);
    await dying.setAutoTopUp({ ...ACME, threshold: 0, target: 100, caps: { count: 1, ...perDay } });
    await quiet();
    expect(here.billing.calls.charge).toBe(0);
    here.clock.advance({ minutes: 1 });
    await here.credits.runDue();
    await quiet();
    expect(await availableTo(here.credits)).toBe("100");
    await expectSound(here);
  });
});

describe("no more is bought than the caps say", () => {
  it("by count: then nothing, an event, and again when the period is over", async () => {
    const here = shop();
    await here.credits.setAutoTopUp({ ...ACME, threshold: 0, target: 100, caps: { count: 2, ...perDay } });
    for (let times = 0; times < 5; times++) {
      await quiet();
      await use(here, 100);
    }
    await quiet();
    expect(here.billing.taken("USD")).toBe("2.00");
    expect(await here.credits.autoTopUp(ACME)).toMatchObject({ status: "capped", bought: { count: 2 } });
    expect((await typesOf(here)).filter((type) => type.endsWith("capped"))).toHaveLength(1);
    here.clock.advance({ days: 1 });
    await here.credits.runDue();
    await quiet();
    // 300 owed and 100 wanted: 400 credits.
    expect(here.billing.taken("USD")).toBe("6.00");
    expect(await netOf(here)).toBe("100");
    await expectSound(here);
  });

  it("by money: a purchase that would pass it is not made, in parts neither", async () => {
    const here = shop();
    await here.credits.setAutoTopUp({
      ...ACME,
      threshold: 0,
      target: 500,
      caps: { money: "7.50", ...perDay },
    });
    await quiet();
    await use(here, 500);
    await quiet();
    expect(here.billing.taken("USD")).toBe("5.00");
    expect(await here.credits.autoTopUp(ACME)).toMatchObject({ status: "capped" });
  });

  it("setting it again opens no new way to buy", async () => {
    const here = shop();
    const terms = { ...ACME, threshold: 0, target: 100, caps: { count: 1, ...perDay } } as const;
    for (let times = 0; times < 5; times++) {
      await here.credits.setAutoTopUp(terms);
      await quiet();
      await use(here, 100);
    }
    await quiet();
    expect(here.billing.taken("USD")).toBe("1.00");
  });

  it("for any use, decline and delay: money taken in a period never passes its cap", async () => {
    const step = fc.oneof(
      fc.record({ use: fc.integer({ min: 1, max: 400 }) }),
      fc.record({ hours: fc.integer({ min: 1, max: 30 }) }),
      fc.record({ meets: fc.constantFrom("failed", "pending", "succeeded", "lost", "unreached") }),
      fc.record({ pay: fc.nat(5) }),
      fc.record({ cancel: fc.constant(true) }),
      fc.record({ set: fc.constantFrom("anew", "off and on") }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const here = shop();
        const { credits, billing, clock } = here;
        const terms = { ...ACME, threshold: 20, target: 300, caps: { money: "5.00", ...perDay } } as const;
        await credits.setAutoTopUp(terms);
        const anchor = clock();
        for (const one of steps) {
          if ("use" in one) await use(here, one.use);
          else if ("hours" in one) clock.advance({ hours: one.hours });
          else if ("set" in one) {
            if (one.set === "off and on") await credits.removeAutoTopUp(ACME);
            await credits.setAutoTopUp(terms);
          } else if ("cancel" in one) {
            const [waiting] = (await credits.topUps({ ...ACME, status: "pending" })).items;
            if (waiting !== undefined)
              await credits.cancelTopUp({ topUpId: waiting.id }).catch(() => undefined);
          } else if ("pay" in one) {
            const waiting = [...billing.payments].filter(([, { status }]) => status === "pending");
            const [key] = waiting[one.pay % Math.max(1, waiting.length)] ?? [];
            if (key !== undefined) await credits.recordPayment(billing.pay(key));
          } else if (one.meets === "lost" || one.meets === "unreached") billing.expect({ answer: one.meets });
          else billing.expect({ status: one.meets });
          await credits.runDue();
          await quiet();
        }
        await settleAll(here);
        const { items } = await credits.topUps(ACME);
        expect(items.filter(({ status }) => status === "pending").length).toBeLessThanOrEqual(1);
        const bought = items.filter(({ status }) => status === "completed" || status === "pending");
        const perPeriod = new Map<number, Decimal>();
        for (const { price, createdAt } of bought) {
          const period = Math.floor((createdAt.getTime() - anchor) / DAY);
          perPeriod.set(period, price.amount.plus(perPeriod.get(period) ?? 0));
        }
        for (const money of perPeriod.values()) expect(money.lte(5)).toBe(true);
        const completed = items.filter(({ status }) => status === "completed");
        const sum = completed.reduce((total, { price }) => total.plus(price.amount), new Decimal(0));
        expect(billing.taken("USD")).toBe(sum.toFixed(2));
        await expectSound(here);
      }),
      { numRuns: 25 },
    );
  });
});

describe("what fails", () => {
  it("is tried again after an hour, 6 hours and a day, then pauses until it is resumed by hand", async () => {
    const here = shop();
    here.billing.expect(...Array.from({ length: 4 }, () => ({ status: "failed" as const })));
    await here.credits.setAutoTopUp({ ...ACME, threshold: 0, target: 100, caps: { count: 1, ...perDay } });
    await quiet();
    expect(await here.credits.autoTopUp(ACME)).toMatchObject({
      status: "retrying",
      failures: 1,
      retryAt: new Date(here.clock() + HOUR),
      bought: { count: 0 },
    });
    for (const hours of [1, 6, 24]) {
      here.clock.advance({ hours: hours - 1, minutes: 59 });
      await here.credits.runDue();
      await quiet();
      const before = here.billing.calls.charge;
      here.clock.advance({ minutes: 1 });
      await here.credits.runDue();
      await quiet();
      expect(here.billing.calls.charge).toBe(before + 1);
    }
    expect(await here.credits.autoTopUp(ACME)).toMatchObject({
      status: "paused",
      paused: "failures",
      failures: 4,
    });
    here.clock.advance({ days: 30 });
    await here.credits.runDue();
    await quiet();
    expect(here.billing.calls.charge).toBe(4);
    await here.credits.resumeAutoTopUp(ACME);
    await quiet();
    expect(await netOf(here)).toBe("100");
    expect(await typesOf(here)).toEqual([
      ...Array.from({ length: 4 }, () => [
        "credits.auto_top_up.started",
        "credits.auto_top_up.failed",
      ]).flat(),
      "credits.auto_top_up.paused",
      "credits.auto_top_up.resumed",
      "credits.auto_top_up.started",
      "credits.auto_top_up.completed",
    ]);
    await expectSound(here);
  });

  it("is not asked again while the customer has to confirm it; after a day it counts as failed", async () => {
    const here = shop();
    here.billing.expect({ status: "requires_action" });
    await here.credits.setAutoTopUp({ ...ACME, threshold: 0, target: 100, caps: { count: 1, ...perDay } });
    await quiet();
    expect(await here.credits.autoTopUp(ACME)).toMatchObject({ status: "in_flight" });
    here.clock.advance({ days: 2 });
    await here.credits.runDue();
    await quiet();
    const [first] = here.billing.payments.values();
    expect(first).toMatchObject({ status: "canceled" });
    expect(await typesOf(here)).toContain("credits.auto_top_up.failed");
    here.clock.advance({ hours: 1 });
    await here.credits.runDue();
    await quiet();
    // An hour later it was tried again.
    expect(await netOf(here)).toBe("100");
  });

  it("by a catalog that has no price for it any more: it pauses, and says so", async () => {
    const here = shop();
    await here.credits.setAutoTopUp({
      ...ACME,
      threshold: 0,
      target: 100,
      payIn: "JPY",
      caps: { count: 9, ...perDay },
    });
    await quiet();
    expect(here.billing.taken("JPY")).toBe("200");
    const dollarsOnly = createCreditEngine({
      catalog: defineCatalog({
        currencies: {
          tokens: { name: "tokens", scale: 2, policy: { mode: "soft" }, topUps: { USD: { price: 1 } } },
        },
      }),
      store: here.store,
      clock: here.clock,
      billing: here.billing,
    });
    await dollarsOnly.withdraw({ ...ACME, amount: 100, idempotencyKey: "w" });
    await quiet();
    expect(await dollarsOnly.autoTopUp(ACME)).toMatchObject({ status: "paused", paused: "no_price" });
    expect(here.billing.calls.charge).toBe(1);
    expect((await typesOf(here)).at(-1)).toBe("credits.auto_top_up.paused");
  });
});

test("taken off and set again, it opens no new way to buy, and starts nothing beside what is under way", async () => {
  const here = shop();
  const terms = { ...ACME, threshold: 0, target: 100, caps: { count: 1, ...perDay } } as const;
  here.billing.expect({ status: "pending" });
  await here.credits.setAutoTopUp(terms);
  for (let times = 0; times < 3; times++) {
    await here.credits.removeAutoTopUp(ACME);
    await here.credits.setAutoTopUp(terms);
    await quiet();
  }
  expect(here.billing.payments.size).toBe(1);
  const [key = ""] = here.billing.payments.keys();
  await here.credits.recordPayment(here.billing.pay(key));
  await here.credits.removeAutoTopUp(ACME);
  await refusedWith(here.credits.resumeAutoTopUp(ACME), "invalid_input");
  await here.credits.setAutoTopUp(terms);
  await use(here, 100);
  await quiet();
  expect(here.billing.payments.size).toBe(1);
  expect(await here.credits.autoTopUp(ACME)).toMatchObject({ status: "capped" });
});

test("a wallet whose burn order compares costs in another money goes on, and buys nothing", async () => {
  const here = shop();
  const credits = createCreditEngine({
    catalog: defineCatalog({
      currencies: {
        tokens: { name: "tokens", scale: 2, burnOrder: ["lowestBasis"], topUps: { USD: { price: "0.01" } } },
      },
    }),
    store: here.store,
    clock: here.clock,
    billing: here.billing,
  });
  const paid = { ...ACME, category: "paid", amount: 100, cost: { amount: "1.00", currency: "EUR" } } as const;
  await credits.grant({ ...paid, idempotencyKey: "g" });
  await credits.setAutoTopUp({ ...ACME, threshold: 50, target: 100, caps: { count: 1, ...perDay } });
  await credits.withdraw({ ...ACME, amount: 60, idempotencyKey: "w" });
  await quiet();
  expect(await credits.autoTopUp(ACME)).toMatchObject({ status: "paused", paused: "no_price" });
  expect(here.billing.calls.charge).toBe(0);
});

test("it buys no more at once than is sold at once, and no less", async () => {
  const here = shop();
  await here.credits.setAutoTopUp({ ...ACME, threshold: 0, target: 5, caps: { count: 9, ...perDay } });
  await quiet();
  // 5 are wanted; 10 is the least.
  expect(await netOf(here)).toBe("10");
  await use(here, 150_000);
  await quiet();
  // 149,995 are wanted; 100,000 is the most, and then the rest.
  expect((await here.credits.topUps(ACME)).items.map(({ credits }) => credits.toString())).toEqual([
    "10",
    "100000",
    "49995",
  ]);
  expect(await netOf(here)).toBe("5");
  await expectSound(here);
});

test("taken off, it buys nothing; what is under way still lands", async () => {
  const here = shop();
  here.billing.expect({ status: "pending" });
  await here.credits.setAutoTopUp({ ...ACME, threshold: 0, target: 100, caps: { count: 9, ...perDay } });
  await quiet();
  await here.credits.removeAutoTopUp(ACME);
  const [key = ""] = here.billing.payments.keys();
  await here.credits.recordPayment(here.billing.pay(key));
  await use(here, 200);
  await quiet();
  expect(here.billing.payments.size).toBe(1);
  expect(await here.credits.autoTopUp(ACME)).toBeNull();
  expect(await netOf(here)).toBe("-100");
  await expectSound(here);
});

describe("what makes no sense is refused", () => {
  const good = { ...ACME, threshold: 0, target: 100, caps: { count: 1, ...perDay } };
  it.each([
    [{ ...good, target: 0 }, "above `threshold`"],
    [{ ...good, caps: perDay }, "caps"],
    [{ ...good, caps: { count: 1 } }, "every"],
    [{ ...good, target: undefined }, "`target` or `packs`"],
    [{ ...good, packs: { of: 10 } }, "`target` or `packs`"],
    [{ ...good, target: undefined, packs: { package: "none" } }, "package"],
    [{ ...good, target: undefined, packs: { of: 0 } }, "above zero"],
    [{ ...good, payIn: "GBP" }, "USD, EUR, JPY"],
    [{ ...good, caps: { count: 1, money: "1.001", ...perDay } }, "decimal places"],
  ])("%j", async (request, says) => {
    const { credits } = shop();
    const error = await refusedWith(credits.setAutoTopUp(request as never), "invalid_input");
    expect(error.message).toContain(says);
  });

  it("and resuming where there is none", async () => {
    await refusedWith(shop().credits.resumeAutoTopUp(ACME), "invalid_input");
  });
});
