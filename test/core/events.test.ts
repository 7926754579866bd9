import { describe, expect, it } from "vitest";
import type { Duration } from "../../src/core/calendar.js";
import { Draft } from "../../src/core/draft.js";
import type { WalletEvent } from "../../src/core/events.js";
import { NOTHING_KNOWN } from "../../src/core/known.js";
import { tellActivation } from "../../src/core/tell.js";
import { DAY, HOUR, START, TestWallet, refusal } from "./support.js";

const percent = (digits: bigint, places: number = 0) => ({ digits, places });
const SOFT = { currency: { policy: { mode: "soft" } } } as const;

/** What the last step told, without the common beginning of the types. */
function told(wallet: TestWallet): readonly string[] {
  return wallet.told.map(({ type }) => type.replace("credits.", ""));
}

function last<Type extends WalletEvent["type"]>(
  wallet: TestWallet,
  type: Type,
): Extract<WalletEvent, { type: Type }> {
  const found = wallet.told.findLast((event) => event.type === type);
  if (found === undefined) throw new Error(`no ${type} among ${told(wallet).join(", ")}`);
  return found as Extract<WalletEvent, { type: Type }>;
}

describe("grants tell", () => {
  it("that they came, and from where", () => {
    const wallet = new TestWallet();
    wallet.grant("g", 10, { expiresAt: START + DAY, source: "shop" });
    expect(wallet.told).toEqual([
      {
        eventNo: 1,
        type: "credits.granted",
        at: START,
        data: {
          by: "granted",
          grant: {
            grantId: "gr:g",
            amount: "10",
            remaining: "10",
            held: "0",
            consumed: "0",
            usedPercent: "0",
            status: "active",
            category: "promotional",
            source: "shop",
            priority: 50,
            features: null,
            effectiveAt: START,
            expiresAt: START + DAY,
            displayName: null,
            originGrantId: null,
          },
        },
      },
    ]);
    wallet.adjust(5);
    expect(last(wallet, "credits.granted").data.by).toBe("adjusted");
    wallet.transferIn(wallet.transferOut(3).parcels, ["back"]);
    expect(last(wallet, "credits.granted").data).toMatchObject({
      by: "transferred_in",
      grant: { originGrantId: "gr:g" },
    });
  });

  it("that they become effective, at the instant itself, where they were scheduled", () => {
    const wallet = new TestWallet();
    wallet.grant("g", 10, { effectiveAt: START + HOUR });
    expect(last(wallet, "credits.granted").data.grant.status).toBe("scheduled");
    wallet.at(START + DAY);
    expect(wallet.told).toMatchObject([
      { type: "credits.grant.activated", at: START + HOUR, data: { grant: { status: "active" } } },
    ]);
  });

  it("that they are used up, and only by use", () => {
    const wallet = new TestWallet();
    wallet.grant("keep", 100, { priority: 90 });
    for (const id of ["used", "adjusted", "refunded", "moved"]) wallet.grant(id, 3, { cost: 30 });
    wallet.withdraw(2);
    expect(told(wallet)).toEqual([]);
    wallet.withdraw(1);
    expect(wallet.told).toMatchObject([
      { type: "credits.grant.depleted", data: { grant: { grantId: "gr:adjusted", usedPercent: "100" } } },
    ]);
    wallet.adjust(-3, { grantId: "used" });
    wallet.refund("refunded");
    wallet.transferOut(3);
    expect(wallet.store.events.filter(({ type }) => type === "credits.grant.depleted")).toHaveLength(1);
  });

  it("that a hold is not use: what is captured is", () => {
    const wallet = new TestWallet();
    wallet.grant("g", 10);
    wallet.reserve("r", 10);
    expect(told(wallet)).toEqual([]);
    wallet.capture("r", 4);
    expect(told(wallet)).toEqual([]);
    wallet.reserve("s", 6);
    wallet.capture("s");
    expect(told(wallet)).toEqual(["grant.depleted", "balance.depleted"]);
  });

  it("that credits expired, at the instant itself; held ones when they are freed", () => {
    const wallet = new TestWallet();
    wallet.grant("keep", 1, { priority: 90 });
    wallet.grant("g", 10, { expiresAt: START + HOUR });
    wallet.reserve("r", 4, { days: 1 });
    wallet.at(START + 2 * HOUR);
    expect(wallet.told).toMatchObject([
      { type: "credits.expired", at: START + HOUR, data: { amount: "6", grant: { held: "4" } } },
    ]);
    wallet.release("r");
    expect(wallet.told).toMatchObject([
      { type: "credits.expired", at: START + 2 * HOUR, data: { amount: "4", grant: { status: "expired" } } },
    ]);
  });

  it("that they were voided or amended", () => {
    const wallet = new TestWallet();
    wallet.grant("keep", 1);
    wallet.grant("g", 10);
    wallet.amend("g", { expiresAt: START + DAY, priority: 50, displayName: "Pack" });
    expect(last(wallet, "credits.grant.updated").data).toMatchObject({
      changed: ["expiresAt", "displayName"],
      grant: { expiresAt: START + DAY, displayName: "Pack" },
    });
    wallet.voidGrant("g");
    expect(wallet.told).toMatchObject([
      { type: "credits.grant.voided", data: { amount: "10", grant: { status: "voided" } } },
    ]);
    wallet.voidGrant("g");
    expect(told(wallet)).toEqual([]);
  });

  it("that a reservation timed out, and with which credits", () => {
    const wallet = new TestWallet();
    wallet.grant("g", 10);
    wallet.reserve("r", 4);
    wallet.at(START + DAY);
    expect(wallet.told).toMatchObject([
      {
        type: "credits.reservation.expired",
        at: START + HOUR,
        data: { reservationId: "rs:r", released: "4", totals: { available: "10", held: "0" } },
      },
    ]);
  });

  it("in the order in which it happened, the totals last", () => {
    const wallet = new TestWallet();
    wallet.schedule("s", 10, { every: { unit: "days", count: 1 }, rollover: { max: 4 } });
    expect(told(wallet)).toEqual(["granted"]);
    wallet.at(START + DAY);
    expect(wallet.told.map(({ type, at }) => [type, at])).toEqual([
      ["credits.granted", START + DAY],
      ["credits.expired", START + DAY],
      ["credits.granted", START + DAY],
    ]);
    expect(wallet.told[0]?.data).toMatchObject({ by: "rolled_over", grant: { amount: "4" } });
  });
});

