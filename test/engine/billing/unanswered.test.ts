import { describe, expect, it } from "vitest";
import { DAY, HOUR, refusedWith } from "../support.js";
import {
  ACME,
  type Shop,
  arrives,
  availableTo,
  expectSound,
  later,
  openShop,
  quiet,
  shop,
  typesOf,
} from "./support.js";

/** A charge whose answer was lost may have been made: it is neither given up unasked nor made again under another key. */

const buy = { ...ACME, credits: 500, idempotencyKey: "buy-1" } as const;
const lost = { answer: "lost" } as const;
const unreached = { answer: "unreached" } as const;

/** A provider that can only charge. */
function onlyCharges(here: Shop): Shop {
  const { billing } = here;
  Object.assign(billing, { payment: undefined, cancel: undefined });
  return here;
}

async function buyAutomatically({ credits }: Shop, count: number): Promise<void> {
  await credits.setAutoTopUp({ ...ACME, threshold: 0, target: 100, caps: { count, every: { days: 30 } } });
  await quiet();
}

describe("of a charge whose answer was lost", () => {
  it.each([39 * HOUR, 8 * DAY, 60 * DAY])(
    "the credits come, and the money moves once, though nobody looks for %i ms",
    async (ms) => {
      const here = shop();
      here.billing.expect(lost);
      await here.credits.topUp(buy);
      await later(here, ms);
      expect(await availableTo(here.credits)).toBe("500");
      expect(here.billing.taken("USD")).toBe("5.00");
      await expectSound(here);
    },
  );

  it.each([39 * HOUR, 8 * DAY])("an automatic one, too: one charge after %i ms", async (ms) => {
    const here = shop();
    here.billing.expect(lost);
    await buyAutomatically(here, 5);
    await later(here, ms);
    expect(await availableTo(here.credits)).toBe("100");
    expect([...here.billing.payments]).toHaveLength(1);
    await expectSound(here);
  });

  it("cancelTopUp finds that it was paid, and says so", async () => {
    const here = shop();
    here.billing.expect(lost);
    const { topUp } = await here.credits.topUp(buy);
    await refusedWith(here.credits.cancelTopUp({ topUpId: topUp.id }), "grant_closed");
    expect(await availableTo(here.credits)).toBe("500");
    await expectSound(here);
  });

  it("cancelTopUp finds that it waits, and calls it off", async () => {
    const here = shop();
    here.billing.expect({ ...lost, status: "pending" });
    const { topUp } = await here.credits.topUp(buy);
    expect(await here.credits.cancelTopUp({ topUpId: topUp.id })).toMatchObject({ status: "canceled" });
    expect(here.billing.payments.get(topUp.id)).toMatchObject({ status: "canceled" });
  });

  it("where the provider is not to be reached, cancelTopUp changes nothing", async () => {
    const here = shop();
    here.billing.expect(lost);
    const { topUp } = await here.credits.topUp(buy);
    const { payment } = here.billing;
    here.billing.payment = async () => {
      throw new Error("no way there");
    };
    expect(await here.credits.cancelTopUp({ topUpId: topUp.id })).toMatchObject({ status: "pending" });
    here.billing.payment = payment;
    await later(here, HOUR);
    expect(await availableTo(here.credits)).toBe("500");
  });

  it("an engine without a provider notes that it is called off; one with a provider asks, and ends it", async () => {
    const here = shop();
    here.billing.expect({ ...lost, status: "pending" });
    const { topUp } = await here.credits.topUp(buy);
    const other = openShop(here.store, here.clock);
    expect(await other.cancelTopUp({ topUpId: topUp.id })).toMatchObject({ status: "pending" });
    await later(here, HOUR);
    expect(here.billing.payments.get(topUp.id)).toMatchObject({ status: "canceled" });
    expect((await here.credits.topUps(ACME)).items).toMatchObject([
      { status: "canceled", payment: { reason: "canceled_by_request" } },
    ]);
  });

  it("called off while the charge was on its way, it comes all the same: by a watch, a repeat, or refreshTopUp", async () => {
    for (const look of ["watch", "repeat", "refresh"] as const) {
      const here = shop();
      here.billing.expect(unreached, { status: "succeeded" });
      const { topUp } = await here.credits.topUp(buy);
      expect(await here.credits.cancelTopUp({ topUpId: topUp.id })).toMatchObject({ status: "canceled" });
      // The request, long on its way, arrives only now, and nobody hears the answer.
      await arrives(here, topUp.id, "5.00");
      if (look === "watch") await later(here, 2 * HOUR);
      else if (look === "repeat") await here.credits.topUp(buy);
      else await here.credits.refreshTopUp({ topUpId: topUp.id });
      expect(await availableTo(here.credits)).toBe("500");
      expect(here.billing.taken("USD")).toBe("5.00");
      await expectSound(here);
    }
  });

  it("what was called off, and the provider never heard of, is watched for a week and then left alone", async () => {
    const here = shop();
    here.billing.expect(unreached);
    const { topUp } = await here.credits.topUp(buy);
    await here.credits.cancelTopUp({ topUpId: topUp.id });
    let asked = 0;
    here.billing.payment = async () => {
      asked += 1;
      return null;
    };
    for (let days = 0; days < 8; days++) await later(here, DAY);
    expect(asked).toBeGreaterThan(7);
    const before = asked;
    await later(here, 30 * DAY);
    expect(asked).toBe(before);
    expect(here.billing.calls.charge).toBe(1);
  });
});

