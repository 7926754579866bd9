import { describe, expect, it } from "vitest";
import { DAY, HOUR } from "../support.js";
import {
  ACME,
  type Shop,
  arrives,
  availableTo,
  expectSound,
  hourly,
  later,
  openShop,
  quiet,
  shop,
  typesOf,
} from "./support.js";

/** What is called off before the provider was heard of it, and what else ends a purchase at a bad moment. */

const buy = { ...ACME, credits: 100, idempotencyKey: "buy-1" } as const;
const unreached = { answer: "unreached" } as const;

async function calledOff(here: Shop): Promise<string> {
  here.billing.expect(unreached);
  const { topUp } = await here.credits.topUp(buy);
  expect(await here.credits.cancelTopUp({ topUpId: topUp.id })).toMatchObject({ status: "canceled" });
  return topUp.id;
}

async function buyAutomatically({ credits }: Shop, count = 5): Promise<string> {
  await credits.setAutoTopUp({ ...ACME, threshold: 0, target: 100, caps: { count, every: { days: 1 } } });
  await quiet();
  return (await credits.topUps(ACME)).items[0]?.id ?? "";
}

describe("money of a purchase that was called off unheard of comes with its credits", () => {
  it("though nobody looks for longer than it is watched", async () => {
    const here = shop();
    await arrives(here, await calledOff(here));
    await later(here, 8 * DAY);
    expect(await availableTo(here.credits)).toBe("100");
    await expectSound(here);
  });

  it("though the provider is not to be reached for longer than it is watched", async () => {
    const here = shop();
    await arrives(here, await calledOff(here));
    const { payment } = here.billing;
    here.billing.payment = async () => {
      throw new Error("no way there");
    };
    await hourly(here, 8 * 24);
    Object.assign(here.billing, { payment });
    await hourly(here, 25);
    expect(await availableTo(here.credits)).toBe("100");
  });

  it("though a process without a provider looked all that time", async () => {
    const here = shop();
    await arrives(here, await calledOff(here));
    await hourly(here, 8 * 24, openShop(here.store, here.clock));
    await hourly(here, 25);
    expect(await availableTo(here.credits)).toBe("100");
  });

  it.each(["repeat", "refresh"] as const)("long after the watch is over, by a %s", async (look) => {
    const here = shop();
    const topUpId = await calledOff(here);
    await hourly(here, 9 * 24);
    await arrives(here, topUpId);
    await hourly(here, 48);
    expect(await availableTo(here.credits)).toBe("0");
    if (look === "repeat") await here.credits.topUp(buy);
    else await here.credits.refreshTopUp({ topUpId });
    expect(await availableTo(here.credits)).toBe("100");
  });
});

it("called off by one process while the first charge of another is under way: it goes on until the provider ends it", async () => {
  const here = shop();
  const { billing } = here;
  billing.expect({ answer: "unreached" });
  const { topUp } = await here.credits.topUp(buy);
  const { payment, cancel } = billing;
  // Between the question, which finds nothing, and what is made of it, the charge arrives and is recorded.
  billing.payment = async () => {
    Object.assign(billing, { payment });
    billing.expect({ status: "pending" });
    const made = await arrives(here, topUp.id);
    await here.credits.recordPayment({ topUpId: topUp.id, payment: made });
    return null;
  };
  billing.cancel = async () => {
    Object.assign(billing, { cancel });
    return null;
  };
  expect(await here.credits.cancelTopUp({ topUpId: topUp.id })).toMatchObject({ status: "pending" });
  await hourly(here, 2);
  expect(billing.payments.get(topUp.id)).toMatchObject({ status: "canceled" });
  expect((await here.credits.topUps(ACME)).items).toMatchObject([{ status: "canceled" }]);
  await expectSound(here);
});

