import { describe, expect, it } from "vitest";
import { FEBRUARY, budget, by, counted, inTeam, rich, team } from "./support/budgets.js";
import { DAY, HOUR, START, TestWallet, refusal } from "./support.js";

describe("a budget", () => {
  it("denies what would pass its limit, and says when it begins anew", () => {
    const wallet = rich(budget("ann", 10));
    wallet.withdraw(by("ann", 7));
    expect(refusal(() => wallet.withdraw(by("ann", 4)))).toMatchObject({
      code: "budget_exceeded",
      details: { dimension: "user", value: "ann", limit: "10", used: "7", price: "4", resetsAt: FEBRUARY },
    });
    wallet.withdraw(by("ann", 3));
    wallet.withdraw(by("bob", 100));
    wallet.withdraw(50);
    expect(counted(wallet)).toEqual({ ann: [10, 0] });
    wallet.at(FEBRUARY);
    wallet.withdraw(by("ann", 10));
    expect(counted(wallet)).toEqual({ ann: [10, 0] });
  });

  it("counts to its parents, which deny for it", () => {
    const wallet = rich(team(12), budget("ann", 10, inTeam), budget("bob", 10, inTeam));
    wallet.withdraw(by("ann", 8));
    expect(refusal(() => wallet.withdraw(by("bob", 5)))).toMatchObject({
      details: { value: "red", used: "8" },
    });
    wallet.withdraw(by("bob", 4));
    expect(counted(wallet)).toEqual({ red: [12, 0], ann: [8, 0], bob: [4, 0] });
  });

  it("of a feature caps that only, beside one for all", () => {
    const wallet = rich(budget("ann", 10), budget("ann", 3, { feature: "image" }));
    expect(refusal(() => wallet.withdraw(by("ann", 4, "image")))).toMatchObject({
      details: { feature: "image" },
    });
    wallet.withdraw(by("ann", 3, "image"));
    wallet.withdraw(by("ann", 7));
    expect(refusal(() => wallet.withdraw(by("ann", 1)))).toMatchObject({ details: { feature: null } });
  });

  it("lets a partial withdrawal take what it leaves", () => {
    const wallet = rich(budget("ann", 10));
    expect(wallet.withdraw(by("ann", 14), { partial: true })).toMatchObject({ price: 14, shortfall: 4 });
    expect(refusal(() => wallet.withdraw(by("ann", 1), { partial: true }))).toMatchObject({
      code: "budget_exceeded",
    });
  });

  it("is asked after the balance", () => {
    const wallet = new TestWallet();
    wallet.decide(budget("ann", 1));
    expect(refusal(() => wallet.withdraw(by("ann", 5)))).toMatchObject({ code: "insufficient_credits" });
  });

  it("is shared by the lines of one event", () => {
    const wallet = rich(budget("ann", 10));
    const lines = [...by("ann", 6), ...by("ann", 6, "image")];
    expect(refusal(() => wallet.withdraw(lines))).toMatchObject({ code: "budget_exceeded" });
    expect(wallet.withdraw(lines, { partial: true })).toMatchObject({ shortfall: 2 });
  });

  it("counts late use where it was used", () => {
    const wallet = rich(budget("ann", 10));
    wallet.withdraw(by("ann", 9));
    wallet.at(FEBRUARY + DAY);
    expect(refusal(() => wallet.withdraw(by("ann", 2), { occurredAt: START + HOUR }))).toMatchObject({
      details: { used: "9", resetsAt: FEBRUARY },
    });
    wallet.withdraw(by("ann", 1), { occurredAt: START + HOUR });
    wallet.withdraw(by("ann", 10));
  });

  it("begins its periods by the clocks of its zone", () => {
    const kolkata = { timeZone: "Asia/Kolkata", anchor: Date.UTC(2023, 11, 31, 18, 30) };
    const wallet = rich(budget("ann", 10, { ...kolkata, every: { unit: "days", count: 1 } }));
    wallet.withdraw(by("ann", 10));
    wallet.at(START + 18.5 * HOUR - 1);
    expect(refusal(() => wallet.withdraw(by("ann", 1)))).toMatchObject({ code: "budget_exceeded" });
    wallet.at(START + 18.5 * HOUR);
    wallet.withdraw(by("ann", 10));
  });
});

