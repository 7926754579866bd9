import { CreditError } from "coffer";
import { describe, expect, it, test } from "vitest";
import { DAY, HOUR, MINUTE, plain, refusedWith } from "../support.js";
import { ACME, availableTo, expectSound, openShop, quiet, shop, typesOf } from "./support.js";

const buy = { ...ACME, credits: 500, idempotencyKey: "buy-1" } as const;

describe("a purchase that is paid at once", () => {
  it("brings its credits in, at its cost without tax, with receipt and payment on the grant", async () => {
    const here = shop({ taxPercent: 19 });
    const bought = await here.credits.topUp(buy);
    expect(plain(bought)).toMatchObject({
      status: "completed",
      available: "500",
      replayed: false,
      grant: {
        status: "active",
        amount: "500",
        category: "paid",
        source: "top_up",
        cost: { amount: "5", currency: "USD" },
        deferred: { amount: "5" },
        payment: {
          status: "paid",
          topUpId: bought.topUp.id,
          paymentId: "pay_1",
          receiptUrl: "https://pay.example/pay_1/receipt",
        },
      },
      payment: { id: "pay_1", total: { amount: "5.95" }, tax: { amount: "0.95" }, refunded: { amount: "0" } },
    });
    expect(await typesOf(here)).toEqual(["credits.top_up.started", "credits.top_up.completed"]);
    await expectSound(here);
  });

  it("is charged under the top-up's own id, once, however often it is repeated", async () => {
    const here = shop();
    const all = await Promise.all(Array.from({ length: 20 }, () => here.credits.topUp(buy)));
    const ids = new Set(all.map(({ topUp }) => topUp.id));
    expect([...ids]).toEqual([...here.billing.payments.keys()]);
    expect(ids.size).toBe(1);
    expect(here.billing.taken("USD")).toBe("5.00");
    expect(await availableTo(here.credits)).toBe("500");
    const again = await here.credits.topUp(buy);
    expect(again).toMatchObject({ status: "completed", replayed: true });
    await refusedWith(here.credits.topUp({ ...buy, credits: 501 }), "idempotency_conflict");
    await expectSound(here);
  });

  it("expires and burns as the catalog says, from the payment on", async () => {
    const here = shop();
    here.billing.expect({ status: "pending" });
    const { topUp } = await here.credits.topUp({ ...buy, payIn: "EUR" });
    here.clock.advance({ days: 3 });
    const paid = await here.credits.recordPayment(here.billing.pay(topUp.id));
    expect(paid.grant).toMatchObject({ priority: 40, effectiveAt: new Date(here.clock()) });
    expect(paid.grant?.expiresAt).toEqual(new Date("2026-02-13T00:00:00Z"));
  });
});