describe("how much of a grant is used", () => {
  it("is told at each threshold once, and all that one operation crosses", () => {
    const wallet = new TestWallet({ currency: { thresholds: { usageLow: ["80", 50, "99.5"] } } });
    wallet.grant("g", 200);
    wallet.withdraw(99);
    expect(told(wallet)).toEqual([]);
    wallet.withdraw(1);
    expect(last(wallet, "credits.grant.usage_low").data).toMatchObject({
      thresholdPercent: "50",
      grant: { usedPercent: "50", consumed: "100" },
    });
    wallet.withdraw(50);
    expect(told(wallet)).toEqual([]);
    wallet.withdraw(50);
    expect(
      wallet.told.map(({ type, data }) => [type, "thresholdPercent" in data && data.thresholdPercent]),
    ).toEqual([
      ["credits.grant.usage_low", "80"],
      ["credits.grant.usage_low", "99.5"],
      ["credits.grant.depleted", false],
      ["credits.balance.depleted", false],
    ]);
  });

  it("is told again after a reversal, and not by the reversal", () => {
    const wallet = new TestWallet({ currency: { thresholds: { usageLow: ["80"] } } });
    wallet.grant("g", 10);
    const { id } = wallet.withdraw(9);
    expect(told(wallet)).toEqual(["grant.usage_low"]);
    wallet.reverse(id, 2);
    expect(told(wallet)).toEqual([]);
    wallet.withdraw(1);
    expect(told(wallet)).toEqual(["grant.usage_low"]);
  });

  it("counts what pays a debt", () => {
    const wallet = new TestWallet(SOFT);
    wallet.setThresholds({ usageLow: [percent(50n)] });
    wallet.withdraw(6);
    wallet.grant("g", 10);
    expect(told(wallet)).toEqual(["granted", "grant.usage_low", "overdraft.settled"]);
    wallet.withdraw(8);
    wallet.grant("h", 4);
    expect(told(wallet)).toEqual(["granted", "grant.usage_low", "grant.depleted", "overdraft.settled"]);
  });

  it("is not told of late use of what had expired", () => {
    const wallet = new TestWallet({ currency: { thresholds: { usageLow: [1] } } });
    wallet.grant("keep", 1, { expiresAt: START + DAY, priority: 90 });
    wallet.grant("g", 10, { expiresAt: START + HOUR });
    wallet.at(START + 2 * HOUR);
    wallet.withdraw(10, { occurredAt: START });
    expect(told(wallet)).toEqual([]);
  });
});