describe("of a charge that never arrived", () => {
  it("nothing is charged days later, when the customer is long gone: it is given up", async () => {
    const here = shop();
    here.billing.expect(unreached);
    await here.credits.topUp(buy);
    await later(here, 8 * DAY);
    expect(here.billing.taken("USD")).toBe("0.00");
    expect((await here.credits.topUps(ACME)).items).toMatchObject([
      { status: "canceled", payment: { id: null, reason: "not_paid_in_time" } },
    ]);
    expect((await typesOf(here)).at(-1)).toBe("credits.top_up.canceled");
  });
});

describe("a provider that can only charge", () => {
  it("is asked by the same key before a purchase is called off", async () => {
    const here = onlyCharges(shop());
    here.billing.expect(lost);
    const { topUp } = await here.credits.topUp(buy);
    await refusedWith(here.credits.cancelTopUp({ topUpId: topUp.id }), "grant_closed");
    expect(await availableTo(here.credits)).toBe("500");
    expect(here.billing.taken("USD")).toBe("5.00");
  });

  it.each([39 * HOUR, 8 * DAY])("is asked by the same key after %i ms, too", async (ms) => {
    const here = onlyCharges(shop());
    here.billing.expect(lost);
    await buyAutomatically(here, 5);
    await later(here, ms);
    expect([...here.billing.payments]).toHaveLength(1);
    expect(await availableTo(here.credits)).toBe("100");
  });
});

describe("an answer with something odd in it", () => {
  it("is still an answer: what is only shown is left out", async () => {
    const here = shop();
    const { charge } = here.billing;
    here.billing.charge = async (request) => ({
      ...(await charge.call(here.billing, request)),
      receiptUrl: `https://pay.example/${"x".repeat(3_000)}`,
      invoiceUrl: 7 as never,
      reason: {} as never,
    });
    expect(await here.credits.topUp(buy)).toMatchObject({
      status: "completed",
      payment: { receiptUrl: null, invoiceUrl: null, reason: null },
    });
  });

  it("in its money is none: the purchase waits, under its own key, and no other begins", async () => {
    const here = shop();
    const { charge } = here.billing;
    here.billing.charge = async (request) => ({
      ...(await charge.call(here.billing, request)),
      total: { amount: "many", currency: "USD" },
    });
    await buyAutomatically(here, 5);
    here.billing.payment = async () => {
      throw new Error("no way there");
    };
    for (let days = 0; days < 10; days++) await later(here, DAY);
    expect([...here.billing.payments]).toHaveLength(1);
    expect((await here.credits.topUps(ACME)).items).toMatchObject([{ status: "pending" }]);
  });
});

describe("an automatic purchase that is called off without the provider's word", () => {
  it("goes on counting to the caps, once, even if it is paid after all", async () => {
    const here = shop();
    here.billing.expect(unreached);
    await buyAutomatically(here, 2);
    const [topUp] = (await here.credits.topUps(ACME)).items;
    await here.credits.cancelTopUp({ topUpId: topUp?.id ?? "" });
    expect(await here.credits.autoTopUp(ACME)).toMatchObject({ bought: { count: 1 } });
    await here.credits.recordPayment({
      topUpId: topUp?.id ?? "",
      payment: { id: "pay_9", status: "succeeded" },
    });
    expect(await here.credits.autoTopUp(ACME)).toMatchObject({ bought: { count: 1 } });
    await expectSound(here);
  });
});
