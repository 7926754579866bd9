import { describe, expect, it } from "vitest";
import { HOUR, refusedWith } from "../support.js";
import { ACME, type Shop, expectSound, quiet, shop, typesOf } from "./support.js";

const perDay = { every: { days: 1 } } as const;

let uses = 0;
async function use({ credits }: Shop, amount: number): Promise<void> {
  uses += 1;
  await credits.withdraw({ ...ACME, amount, idempotencyKey: `cap-use-${uses}` });
  await quiet();
}

async function hoursPass(here: Shop, hours: number): Promise<void> {
  here.clock.set(here.clock() + hours * HOUR);
  await here.credits.runDue();
  await quiet();
}

describe("what was bought in a period", () => {
  it("is not given back to the next one: yesterday's purchase that fails today frees nothing today", async () => {
    const here = shop();
    here.billing.expect({ status: "failed" }, { status: "pending" });
    await here.credits.setAutoTopUp({ ...ACME, threshold: 0, target: 100, caps: { count: 1, ...perDay } });
    await quiet();
    await hoursPass(here, 1);
    const [declined, waiting] = (await here.credits.topUps(ACME)).items;
    await hoursPass(here, 24);
    // Today the declined one is paid after all, and counts; then the other one fails.
    await here.credits.recordPayment(here.billing.pay(declined?.id ?? ""));
    await here.credits.recordPayment(here.billing.fail(waiting?.id ?? ""));
    await use(here, 250);
    await hoursPass(here, 7);
    expect(here.billing.calls.charge).toBe(2);
    expect(await here.credits.autoTopUp(ACME)).toMatchObject({ status: "capped", bought: { count: 1 } });
  });

  it("a failure of yesterday's purchase, told today, takes nothing off today's count", async () => {
    const here = shop();
    here.billing.expect({ status: "pending" });
    await here.credits.setAutoTopUp({ ...ACME, threshold: 0, target: 100, caps: { count: 2, ...perDay } });
    await quiet();
    await hoursPass(here, 23);
    const [first] = (await here.credits.topUps(ACME)).items;
    await here.credits.recordPayment(here.billing.fail(first?.id ?? ""));
    await quiet();
    expect(await here.credits.autoTopUp(ACME)).toMatchObject({ bought: { count: 0 } });
    // Paid after all, a day later: it counts where it came.
    await hoursPass(here, 24);
    const late = await here.credits.recordPayment(here.billing.pay(first?.id ?? ""));
    expect(late.status).toBe("completed");
    expect(await here.credits.autoTopUp(ACME)).toMatchObject({ bought: { count: 2 } });
    await expectSound(here);
  });

  it.each([
    [{ days: 1 }, { hours: 24 }],
    [{ hours: 1 }, { minutes: 60 }],
  ] as const)(
    "goes on counting when the length of the period is said otherwise: %j, %j",
    async (one, other) => {
      const here = shop();
      for (let times = 0; times < 6; times++) {
        const every = times % 2 === 0 ? one : other;
        await here.credits.setAutoTopUp({ ...ACME, threshold: 0, target: 100, caps: { count: 2, every } });
        await quiet();
        await use(here, 100);
      }
      expect(here.billing.taken("USD")).toBe("2.00");
      await expectSound(here);
    },
  );

  it("is counted by its money: another money to pay in has its own sum, and the first keeps its", async () => {
    const here = shop();
    const terms = { ...ACME, threshold: 0, target: 100, caps: { money: 3, ...perDay } } as const;
    for (const payIn of ["USD", "EUR", "USD", "EUR", "USD", "EUR"] as const) {
      await here.credits.setAutoTopUp({ ...terms, payIn });
      await quiet();
      await use(here, 100);
      await use(here, 100);
    }
    expect(here.billing.taken("USD")).toBe("3.00");
    expect(here.billing.taken("EUR")).toBe("2.00");
    await expectSound(here);
  });
});

describe("a length of time that leaves the calendar", () => {
  it("is refused, for caps and for what is bought", async () => {
    const { credits } = shop();
    const terms = { ...ACME, threshold: 0, target: 100, caps: { count: 1, ...perDay } } as const;
    const endless = { years: 300_000 };
    for (const odd of [{ caps: { count: 1, every: endless } }, { expiresIn: endless }]) {
      const error = await refusedWith(credits.setAutoTopUp({ ...terms, ...odd }), "invalid_input");
      expect(error.message).toContain("10,000 years");
    }
  });
});

describe("money that goes back", () => {
  it.each(["refundTopUp", "dispute", "refundGrant"] as const)(
    "pauses what buys by itself, so that it does not buy anew what was just given back: %s",
    async (how) => {
      const here = shop();
      await here.credits.setAutoTopUp({ ...ACME, threshold: 50, target: 100, caps: { count: 9, ...perDay } });
      await quiet();
      const [topUp] = (await here.credits.topUps(ACME)).items;
      const { id = "", grantId = "" } = topUp ?? {};
      if (how === "dispute") await here.credits.recordPayment(here.billing.giveBack(id));
      else if (how === "refundTopUp") await here.credits.refundTopUp({ topUpId: id, idempotencyKey: "back" });
      else await here.credits.refundGrant({ grantId, idempotencyKey: "back" });
      await quiet();
      expect(here.billing.calls.charge).toBe(1);
      expect(await here.credits.autoTopUp(ACME)).toMatchObject({ status: "paused", paused: "refunded" });
      expect((await typesOf(here)).at(-1)).toBe("credits.auto_top_up.paused");
      await here.credits.resumeAutoTopUp(ACME);
      await quiet();
      expect(here.billing.calls.charge).toBe(2);
      await expectSound(here);
    },
  );
});

describe("money of other grants that goes back", () => {
  const terms = { ...ACME, threshold: 50, target: 100, caps: { count: 9, ...perDay } } as const;

  it("pauses what buys by itself, too", async () => {
    const here = shop();
    const grant = await here.credits.grant({
      ...ACME,
      amount: 100,
      category: "paid",
      cost: { amount: "10.00", currency: "USD" },
      awaitsPayment: true,
      idempotencyKey: "order",
    });
    await here.credits.markGrantPaid({ grantId: grant.id });
    await here.credits.setAutoTopUp(terms);
    await here.credits.refundGrant({ grantId: grant.id, idempotencyKey: "back" });
    await quiet();
    expect(here.billing.calls.charge).toBe(0);
    expect(await here.credits.autoTopUp(ACME)).toMatchObject({ status: "paused", paused: "refunded" });
  });
});
