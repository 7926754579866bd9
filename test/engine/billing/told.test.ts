import { describe, expect, it } from "vitest";
import { plain, refusedWith } from "../support.js";
import { ACME, type Shop, availableTo, expectSound, shop } from "./support.js";

const buy = { ...ACME, credits: 500, idempotencyKey: "buy-1" } as const;

async function paid(here: Shop): Promise<string> {
  return (await here.credits.topUp(buy)).topUp.id;
}

async function storedPayment({ credits }: Shop): Promise<unknown> {
  return plain((await credits.topUps(ACME)).items[0]?.payment);
}

describe("what is told of a purchase that is paid", () => {
  it("about another payment changes nothing", async () => {
    const here = shop();
    const topUpId = await paid(here);
    const before = await storedPayment(here);
    for (const status of ["failed", "pending", "canceled"] as const)
      await here.credits.recordPayment({
        topUpId,
        payment: {
          id: "pay_other",
          status,
          reason: "card_declined",
          refunded: { amount: "5", currency: "USD" },
        },
      });
    expect(await storedPayment(here)).toEqual(before);
    expect(await availableTo(here.credits)).toBe("500");
  });

  it("about a second payment that was made is refused, so that somebody gives it back", async () => {
    const here = shop();
    const topUpId = await paid(here);
    const error = await refusedWith(
      here.credits.recordPayment({ topUpId, payment: { id: "pay_other", status: "succeeded" } }),
      "invalid_input",
    );
    expect(error.message).toContain("pay_1");
    expect(error.message).toContain("pay_other");
    expect(await availableTo(here.credits)).toBe("500");
  });

  it("later about its failure leaves no reason to have failed", async () => {
    const here = shop();
    const topUpId = await paid(here);
    await here.credits.recordPayment({
      topUpId,
      payment: { id: "pay_1", status: "failed", reason: "card_declined" },
    });
    expect(await storedPayment(here)).toMatchObject({ id: "pay_1", reason: null });
  });

  it("as a lower total never lowers it: no refund turns negative", async () => {
    const here = shop({ taxPercent: 20 });
    const topUpId = await paid(here);
    await here.credits.recordPayment(here.billing.giveBack(topUpId, "3.00"));
    await here.credits.recordPayment({
      topUpId,
      payment: { id: "pay_1", status: "succeeded", total: { amount: "1.00", currency: "USD" } },
    });
    expect(await storedPayment(here)).toMatchObject({ total: { amount: "6" }, refunded: { amount: "3" } });
    const back = await here.credits.refundTopUp({ topUpId, idempotencyKey: "back" });
    // 250 of 500 credits went with the first half.
    expect(plain(back)).toMatchObject({ amount: "250", cost: { amount: "2.5" }, total: { amount: "3" } });
    await expectSound(here);
  });
});

describe("a payment that is short", () => {
  it.each([
    ["without tax", { total: { amount: "4.99", currency: "USD" } }],
    [
      "with tax in it",
      { total: { amount: "5.50", currency: "USD" }, tax: { amount: "0.60", currency: "USD" } },
    ],
  ])("brings no credits, and says by how much: %s", async (_, told) => {
    const here = shop();
    here.billing.expect({ status: "pending" });
    const topUpId = await paid(here);
    const error = await refusedWith(
      here.credits.recordPayment({ topUpId, payment: { id: "pay_1", status: "succeeded", ...told } }),
      "invalid_input",
    );
    expect(error.message).toMatch(/: 4\.9[09] USD without tax, and the price is 5\.00 USD/);
    expect(await availableTo(here.credits)).toBe("0");
    expect((await here.credits.topUps(ACME)).items).toMatchObject([{ status: "pending" }]);
  });
});

describe("the failure of an older payment", () => {
  it("does not end the purchase that waits for another", async () => {
    const here = shop();
    here.billing.expect({ status: "pending" });
    const topUpId = await paid(here);
    await here.credits.recordPayment({
      topUpId,
      payment: { id: "pay_0", status: "failed", reason: "card_declined" },
    });
    expect((await here.credits.topUps(ACME)).items).toMatchObject([
      { status: "pending", payment: { id: "pay_1" } },
    ]);
  });
});

describe("a quote that does not fit", () => {
  it.each([
    ["in another money", { tax: { amount: 1, currency: "EUR" }, total: { amount: 6, currency: "EUR" } }],
    ["whose sum is wrong", { tax: { amount: 1, currency: "USD" }, total: { amount: 5, currency: "USD" } }],
  ])("is refused: %s", async (_, quote) => {
    const here = shop();
    here.billing.quote = async () => quote as never;
    const error = await refusedWith(here.credits.quoteTopUp({ ...ACME, credits: 500 }), "invalid_input");
    expect(error.message).toContain("quote");
  });
});