describe("the balance", () => {
  const low = (balanceLow: number) => new TestWallet({ currency: { thresholds: { balanceLow } } });

  it("is low once, recovers, and is low again", () => {
    const wallet = low(100);
    wallet.grant("g", 1_000);
    expect(told(wallet)).toEqual(["granted"]);
    wallet.withdraw(899);
    expect(told(wallet)).toEqual([]);
    wallet.withdraw(1);
    expect(wallet.told).toEqual([
      {
        eventNo: 2,
        type: "credits.balance.low",
        at: START,
        data: {
          threshold: "100",
          totals: {
            available: "100",
            held: "0",
            scheduled: "0",
            balance: "100",
            net: "100",
            overdraft: "0",
          },
        },
      },
    ]);
    wallet.withdraw(10);
    wallet.grant("h", 10);
    expect(told(wallet)).toEqual(["granted"]);
    wallet.grant("i", 1);
    expect(last(wallet, "credits.balance.recovered").data).toMatchObject({ threshold: "100", isLow: false });
    wallet.withdraw(50);
    expect(told(wallet)).toEqual(["balance.low"]);
  });

  it("is depleted at zero, without being asked to tell; what is above zero, but low, is said to be", () => {
    const wallet = low(10);
    wallet.grant("g", 20);
    wallet.withdraw(20);
    expect(told(wallet)).toEqual(["grant.depleted", "balance.low", "balance.depleted"]);
    wallet.grant("h", 5);
    expect(last(wallet, "credits.balance.recovered").data).toMatchObject({ threshold: "0", isLow: true });
    wallet.grant("i", 5);
    expect(told(wallet)).toEqual(["granted"]);
    wallet.grant("j", 5);
    expect(last(wallet, "credits.balance.recovered").data).toMatchObject({ threshold: "10", isLow: false });
  });

  it("does not recover by its first credits, now or later", () => {
    const wallet = low(10);
    wallet.grant("g", 20, { effectiveAt: START + HOUR });
    wallet.at(START + HOUR);
    expect(told(wallet)).toEqual(["grant.activated"]);
  });

  it("is judged by net: holds are not use, credits to come do not count, and debts do", () => {
    const wallet = new TestWallet({
      currency: { thresholds: { balanceLow: 5 }, policy: { mode: "soft" } },
    });
    wallet.grant("g", 10);
    wallet.grant("later", 100, { effectiveAt: START + DAY });
    wallet.reserve("r", 10);
    expect(told(wallet)).toEqual([]);
    wallet.capture("r");
    expect(told(wallet)).toEqual(["grant.depleted", "balance.low", "balance.depleted"]);
    wallet.withdraw(3);
    expect(told(wallet)).toEqual(["overdraft.started"]);
    expect(last(wallet, "credits.overdraft.started").data.totals).toMatchObject({
      net: "-3",
      overdraft: "3",
    });
    wallet.withdraw(1);
    expect(told(wallet)).toEqual([]);
    wallet.at(START + DAY);
    expect(told(wallet)).toEqual(["grant.activated", "overdraft.settled", "balance.recovered"]);
  });

  it("is judged once for each instant: what expires as other credits come is no crossing", () => {
    const wallet = low(5);
    wallet.schedule("s", 10, { every: { unit: "days", count: 1 } });
    wallet.at(START + 3 * DAY);
    expect(told(wallet).filter((type) => type.startsWith("balance"))).toEqual([]);
    wallet.endSchedule("s");
    wallet.at(START + 9 * DAY);
    expect(wallet.told.map(({ type, at }) => [type, at])).toEqual([
      ["credits.expired", START + 4 * DAY],
      ["credits.balance.low", START + 4 * DAY],
      ["credits.balance.depleted", START + 4 * DAY],
    ]);
  });
});

