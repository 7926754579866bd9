import { describe, expect, it } from "vitest";
import { DAY } from "../support.js";
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
} from "./support.js";

/** A payment that the provider has, and that is neither paid nor over, ends by the provider's word alone, never by its age. */

const buy = { ...ACME, credits: 100, idempotencyKey: "buy-1" } as const;

async function buyAutomatically(
  { credits }: Shop,
  caps = { count: 5, every: { days: 30 } },
): Promise<string> {
  await credits.setAutoTopUp({ ...ACME, threshold: 0, target: 100, caps });
  await quiet();
  return (await credits.topUps(ACME)).items[0]?.id ?? "";
}

/** A payment that is on its way by itself can not be stopped. */
function cancelsNothing(here: Shop): Shop {
  const { billing } = here;
  billing.cancel = async (request) => billing.payment(request);
  return here;
}

/** The docs let a provider leave it out. */
function hasNoCancel(here: Shop): Shop {
  Object.assign(here.billing, { cancel: undefined });
  return here;
}

describe("of an automatic purchase", () => {
  it.each(["requires_action", "pending"] as const)(
    "that was %s, and paid while nobody looked for three days: no other is made",
    async (status) => {
      const here = shop();
      here.billing.expect({ status });
      here.billing.pay(await buyAutomatically(here));
      await later(here, 3 * DAY);
      await hourly(here, 3);
      expect(here.billing.taken("USD")).toBe("1.00");
      expect(await availableTo(here.credits)).toBe("100");
      await expectSound(here);
    },
  );

  it("by direct debit, which takes five days: one is under way all the time", async () => {
    const here = cancelsNothing(shop());
    here.billing.expect({ status: "pending" });
    const id = await buyAutomatically(here, { count: 1, every: { days: 1 } });
    await hourly(here, 5 * 24);
    expect(here.billing.calls.charge).toBe(1);
    expect(await here.credits.autoTopUp(ACME)).toMatchObject({ status: "in_flight" });
    here.billing.pay(id);
    await hourly(here, 25);
    expect(here.billing.taken("USD")).toBe("1.00");
    expect(await availableTo(here.credits)).toBe("100");
  });

  it("that nobody confirms, at a provider that can not give it up: it stays the one under way", async () => {
    const here = hasNoCancel(shop());
    here.billing.expect({ status: "requires_action" });
    await buyAutomatically(here);
    await hourly(here, 4 * 24);
    expect(here.billing.calls.charge).toBe(1);
    expect(await here.credits.autoTopUp(ACME)).toMatchObject({ status: "in_flight" });
  });
});

describe("of a customer's purchase that is paid while its notice is lost", () => {
  it.each([
    ["on day six, at a provider without `cancel`", hasNoCancel, 6.9],
    ["on day nine, at one that can not stop it", cancelsNothing, 9],
    ["at once, and nobody looks for nine days", (here: Shop) => here, 0],
  ])("the credits come: %s", async (_, made, days) => {
    const here = made(shop());
    here.billing.expect({ status: "pending" });
    const { topUp } = await here.credits.topUp(buy);
    if (days > 0) await hourly(here, days * 24);
    here.billing.pay(topUp.id);
    if (days === 0) await later(here, 9 * DAY);
    await hourly(here, 30);
    expect(here.billing.taken("USD")).toBe("1.00");
    expect(await availableTo(here.credits)).toBe("100");
    await expectSound(here);
  });

  it("a process without a provider that looks first ends nothing", async () => {
    const here = shop();
    here.billing.expect({ status: "pending" });
    const { topUp } = await here.credits.topUp(buy);
    here.billing.pay(topUp.id);
    const other = openShop(here.store, here.clock);
    await later(here, 8 * DAY, other);
    await hourly(here, 30);
    expect(await availableTo(here.credits)).toBe("100");
  });
});

describe("cancelTopUp while the provider is not to be reached", () => {
  it("says that it is pending, and the engine calls it off as soon as it can", async () => {
    const here = shop();
    const { billing } = here;
    billing.expect({ status: "requires_action" });
    const { topUp } = await here.credits.topUp(buy);
    const { payment, cancel } = billing;
    billing.payment = billing.cancel = async () => {
      throw new Error("no way there");
    };
    expect(await here.credits.cancelTopUp({ topUpId: topUp.id })).toMatchObject({ status: "pending" });
    Object.assign(billing, { payment, cancel });
    await hourly(here, 1);
    expect(billing.payments.get(topUp.id)).toMatchObject({ status: "canceled" });
    expect((await here.credits.topUps(ACME)).items).toMatchObject([{ status: "canceled" }]);
    expect((await here.credits.grants(ACME)).items).toMatchObject([{ status: "voided" }]);
    await expectSound(here);
  });

  it("and the customer pays meanwhile: the credits come", async () => {
    const here = shop();
    const { billing } = here;
    billing.expect({ status: "requires_action" });
    const { topUp } = await here.credits.topUp(buy);
    const { payment, cancel } = billing;
    billing.payment = billing.cancel = async () => {
      throw new Error("no way there");
    };
    await here.credits.cancelTopUp({ topUpId: topUp.id });
    billing.pay(topUp.id);
    Object.assign(billing, { payment, cancel });
    await hourly(here, 1);
    expect(await availableTo(here.credits)).toBe("100");
    await expectSound(here);
  });
});

it("a request that was long on its way, and arrives open after it was called off, is called off there, too", async () => {
  const here = shop();
  here.billing.expect({ answer: "unreached" }, { status: "pending" });
  const { topUp } = await here.credits.topUp(buy);
  expect(await here.credits.cancelTopUp({ topUpId: topUp.id })).toMatchObject({ status: "canceled" });
  await arrives(here, topUp.id);
  await hourly(here, 3);
  expect(here.billing.payments.get(topUp.id)).toMatchObject({ status: "canceled" });
  expect((await here.credits.topUps(ACME)).items).toMatchObject([{ status: "canceled" }]);
  await expectSound(here);
});