describe("a purchase that waits", () => {
  it("counts for nothing until it is paid, and shows as a pending grant", async () => {
    const here = shop();
    here.billing.expect({ status: "requires_action" });
    const waiting = await here.credits.topUp(buy);
    expect(plain(waiting)).toMatchObject({
      status: "pending",
      available: "0",
      grant: { status: "pending", amount: "500", remaining: "0", cost: { amount: "5" }, deferred: null },
      payment: { actionUrl: "https://pay.example/pay_1" },
    });
    const { items } = await here.credits.grants({ ...ACME, status: "pending" });
    expect(items.map(({ id }) => id)).toEqual([waiting.topUp.grantId]);
    expect((await here.credits.ledger(ACME)).items).toEqual([]);
    await expectSound(here);
    const notice = here.billing.pay(waiting.topUp.id);
    expect(plain(await here.credits.recordPayment(notice))).toMatchObject({
      status: "completed",
      available: "500",
    });
    await expectSound(here);
  });

  it.each([
    ["in order", [0, 1, 2]],
    ["backwards", [2, 1, 0]],
    ["twice", [0, 2, 2, 1, 2, 0]],
  ])("lands once, with its notifications %s", async (_, order) => {
    const here = shop();
    here.billing.expect({ status: "pending" });
    const { topUp } = await here.credits.topUp(buy);
    here.billing.fail(topUp.id);
    here.billing.pay(topUp.id);
    for (const index of order) {
      const notice = here.billing.notices[index];
      if (notice !== undefined) await here.credits.recordPayment(notice);
    }
    expect(await availableTo(here.credits)).toBe("500");
    expect((await here.credits.ledger(ACME)).items.map(({ type }) => type)).toEqual(["granted"]);
    await expectSound(here);
  });

  it("is declined: its grant is canceled, and nothing was ever booked", async () => {
    const here = shop();
    here.billing.expect({ status: "failed", reason: "insufficient_funds" });
    const declined = await here.credits.topUp(buy);
    expect(declined).toMatchObject({
      status: "failed",
      grant: undefined,
      payment: { reason: "insufficient_funds" },
    });
    const { items } = await here.credits.grants(ACME);
    expect(plain(items)).toMatchObject([
      { status: "voided", payment: { status: "canceled" }, deferred: null },
    ]);
    expect(await typesOf(here)).toEqual(["credits.top_up.started", "credits.top_up.failed"]);
    await expectSound(here);
  });

  it("may be canceled while it is not paid; money that comes all the same brings its credits", async () => {
    const here = shop();
    here.billing.expect({ status: "pending" });
    const { topUp } = await here.credits.topUp(buy);
    const canceled = await here.credits.cancelTopUp({ topUpId: topUp.id });
    expect(canceled).toMatchObject({ status: "canceled" });
    expect(here.billing.payments.get(topUp.id)).toMatchObject({ status: "canceled" });
    const late = await here.credits.recordPayment(here.billing.pay(topUp.id));
    expect(late).toMatchObject({ status: "completed" });
    await refusedWith(here.credits.cancelTopUp({ topUpId: topUp.id }), "grant_closed");
    await expectSound(here);
  });

  it("is asked about again after a minute, five, thirty … and given up after a week", async () => {
    const here = shop();
    here.billing.expect({ answer: "unreached" }, { status: "pending" });
    const first = await here.credits.topUp(buy);
    expect(first).toMatchObject({ status: "pending", payment: { id: null } });
    here.clock.advance({ minutes: 1 });
    await here.credits.runDue();
    await quiet();
    expect(here.billing.payments.get(first.topUp.id)).toMatchObject({ status: "pending" });
    here.clock.advance({ days: 8 });
    await here.credits.runDue();
    await quiet();
    expect((await here.credits.topUps(ACME)).items).toMatchObject([
      { status: "canceled", payment: { reason: "not_paid_in_time" } },
    ]);
    expect(here.billing.payments.get(first.topUp.id)).toMatchObject({ status: "canceled" });
  });
});

describe("an answer that is lost", () => {
  it("leaves the purchase pending; the engine asks again by itself, and the money moves once", async () => {
    const here = shop();
    here.billing.expect({ answer: "lost" });
    const first = await here.credits.topUp(buy);
    expect(first).toMatchObject({ status: "pending", payment: { id: null } });
    expect(here.billing.taken("USD")).toBe("5.00");
    here.clock.advance({ minutes: 1 });
    await here.credits.runDue();
    await quiet();
    expect(await availableTo(here.credits)).toBe("500");
    expect(here.billing.taken("USD")).toBe("5.00");
    await expectSound(here);
  });

  it("is found by a repeat of the call, and by refreshTopUp", async () => {
    const here = shop();
    here.billing.expect({ answer: "lost" }, { answer: "lost" });
    const first = await here.credits.topUp(buy);
    expect(await here.credits.topUp(buy)).toMatchObject({ status: "pending" });
    expect(await here.credits.refreshTopUp({ topUpId: first.topUp.id })).toMatchObject({
      status: "completed",
    });
    expect(await here.credits.topUp(buy)).toMatchObject({ status: "completed", replayed: true });
    expect(here.billing.taken("USD")).toBe("5.00");
  });

  it("is gone on with by another process where the one that began it died", async () => {
    const here = shop();
    // It has no provider, as a process that dies before it asks.
    const dying = openShop(here.store, here.clock);
    const error = await refusedWith(dying.topUp(buy), "unsupported");
    expect(error.message).toContain("billing");
    expect((await here.credits.topUps(ACME)).items).toEqual([]);
    here.billing.expect({ answer: "unreached" });
    await here.credits.topUp(buy);
    const other = openShop(here.store, here.clock, here.billing);
    here.clock.advance({ minutes: 1 });
    expect((await other.grants(ACME)).items).toHaveLength(1);
    await quiet();
    expect(await availableTo(other)).toBe("500");
  });
});

