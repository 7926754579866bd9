import { describe, expect, test } from "vitest";
import { DAY, HOUR, MINUTE, START, Story } from "./story.js";

describe("expiry", () => {
  test("a grant lives in [effectiveAt, expiresAt)", () => {
    const story = new Story();
    story.promo("10", { effectiveAt: START + HOUR, expiresAt: START + DAY });
    expect(story.useFails("unit", "1")).toBe("insufficient_credits");
    expect(story.balance()).toMatchObject({ available: "0", scheduled: "10", balance: "10", net: "0" });
    story.now = START + HOUR;
    story.use("unit", "1");
    story.now = START + DAY - 1;
    story.use("unit", "1");
    story.now = START + DAY;
    expect(story.useFails("unit", "1")).toBe("insufficient_credits");
    expect(story.ledger().at(-1)).toMatchObject({ type: "expired", amount: "-8", recordedAt: START + DAY });
  });

  test("the clock never goes back in a wallet", () => {
    const story = new Story();
    story.promo("10");
    story.now -= HOUR;
    story.use("unit", "1");
    expect(story.ledger().at(-1)).toMatchObject({ recordedAt: START, occurredAt: START });
  });

  test("a denial leaves the wallet's instant alone", () => {
    const story = new Story();
    story.promo("10");
    story.now += HOUR;
    story.useFails("unit", "11");
    story.now -= MINUTE;
    story.use("unit", "1");
    expect(story.ledger().at(-1)?.recordedAt).toBe(START + HOUR - MINUTE);
  });
});

describe("late use", () => {
  test("reverses an expiry, draws, and brings money back to the unit", () => {
    const story = new Story();
    story.paid("3", "1.00", { expiresAt: START + DAY });
    story.spend("1");
    story.now = START + 2 * DAY;
    story.use("unit", "1.5", { occurredAt: START + DAY - 1 });
    expect(story.lines(3)).toEqual([
      "expired -2 g1 -0.67 USD",
      "expiry_reversed 1.5 g1 unit 0.5 USD",
      "consumed -1.5 g1 unit -0.5 USD",
    ]);
    expect(story.ledger().slice(2)).toMatchObject([
      { occurredAt: START + DAY, recordedAt: START + DAY },
      { occurredAt: START + DAY - 1, recordedAt: START + 2 * DAY },
      { occurredAt: START + DAY - 1, recordedAt: START + 2 * DAY },
    ]);
    story.use("unit", "0.5", { occurredAt: START });
    expect(story.grant("g1")).toMatchObject({
      expired: "0",
      status: "depleted",
      recognised: { amount: "1" },
    });
    expect(story.useFails("unit", "0.5", { occurredAt: START })).toBe("insufficient_credits");
  });

  test("draws on no grant that was not alive then; the rest may go past zero and is settled now", () => {
    const story = new Story();
    story.policy({ mode: "soft" });
    story.now += HOUR;
    story.promo("10");
    expect(story.use("unit", "4", { occurredAt: START })).toMatchObject({ overdraft: "4", available: "6" });
    expect(story.lines(2)).toEqual([
      "overdraft -4 unit",
      "overdraft_settled -4 g1 unit",
      "overdraft_settled(overdraft) 4 unit",
    ]);
    expect(story.ledger().map((entry) => entry.occurredAt)).toEqual([story.now, START, story.now, story.now]);
  });

  test("the window is 35 days back, and five minutes ahead count as now", () => {
    const story = new Story();
    const late = { occurredAt: START - 35 * DAY };
    story.promo("10", { effectiveAt: START - 40 * DAY });
    story.use("unit", "1", late);
    expect(story.useFails("unit", "1", { occurredAt: late.occurredAt - 1 })).toBe(
      "occurred_at_out_of_window",
    );
    story.use("unit", "1", { occurredAt: START + 5 * MINUTE });
    expect(story.ledger().at(-1)?.occurredAt).toBe(START);
    expect(story.useFails("unit", "1", { occurredAt: START + 5 * MINUTE + 1 })).toBe(
      "occurred_at_out_of_window",
    );
  });

  test("voided credits stay gone", () => {
    const story = new Story();
    story.promo("10");
    story.now += HOUR;
    story.do("voidGrant", { grantId: "g1" });
    expect(story.useFails("unit", "1", { occurredAt: START })).toBe("insufficient_credits");
  });

  test("credits come back from the latest expiry first", () => {
    const story = new Story();
    story.paid("3", "1.00", { expiresAt: START + DAY });
    const used = story.spend("2");
    story.now = START + DAY;
    // Lost 1 for 0.34, then 2 more that a reversal brought back for 0.66.
    story.do("reverse", { withdrawalId: used.id });
    story.use("unit", "2.5", { occurredAt: START });
    expect(story.lines(3)).toEqual([
      "expired -1 g1 -0.34 USD",
      "reversed 2 g1 0.66 USD",
      "expired -2 g1 -0.66 USD",
      "expiry_reversed 2.5 g1 unit 0.83 USD",
      "consumed -2.5 g1 unit -0.83 USD",
    ]);
  });
});
