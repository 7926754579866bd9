/** Money given back, and money taken back by banks. */
import { expect, test } from "vitest";
import { type Shop, shop, signal } from "./support.js";

const USD = (amount: string) => ({ amount, currency: "USD" });

async function paid(): Promise<Shop & { readonly id: string; refunded(): Promise<string | undefined> }> {
  const made = await shop({ saved: "pm_card" });
  const { id } = await made.charge();
  const refunded = async () =>
    (await made.billing.payment({ key: "tu_1", customerId: "acme", paymentId: id, signal }))?.refunded
      ?.amount;
  return { ...made, id, refunded };
}

test("$30.00 of $85.00 back, once for its key, and $55.00 more for another", async () => {
  const { refund, refunded, id, account } = await paid();
  const first = await refund("30.00", id);
  expect(first).toMatchObject({ status: "succeeded" });
  expect(await refund("30.00", id)).toEqual(first);
  expect(await refunded()).toBe("30.00");
  account.now += 10 * 86_400;
  expect(await refund("30.00", id)).toEqual(first);
  expect(await refund("55.00", id, "rf_2")).toMatchObject({ status: "succeeded" });
  expect(await refunded()).toBe("85.00");
  expect(account.givenBack()).toBe(8_500);
});

test("the refund of a payment on Stripe's page", async () => {
  const { charge, refund, account } = await shop();
  const { id } = await charge({ offSession: false });
  expect(await refund("1.00", id)).toMatchObject({ status: "failed", reason: "not_paid" });
  account.pay(id, "pm_card");
  expect(await refund("1.00", id)).toMatchObject({ status: "succeeded" });
  expect(await charge({ offSession: false })).toMatchObject({ refunded: USD("1.00") });
});

test("what Stripe refuses is answered, and moves nothing", async () => {
  const { refund, id, account } = await paid();
  expect(await refund("85.01", id)).toEqual({ id: "rf_1", status: "failed", reason: "refused" });
  await refund("85.00", id, "rf_2");
  expect(await refund("1.00", id, "rf_3")).toMatchObject({
    status: "failed",
    reason: "charge_already_refunded",
  });
  expect(await refund("0.001", id, "rf_4")).toMatchObject({ status: "failed", reason: "amount_not_payable" });
  expect(account.givenBack()).toBe(8_500);
});

test("a refund that fails later is told so by its key", async () => {
  const { refund, id, account } = await paid();
  const { id: refundId } = await refund("30.00", id);
  Object.assign(account.refunds.get(refundId) ?? {}, { status: "pending" });
  expect(await refund("30.00", id)).toEqual({ id: refundId, status: "pending" });
  Object.assign(account.refunds.get(refundId) ?? {}, {
    status: "failed",
    failure_reason: "lost_or_stolen_card",
  });
  expect(await refund("30.00", id)).toEqual({
    id: refundId,
    status: "failed",
    reason: "lost_or_stolen_card",
  });
});

test("the same key for another amount: the first refund is the refund", async () => {
  const { refund, id, account } = await paid();
  const first = await refund("30.00", id);
  expect(await refund("31.00", id)).toEqual(first);
  expect(account.givenBack()).toBe(3_000);
});

test("a disputed payment counts as given back while the dispute is open or lost, and is not refunded as well", async () => {
  const { refund, refunded, id, account } = await paid();
  const dispute = account.dispute("ch_0003", 8_500);
  expect(await refunded()).toBe("85.00");
  expect(await refund("85.00", id)).toMatchObject({ status: "failed", reason: "charge_disputed" });
  Object.assign(account.disputes.get(dispute) ?? {}, { status: "under_review" });
  expect(await refunded()).toBe("85.00");
  Object.assign(account.disputes.get(dispute) ?? {}, { status: "won" });
  expect(await refunded()).toBe("0.00");
  Object.assign(account.disputes.get(dispute) ?? {}, { status: "lost" });
  expect(await refunded()).toBe("85.00");
});

test("an inquiry takes no money; a refund and a dispute together never count for more than was paid", async () => {
  const { refund, refunded, id, account } = await paid();
  await refund("30.00", id);
  account.dispute("ch_0003", 8_500, "warning_needs_response");
  expect(await refunded()).toBe("30.00");
  account.dispute("ch_0003", 5_500);
  expect(await refunded()).toBe("85.00");
  account.dispute("ch_0003", 8_500);
  expect(await refunded()).toBe("85.00");
});

test("a refund is found among more than a hundred others", async () => {
  const { refund, id, account } = await paid();
  for (let count = 1; count <= 120; count += 1) await refund("0.01", id, `cent_${count}`);
  account.now += 30 * 86_400;
  await refund("0.01", id, "cent_1");
  expect(account.givenBack()).toBe(120);
});