describe("money that goes back", () => {
  it("by refundTopUp: free credits go for their deferred money, and the tax with it", async () => {
    const here = shop({ taxPercent: 20 });
    const { topUp } = await here.credits.topUp(buy);
    await here.credits.withdraw({ ...ACME, amount: 200, idempotencyKey: "w" });
    const back = await here.credits.refundTopUp({ topUpId: topUp.id, idempotencyKey: "back" });
    expect(plain(back)).toMatchObject({
      status: "succeeded",
      amount: "300",
      cost: { amount: "3" },
      total: { amount: "3.6" },
      available: "0",
    });
    expect(here.billing.taken("USD")).toBe("2.40");
    // The provider's own notice of it takes nothing more; nor does a repeat of the call.
    for (const notice of here.billing.notices) await here.credits.recordPayment(notice);
    const again = await here.credits.refundTopUp({ topUpId: topUp.id, idempotencyKey: "back" });
    expect(again).toMatchObject({ replayed: true, status: "succeeded" });
    expect(here.billing.taken("USD")).toBe("2.40");
    const [grant] = (await here.credits.grants(ACME)).items;
    expect(plain(grant)).toMatchObject({
      refunded: "300",
      consumed: "200",
      recognised: { amount: "2" },
      refundedCost: { amount: "3" },
      deferred: { amount: "0" },
    });
    await expectSound(here);
  });

  it("is asked for again where the provider's answer was lost", async () => {
    const here = shop();
    const { topUp } = await here.credits.topUp(buy);
    const { refund } = here.billing;
    let isLost = true;
    here.billing.refund = async (request) => {
      const answer = await refund.call(here.billing, request);
      if (isLost) throw new Error("the connection broke");
      return answer;
    };
    const back = await here.credits.refundTopUp({ topUpId: topUp.id, amount: 100, idempotencyKey: "back" });
    expect(back.status).toBe("pending");
    isLost = false;
    here.clock.advance({ minutes: 1 });
    await here.credits.runDue();
    await quiet();
    expect(here.billing.taken("USD")).toBe("4.00");
    const again = await here.credits.refundTopUp({ topUpId: topUp.id, amount: 100, idempotencyKey: "back" });
    expect(again.status).toBe("succeeded");
    await expectSound(here);
  });

  it("but the provider refuses to: an event says what the customer is owed", async () => {
    const here = shop();
    const { topUp } = await here.credits.topUp(buy);
    here.billing.refund = async () => ({ id: "re_1", status: "failed" });
    const back = await here.credits.refundTopUp({ topUpId: topUp.id, amount: 100, idempotencyKey: "back" });
    expect(back.status).toBe("failed");
    const last = (await here.told()).at(-1);
    expect(plain(last)).toMatchObject({
      type: "credits.top_up.refund_failed",
      data: { money: { amount: "1" } },
    });
    await expectSound(here);
  });

  it("by the provider's hand, or a dispute: the same share of the credits goes, once", async () => {
    const here = shop();
    const { topUp } = await here.credits.topUp(buy);
    await here.credits.withdraw({ ...ACME, amount: 100, idempotencyKey: "w" });
    const half = here.billing.giveBack(topUp.id, "2.50");
    for (let times = 0; times < 3; times++) await here.credits.recordPayment(half);
    expect(await availableTo(here.credits)).toBe("150");
    const all = here.billing.giveBack(topUp.id);
    await here.credits.recordPayment(all);
    // An old notice comes late.
    await here.credits.recordPayment(half);
    expect(await availableTo(here.credits)).toBe("0");
    const refunded = (await here.told()).filter(({ type }) => type === "credits.top_up.refunded");
    expect(plain(refunded.map(({ data }) => data))).toMatchObject([
      { taken: "250", uncovered: "0", money: { amount: "2.5" } },
      { taken: "150", uncovered: "100", money: { amount: "1.5" } },
    ]);
    await expectSound(here);
  });

  it("beside a refund of the grant itself: what went back already does not go twice", async () => {
    const here = shop();
    const { topUp } = await here.credits.topUp(buy);
    await here.credits.refundGrant({ grantId: topUp.grantId, amount: 200, idempotencyKey: "by-hand" });
    // The app gave the money back at the provider's desk.
    await here.credits.recordPayment(here.billing.giveBack(topUp.id, "2.00"));
    expect(await availableTo(here.credits)).toBe("300");
    await here.credits.recordPayment(here.billing.giveBack(topUp.id, "1.00"));
    expect(await availableTo(here.credits)).toBe("200");
    await expectSound(here);
  });

  it("before it was known to have come: it comes, and goes", async () => {
    const here = shop();
    here.billing.expect({ status: "pending" });
    const { topUp } = await here.credits.topUp(buy);
    here.billing.pay(topUp.id);
    const notice = here.billing.giveBack(topUp.id);
    expect(plain(await here.credits.recordPayment(notice))).toMatchObject({
      status: "completed",
      available: "0",
    });
    await expectSound(here);
  });
});