describe("an automatic purchase that is called off unheard of", () => {
  it("stays the one under way for a day: a request on its way may come, and no other is made beside it", async () => {
    const here = shop();
    here.billing.expect(unreached);
    const topUpId = await buyAutomatically(here);
    here.billing.cancel = async (request) => here.billing.payment(request);
    expect(await here.credits.cancelTopUp({ topUpId })).toMatchObject({ status: "pending" });
    await arrives(here, topUpId);
    await hourly(here, 26);
    expect(here.billing.taken("USD")).toBe("1.00");
    expect(await availableTo(here.credits)).toBe("100");
    await expectSound(here);
  });

  it("frees the level then, where nothing came", async () => {
    const here = shop();
    here.billing.expect(unreached);
    const topUpId = await buyAutomatically(here);
    await here.credits.cancelTopUp({ topUpId });
    await hourly(here, 23);
    expect(await here.credits.autoTopUp(ACME)).toMatchObject({ status: "in_flight" });
    await hourly(here, 48);
    expect(here.billing.taken("USD")).toBe("1.00");
    expect(await availableTo(here.credits)).toBe("100");
  });
});

describe("a payment that is too little, and goes back whole", () => {
  it("ends the purchase as failed, and the next automatic one begins", async () => {
    const here = shop();
    here.billing.expect({ status: "pending" });
    const topUpId = await buyAutomatically(here);
    const half = { amount: "0.50", currency: "USD" };
    await here.credits.recordPayment({
      topUpId,
      payment: { id: "pay_1", status: "succeeded", total: half, refunded: half },
    });
    expect((await here.credits.topUps(ACME)).items).toMatchObject([
      { status: "failed", payment: { reason: "too_little_paid" } },
    ]);
    await hourly(here, 2);
    expect(await availableTo(here.credits)).toBe("100");
    await expectSound(here);
  });
});

describe("caps that get another period while a purchase is under way", () => {
  it("go on counting it, and count it no more once it failed", async () => {
    const here = shop();
    here.billing.expect({ status: "pending" });
    const topUpId = await buyAutomatically(here, 1);
    await later(here, HOUR);
    await here.credits.setAutoTopUp({
      ...ACME,
      threshold: 0,
      target: 100,
      caps: { count: 1, every: { months: 1 } },
    });
    expect(await here.credits.autoTopUp(ACME)).toMatchObject({ bought: { count: 1 } });
    await here.credits.recordPayment(here.billing.fail(topUpId));
    expect(await here.credits.autoTopUp(ACME)).toMatchObject({ status: "retrying", bought: { count: 0 } });
    await hourly(here, 2);
    expect(await availableTo(here.credits)).toBe("100");
  });
});

it("notices of an older payment, pending and then failed, do not touch the one that is known", async () => {
  const here = shop();
  here.billing.expect({ status: "pending" });
  const { topUp } = await here.credits.topUp(buy);
  for (const status of ["pending", "failed"] as const)
    await here.credits.recordPayment({ topUpId: topUp.id, payment: { id: "pay_0", status } });
  expect((await here.credits.topUps(ACME)).items).toMatchObject([
    { status: "pending", payment: { id: "pay_1" } },
  ]);
});

it("a provider that can cancel, but not be asked, is not charged by a purchase that is called off", async () => {
  const here = shop();
  Object.assign(here.billing, { payment: undefined });
  here.billing.expect(unreached);
  const { topUp } = await here.credits.topUp(buy);
  expect(await here.credits.cancelTopUp({ topUpId: topUp.id })).toMatchObject({ status: "canceled" });
  expect(here.billing.taken("USD")).toBe("0.00");
  // The request arrives after all.
  await arrives(here, topUp.id);
  await hourly(here, 2);
  expect(await availableTo(here.credits)).toBe("100");
});

it("a failure while it is paused as refunded tells no second pause", async () => {
  const here = shop();
  await here.credits.setAutoTopUp({
    ...ACME,
    threshold: 0,
    target: 100,
    caps: { count: 5, every: { days: 1 } },
  });
  await quiet();
  const first = (await here.credits.topUps(ACME)).items[0]?.id ?? "";
  here.billing.expect({ status: "pending" });
  await here.credits.withdraw({ ...ACME, amount: 100, idempotencyKey: "w" });
  await quiet();
  const second = (await here.credits.topUps({ ...ACME, status: "pending" })).items[0]?.id ?? "";
  await here.credits.recordPayment(here.billing.giveBack(first));
  await here.credits.recordPayment(here.billing.fail(second));
  expect((await typesOf(here)).filter((type) => type.endsWith("paused"))).toHaveLength(1);
});