describe("a notice of expiry", () => {
  const lead = (...expiringLead: readonly Duration[]) =>
    new TestWallet({ currency: { thresholds: { expiringLead } } });
  const notices = (wallet: TestWallet) =>
    wallet.told.flatMap(({ type, at, data }) =>
      type === "credits.grant.expiring" && "lead" in data ? [[(at - START) / DAY, data.lead] as const] : [],
    );

  it("comes once for each lead time, at its instant, whenever somebody looks", () => {
    const wallet = lead({ days: 7 }, { days: 1 });
    wallet.grant("g", 10, { expiresAt: START + 30 * DAY });
    wallet.at(START + 23 * DAY - 1);
    expect(told(wallet)).toEqual([]);
    wallet.at(START + 25 * DAY);
    expect(notices(wallet)).toEqual([[23, { days: 7 }]]);
    wallet.at(START + 60 * DAY);
    expect(notices(wallet)).toEqual([[29, { days: 1 }]]);
    expect(told(wallet)).toEqual(["grant.expiring", "expired", "balance.depleted"]);
  });

  it("is not given of a grant that never had so long, nor where nothing is free", () => {
    const wallet = lead({ days: 7 });
    wallet.grant("short", 10, { expiresAt: START + 7 * DAY });
    wallet.grant("late", 10, { effectiveAt: START - 20 * DAY, expiresAt: START + 5 * DAY });
    wallet.grant("used", 10, { expiresAt: START + 8 * DAY, priority: 1 });
    wallet.withdraw(10);
    wallet.grant("held", 10, { expiresAt: START + 9 * DAY, priority: 1 });
    wallet.reserve("r", 10, { days: 7 });
    wallet.at(START + 3 * DAY);
    expect(notices(wallet)).toEqual([]);
  });

  it("goes by the expiry that holds: another one has its own, as far as it lies ahead", () => {
    const wallet = lead({ days: 7 });
    wallet.grant("g", 10, { expiresAt: START + 30 * DAY });
    wallet.at(START + 20 * DAY);
    wallet.amend("g", { expiresAt: START + 25 * DAY });
    wallet.at(START + 21 * DAY);
    expect(notices(wallet)).toEqual([]);
    wallet.amend("g", { expiresAt: START + 60 * DAY });
    wallet.at(START + 54 * DAY);
    expect(notices(wallet)).toEqual([[53, { days: 7 }]]);
    wallet.amend("g", { expiresAt: null });
    wallet.at(START + 99 * DAY);
    expect(notices(wallet)).toEqual([]);
  });

  it("comes after everything else of its instant, in burn order", () => {
    const wallet = lead({ days: 1 });
    wallet.grant("b", 10, { expiresAt: START + 2 * DAY });
    wallet.grant("a", 10, { expiresAt: START + 2 * DAY });
    wallet.grant("now", 10, { effectiveAt: START + DAY });
    wallet.at(START + DAY);
    expect(wallet.told.map(({ type, data }) => [type, "grant" in data && data.grant.grantId])).toEqual([
      ["credits.grant.activated", "gr:now"],
      ["credits.grant.expiring", "gr:a"],
      ["credits.grant.expiring", "gr:b"],
    ]);
  });
});

describe("thresholds of the wallet's own", () => {
  it("hold instead of the currency's, until they are taken away", () => {
    const wallet = new TestWallet({
      currency: { thresholds: { usageLow: [50], expiringLead: [{ days: 1 }] } },
    });
    wallet.grant("g", 10, { expiresAt: START + 9 * DAY });
    expect(wallet.setThresholds({ usageLow: [percent(90n)], expiringLead: [{ days: 2 }] })).toMatchObject({
      thresholds: { balanceLow: null, expiringLead: [{ days: 2 }] },
    });
    wallet.withdraw(5);
    expect(told(wallet)).toEqual([]);
    wallet.withdraw(4);
    expect(told(wallet)).toEqual(["grant.usage_low"]);
    wallet.at(START + 8 * DAY + HOUR);
    expect(wallet.told).toMatchObject([{ at: START + 7 * DAY, data: { lead: { days: 2 } } }]);
    wallet.setThresholds(null);
    wallet.grant("h", 10);
    wallet.withdraw(6);
    expect(told(wallet)).toEqual(["grant.depleted", "grant.usage_low"]);
  });

  it("tell at once of what expires sooner than a new lead time", () => {
    const wallet = new TestWallet();
    wallet.grant("g", 10, { expiresAt: START + 3 * DAY });
    wallet.at(START + DAY);
    wallet.setThresholds({ expiringLead: [{ days: 2, hours: 12 }] });
    expect(told(wallet)).toEqual([]);
    wallet.at(START + 2 * DAY);
    expect(wallet.told).toMatchObject([{ type: "credits.grant.expiring", at: START + DAY }]);
  });
});

describe("what is denied", () => {
  it("tells nothing", () => {
    const wallet = new TestWallet({ currency: { thresholds: { usageLow: [10] } } });
    wallet.grant("g", 10);
    expect(refusal(() => wallet.withdraw(11)).code).toBe("insufficient_credits");
    expect(wallet.wallet.eventNo).toBe(1);
    wallet.withdraw(1);
    expect(wallet.told).toMatchObject([{ eventNo: 2, type: "credits.grant.usage_low" }]);
  });

  it("and what is taken back is as if it had never been told", () => {
    const wallet = new TestWallet();
    wallet.grant("g", 10);
    const draft = new Draft(wallet.wallet, wallet.terms, NOTHING_KNOWN);
    const mark = draft.mark();
    tellActivation(draft, "g");
    expect(draft.events).toMatchObject([{ eventNo: 2 }]);
    draft.rollBack(mark);
    expect([draft.events, draft.wallet.eventNo]).toEqual([[], 1]);
  });
});