test("a payment in another money than the top-up's is refused", async () => {
  const { credits, billing } = shop();
  billing.expect({ status: "pending" });
  const { topUp } = await credits.topUp(buy);
  const error = await refusedWith(
    credits.recordPayment({
      topUpId: topUp.id,
      payment: { id: "x", status: "succeeded", total: { amount: "5", currency: "JPY" } },
    }),
    "invalid_input",
  );
  expect(error.message).toContain("USD");
  expect(
    CreditError.is(
      await refusedWith(
        credits.recordPayment({ topUpId: "tu_no", payment: { id: "x", status: "failed" } }),
        "top_up_not_found",
      ),
    ),
  ).toBe(true);
});

test("time alone never brings credits in, whatever waits", async () => {
  const here = shop();
  here.billing.expect(...Array.from({ length: 30 }, () => ({ answer: "unreached" as const })));
  await here.credits.topUp(buy);
  for (const step of [MINUTE, HOUR, DAY, 7 * DAY]) {
    here.clock.set(here.clock() + step);
    await here.credits.runDue();
    await quiet();
    expect(await availableTo(here.credits)).toBe("0");
  }
  expect(here.billing.taken("USD")).toBe("0.00");
  await expectSound(here);
});

describe("a grant that waits for an invoice", () => {
  const invoice = {
    ...ACME,
    amount: 100,
    category: "paid",
    cost: { amount: "10.00", currency: "USD" },
    awaitsPayment: true,
    idempotencyKey: "inv-1",
  } as const;

  it("comes in once it is paid, and once", async () => {
    const here = shop();
    const grant = await here.credits.grant(invoice);
    expect(plain(grant)).toMatchObject({ status: "pending", amount: "100", available: "0" });
    here.clock.advance({ days: 30 });
    for (let times = 0; times < 2; times++) {
      const paid = await here.credits.markGrantPaid({
        grantId: grant.id,
        paymentId: "wire 7",
        invoiceUrl: "https://x/7",
      });
      expect(plain(paid)).toMatchObject({
        id: grant.id,
        status: "active",
        available: "100",
        payment: { status: "paid", paymentId: "wire 7", invoiceUrl: "https://x/7" },
      });
    }
    expect((await here.credits.ledger(ACME)).items).toHaveLength(1);
    await expectSound(here);
  });

  it("may be canceled, and is then not to be paid", async () => {
    const here = shop();
    const grant = await here.credits.grant(invoice);
    await refusedWith(here.credits.refundGrant({ grantId: grant.id, idempotencyKey: "r" }), "grant_closed");
    await refusedWith(here.credits.amendGrant({ grantId: grant.id, priority: 1 }), "grant_closed");
    expect(await here.credits.voidGrant({ grantId: grant.id })).toMatchObject({ status: "voided" });
    await refusedWith(here.credits.markGrantPaid({ grantId: grant.id }), "grant_closed");
    await expectSound(here);
  });

  it("is not to be paid past its expiry, and not where it never waited", async () => {
    const here = shop();
    const grant = await here.credits.grant({ ...invoice, expiresAt: here.clock() + DAY });
    here.clock.advance({ days: 2 });
    await refusedWith(here.credits.markGrantPaid({ grantId: grant.id }), "grant_closed");
    const { awaitsPayment: _, ...atOnce } = invoice;
    const other = await here.credits.grant({ ...atOnce, idempotencyKey: "x" });
    await refusedWith(here.credits.markGrantPaid({ grantId: other.id }), "invalid_input");
    await refusedWith(
      here.credits.grant({
        ...ACME,
        amount: 1,
        category: "promotional",
        awaitsPayment: true,
        idempotencyKey: "p",
      } as never),
      "invalid_input",
    );
  });
});