describe("reservations", () => {
  it("count while they hold, and what is captured counts as used", () => {
    const wallet = rich(team(20), budget("ann", 10, inTeam));
    wallet.reserve("r", by("ann", 8));
    expect(counted(wallet)).toEqual({ red: [0, 8], ann: [0, 8] });
    expect(refusal(() => wallet.withdraw(by("ann", 3)))).toMatchObject({ details: { held: "8" } });
    wallet.capture("r", { quantity: 5 }, { final: false });
    expect(counted(wallet)).toEqual({ red: [5, 3], ann: [5, 3] });
    wallet.capture("r", { quantity: 1 });
    expect(counted(wallet)).toEqual({ red: [6, 0], ann: [6, 0] });
  });

  it.each(["release", "time"] as const)("give back by %s", (how) => {
    const wallet = rich(budget("ann", 10));
    wallet.reserve("r", by("ann", 8));
    if (how === "release") wallet.release("r");
    else wallet.at(START + HOUR);
    expect(counted(wallet)).toEqual({ ann: [0, 0] });
  });

  it("beyond the hold a capture takes what the budget leaves", () => {
    const wallet = rich(budget("ann", 10));
    wallet.reserve("r", by("ann", 8));
    expect(refusal(() => wallet.capture("r", { quantity: 13 }, { strict: true }))).toMatchObject({
      code: "budget_exceeded",
    });
    expect(wallet.capture("r", { quantity: 13 })).toMatchObject({ shortfall: 3 });
    expect(counted(wallet)).toEqual({ ann: [10, 0] });
  });
});

describe("corrections", () => {
  it("give back to the period of the use", () => {
    const wallet = rich(budget("ann", 10));
    const { id } = wallet.withdraw(by("ann", 10));
    wallet.at(FEBRUARY);
    wallet.withdraw(by("ann", 2));
    wallet.reverse(id, 4);
    const [ann] = [...wallet.wallet.budgets.values()];
    expect(ann?.periods.map(({ used }) => Number(used))).toEqual([6, 2]);
  });

  it("of overdraft and overage, too", () => {
    const wallet = new TestWallet({ currency: { policy: { mode: "soft" } } });
    wallet.decide(budget("ann", 10));
    const { id } = wallet.withdraw(by("ann", 8));
    expect(counted(wallet)).toEqual({ ann: [8, 0] });
    wallet.reverse(id);
    expect(counted(wallet)).toEqual({ ann: [0, 0] });
  });
});

describe("setting a budget", () => {
  it("keeps what was counted, unless the periods are others", () => {
    const wallet = rich(budget("ann", 10));
    wallet.withdraw(by("ann", 7));
    wallet.decide(budget("ann", 5));
    expect(refusal(() => wallet.withdraw(by("ann", 1)))).toMatchObject({
      details: { used: "7", limit: "5" },
    });
    wallet.decide(budget("ann", 5, { every: { unit: "days", count: 1 } }));
    wallet.withdraw(by("ann", 5));
  });

  it("removes it", () => {
    const wallet = rich(budget("ann", 1));
    wallet.decide(budget("ann", null));
    wallet.withdraw(by("ann", 100));
    expect(wallet.wallet.budgets.size).toBe(0);
  });

  it("needs its parent, and none above itself", () => {
    const wallet = rich();
    expect(refusal(() => wallet.decide(budget("ann", 1, inTeam)))).toMatchObject({
      details: { field: "parent" },
    });
    wallet.decide(team(5));
    wallet.decide(budget("ann", 1, inTeam));
    const below = { dimension: "team", parent: { dimension: "user", value: "ann" } };
    expect(refusal(() => wallet.decide(budget("red", 5, below)))).toMatchObject({ code: "invalid_input" });
  });
});
