import { describe, expect, it } from "vitest";
import { DAY, HOUR, START, TestWallet, scheduleRequest } from "./support.js";

const DAILY = { every: { unit: "days", count: 1 } } as const;

describe("a rollover", () => {
  it("moves what remains, at most `max`, with its cost; the rest expires", () => {
    const wallet = new TestWallet();
    wallet.schedule("s", 100, { ...DAILY, cost: 1_000, rollover: { max: 40 } });
    wallet.at(START + DAY);
    expect(wallet.entries).toEqual([
      ["rolled_over", "s.0", -40, -400],
      ["rolled_over", "s.0r0", 40, 400],
      ["expired", "s.0", -60, -600],
      ["granted", "s.1", 100, 1_000],
    ]);
    expect(wallet.stored("s.0")).toMatchObject({
      moved: 40,
      expired: 60,
      cost: { moved: 400, breakage: 600 },
    });
    expect(wallet.stored("s.0r0")).toMatchObject({
      category: "paid",
      source: "schedule",
      priority: 50,
      effectiveAt: START + DAY,
      expiresAt: START + 2 * DAY,
      originGrantId: "gr:s.0",
      cost: { total: 400 },
    });
  });

  it("recognises the cost that moved when it is used", () => {
    const wallet = new TestWallet();
    wallet.schedule("s", 100, { ...DAILY, cost: 1_000, rollover: { max: 40 } });
    wallet.at(START + DAY);
    wallet.withdraw(10);
    expect(wallet.entries).toEqual([["consumed", "s.0r0", -10, -100]]);
  });

  it.each([
    ["1", 7, 7],
    ["0.5", 7, 3],
    ["0", 7, 0],
    ["0.333", 100, 33],
  ])("rolls a fraction of %s of %i down to %i", (fraction, amount, rolled) => {
    const wallet = new TestWallet();
    wallet.schedule("s", amount, { ...DAILY, rollover: { fraction } });
    wallet.at(START + DAY);
    expect(wallet.stored("s.0").moved).toBe(rolled);
  });

  it("rolls on `periods` times in all, over six periods", () => {
    const wallet = new TestWallet();
    wallet.schedule("s", 10, { ...DAILY, rollover: { max: 4, periods: 2 } });
    const available = [1, 2, 3, 4, 5, 6].map((day) => wallet.at(START + day * DAY).wallet.available);
    // Each day 10 new ones, 4 of yesterday's and 4 of the day before yesterday's.
    expect(available).toEqual([14n, 18n, 18n, 18n, 18n, 18n]);
    expect(wallet.entries.map(([type, id, amount]) => [type, id, amount])).toEqual([
      ["rolled_over", "s.4r0", -4],
      ["rolled_over", "s.4r0r0", 4],
      ["rolled_over", "s.5", -4],
      ["rolled_over", "s.5r0", 4],
      ["expired", "s.3r0r0", -4],
      ["expired", "s.5", -6],
      ["granted", "s.6", 10],
    ]);
  });

  it("lives as long as `keepFor` says", () => {
    const wallet = new TestWallet();
    wallet.schedule("s", 10, { ...DAILY, rollover: { max: 4, keepFor: { days: 3 } } });
    wallet.at(START + DAY);
    expect(wallet.stored("s.0r0").expiresAt).toBe(START + 4 * DAY);
  });

  it("is trimmed to `total`, the oldest first; what goes has expired, also for late use", () => {
    const wallet = new TestWallet();
    wallet.schedule("s", 10, { ...DAILY, cost: 100, rollover: { max: 4, keepFor: { days: 9 }, total: 6 } });
    wallet.at(START + 2 * DAY);
    expect(wallet.entries).toEqual([
      ["rolled_over", "s.0", -4, -40],
      ["rolled_over", "s.0r0", 4, 40],
      ["expired", "s.0", -6, -60],
      ["granted", "s.1", 10, 100],
      ["rolled_over", "s.1", -4, -40],
      ["rolled_over", "s.1r0", 4, 40],
      ["expired", "s.0r0", -2, -20],
      ["expired", "s.1", -6, -60],
      ["granted", "s.2", 10, 100],
    ]);
    wallet.at(START + 3 * DAY);
    wallet.at(START + 4 * DAY);
    expect(wallet.stored("s.0r0")).toMatchObject({ remaining: 0, expired: 4, closedAt: START + 3 * DAY });
    expect(wallet.wallet.available).toBe(16n);
  });

  it("cannot trim what is held", () => {
    const wallet = new TestWallet();
    wallet.schedule("s", 10, { ...DAILY, rollover: { max: 4, keepFor: { days: 9 }, total: 4 } });
    wallet.at(START + DAY);
    wallet.reserve("new", 10, { days: 5 });
    wallet.reserve("old", 4, { days: 5 });
    wallet.release("new");
    wallet.at(START + 2 * DAY);
    expect([wallet.stored("s.0r0").held, wallet.stored("s.1r0").remaining]).toEqual([4, 0]);
  });

  it("goes over what comes free after the end, less what rolled before, to the same expiry", () => {
    const wallet = new TestWallet();
    wallet.schedule("s", 10, { ...DAILY, rollover: { fraction: "0.5", keepFor: { days: 3 } } });
    wallet.reserve("r", 7, { days: 6 });
    wallet.at(START + DAY);
    // Of 3 free credits 1 rolls; of 10 it would have been 5.
    expect(wallet.entries.slice(0, 3)).toEqual([
      ["rolled_over", "s.0", -1],
      ["rolled_over", "s.0r0", 1],
      ["expired", "s.0", -2],
    ]);
    wallet.at(START + DAY + HOUR);
    wallet.release("r");
    expect(wallet.entries).toEqual([
      ["rolled_over", "s.0", -4],
      ["rolled_over", "s.0r1", 4],
      ["expired", "s.0", -3],
    ]);
    expect(wallet.stored("s.0r1").expiresAt).toBe(START + 4 * DAY);
  });

  it("takes what a reversal returns after the end, also to a grant that was used up", () => {
    const wallet = new TestWallet();
    wallet.schedule("s", 10, { ...DAILY, rollover: { max: 4, keepFor: { days: 3 } } });
    const { id } = wallet.withdraw(10);
    wallet.at(START + DAY);
    wallet.reverse(id, 6);
    expect(wallet.entries).toEqual([
      ["reversed", "s.0", 6],
      ["rolled_over", "s.0", -4],
      ["rolled_over", "s.0r0", 4],
      ["expired", "s.0", -2],
    ]);
    expect(wallet.stored("s.0r0").expiresAt).toBe(START + 4 * DAY);
  });

  it("has nowhere to go once its own expiry has passed", () => {
    const wallet = new TestWallet();
    wallet.schedule("s", 10, { ...DAILY, rollover: {} });
    const { id } = wallet.withdraw(10);
    wallet.at(START + 2 * DAY);
    wallet.reverse(id);
    expect(wallet.entries).toEqual([
      ["reversed", "s.0", 10],
      ["expired", "s.0", -10],
    ]);
  });

  it("nothing rolls once the schedule has ended", () => {
    const wallet = new TestWallet();
    wallet.schedule("s", 10, { ...DAILY, rollover: {} });
    wallet.endSchedule("s");
    wallet.at(START + DAY);
    expect(wallet.entries).toEqual([["expired", "s.0", -10]]);
  });

  it("late use draws on it where its origin was there", () => {
    const wallet = new TestWallet();
    wallet.schedule("s", 10, { ...DAILY, rollover: { keepFor: { days: 5 } } });
    wallet.at(START + DAY);
    const before = wallet.withdraw(4, { occurredAt: START + HOUR });
    expect(before.draws.map(({ grantId }) => grantId)).toEqual(["s.0r0"]);
  });

  it("a voided grant rolls nothing", () => {
    const wallet = new TestWallet();
    wallet.schedule("s", 10, { ...DAILY, rollover: {} });
    wallet.voidGrant("s.0");
    wallet.at(START + DAY);
    expect(wallet.entries).toEqual([["granted", "s.1", 10]]);
  });

  it("of a plan that was changed is over once the last of it has rolled, however often plans change after", () => {
    const wallet = new TestWallet();
    const begin = (plan: string) =>
      ({
        do: "begin",
        item: "",
        plan,
        startsAt: wallet.now,
        anchor: START,
        timeZone: "UTC",
        first: "next",
        differenceCost: null,
        before: null,
        beforeEndsAt: null,
        grants: [
          { id: "main", comesOnce: false, terms: scheduleRequest(10, { ...DAILY, rollover: {} }).terms },
        ],
      }) as const;
    const change = (plan: string) => {
      const stop = { do: "stop", item: "", at: wallet.now, how: "superseded" } as const;
      wallet.decide({ kind: "plan", subscriptionId: "sb", steps: [stop, begin(plan)] });
    };
    for (let hour = 0; hour <= 8 * 24; hour += 8) {
      wallet.at(START + hour * HOUR);
      change(`plan ${hour}`);
    }
    // A day's grant ends with the day, and what rolled of it a day later: three changes a day, for two days.
    expect(wallet.wallet.schedules.size).toBeLessThanOrEqual(7);
  });
});
