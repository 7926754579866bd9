import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FEBRUARY, budget, by, counted, inTeam, rich, team } from "./support/budgets.js";
import { DAY, HOUR, TestWallet, refusal } from "./support.js";

const teamOf = (value: string, parent?: string) =>
  budget(value, 20, {
    dimension: "team",
    ...(parent === undefined ? {} : { parent: { dimension: "team", value: parent } }),
  });

describe("what neither the balance nor a budget allows", () => {
  it("is denied for the balance, with what is lacking of the price", () => {
    const wallet = new TestWallet();
    wallet.grant("g", 20);
    wallet.decide(budget("ann", 10));
    for (const more of [{}, { partial: false }])
      expect(refusal(() => wallet.withdraw(by("ann", 30), more))).toMatchObject({
        code: "insufficient_credits",
        details: { price: "30", available: "20", shortfall: "10" },
      });
    expect(refusal(() => wallet.withdraw(by("ann", 20)))).toMatchObject({ code: "budget_exceeded" });
  });

  it("in part, too", () => {
    const wallet = new TestWallet();
    wallet.decide(budget("ann", 0));
    const half = () => wallet.withdraw(by("ann", 1), { partial: true });
    expect(refusal(half)).toMatchObject({ code: "insufficient_credits" });
    wallet.decide(budget("ann", 10));
    expect(refusal(() => wallet.withdraw(by("ann", 30), { partial: true }))).toMatchObject({
      code: "insufficient_credits",
      details: { price: "30", available: "0", shortfall: "30" },
    });
    wallet.decide(budget("ann", 0));
    wallet.grant("g", 1);
    expect(refusal(half)).toMatchObject({ code: "budget_exceeded" });
  });
});

it("of two that leave as little, the one is named that begins anew last", () => {
  const daily = { every: { unit: "days", count: 1 } } as const;
  for (const order of [
    [team(10), budget("ann", 10, { ...inTeam, ...daily })],
    [budget("red", 10, { dimension: "team", ...daily }), budget("ann", 10, inTeam)],
  ])
    expect(refusal(() => rich(...order).withdraw(by("ann", 11))).details["resetsAt"]).toBe(FEBRUARY);
});

describe("a capture", () => {
  it("draws on pins of another's line only what the budget leaves", () => {
    const wallet = rich(budget("ann", 50));
    wallet.reserve("r", [...by("ann", 10), ...by("bob", 90)]);
    const one = wallet.capture("r", [...by("ann", 100), ...by("bob", 0)]);
    expect([one.price, one.shortfall]).toEqual([100, 50]);
    expect(counted(wallet)).toEqual({ ann: [50, 0] });
  });

  it("by somebody for whom nothing was reserved does so, too, unless it is strict", () => {
    const wallet = rich(budget("ann", 50));
    wallet.reserve("r", by("bob", 100));
    expect(refusal(() => wallet.capture("r", by("ann", 80), { strict: true }))).toMatchObject({
      code: "budget_exceeded",
      details: { value: "ann", used: "0" },
    });
    expect(wallet.capture("r", by("ann", 80))).toMatchObject({ shortfall: 30 });
  });

  it("leaves to each line what was reserved for it, though another drew its pins", () => {
    const wallet = rich(budget("ann", 100), budget("bob", 90));
    wallet.reserve("r", [...by("ann", 10), ...by("bob", 90)]);
    wallet.capture("r", by("ann", 50), { final: false });
    expect(counted(wallet)).toEqual({ ann: [50, 0], bob: [0, 90] });
    expect(wallet.capture("r", by("bob", 90), { final: false })).toMatchObject({ shortfall: 0 });
    expect(counted(wallet)).toEqual({ ann: [50, 0], bob: [90, 0] });
  });

  it("that is final may use what other lines of the same budget leave of the hold", () => {
    const lines = [...by("ann", 10), ...by("ann", 10, "image")];
    const chat = [...by("ann", 20), ...by("ann", 0, "image")];
    const last = rich(budget("ann", 20));
    last.reserve("r", lines);
    expect(last.capture("r", chat)).toMatchObject({ shortfall: 0 });
    const first = rich(budget("ann", 20));
    first.reserve("r", lines);
    expect(first.capture("r", chat, { final: false })).toMatchObject({ shortfall: 10 });
    expect(counted(first)).toEqual({ ann: [10, 10] });
  });

  it("gets what was reserved, though the limit fell, or was set, or began anew since", () => {
    for (const since of [
      budget("ann", 10),
      budget("ann", 10, { every: { unit: "days", count: 1 } }),
      budget("ann", 10, { feature: "chat" }),
    ]) {
      const wallet = rich(budget("ann", 50));
      wallet.reserve("r", by("ann", 30));
      wallet.decide(since);
      expect(wallet.capture("r")).toMatchObject({ shortfall: 0 });
      expect(refusal(() => wallet.withdraw(by("ann", 1))).code).toBe("budget_exceeded");
    }
  });

  it("of one line leaves held what was reserved for others of the same team", () => {
    const wallet = rich(team(30), budget("ann", 20, inTeam), budget("bob", 20, inTeam));
    wallet.reserve("r", [...by("ann", 10), ...by("bob", 10)]);
    wallet.capture("r", by("ann", 15), { final: false });
    expect(counted(wallet)).toEqual({ red: [15, 10], ann: [15, 0], bob: [0, 10] });
  });

  it.each([
    ["of a count that began anew", (wallet: TestWallet) => wallet.decide(budget("ann", null))],
    ["of another period", (wallet: TestWallet) => wallet.at(FEBRUARY)],
  ])("beyond a hold %s finds all of that taken", (_, since) => {
    const wallet = rich(budget("ann", 10));
    wallet.at(FEBRUARY - HOUR / 2);
    wallet.reserve("r", by("ann", 8));
    since(wallet);
    wallet.decide(budget("ann", 10));
    expect(wallet.capture("r", { quantity: 20 })).toMatchObject({ shortfall: 10 });
    expect(counted(wallet)).toEqual({ ann: [10, 0] });
  });

  it("after the timeout takes what the budget leaves", () => {
    const wallet = rich(budget("ann", 10));
    wallet.reserve("r", by("ann", 8));
    wallet.at(wallet.now + HOUR);
    wallet.withdraw(by("ann", 7));
    expect(wallet.capture("r")).toMatchObject({ price: 8, shortfall: 5 });
  });

  it("counts in the period in which it comes, beside what was used there", () => {
    const wallet = rich(budget("ann", 10));
    wallet.at(FEBRUARY - HOUR / 2);
    wallet.reserve("r", by("ann", 8));
    wallet.at(FEBRUARY);
    wallet.withdraw(by("ann", 10));
    wallet.capture("r");
    expect(counted(wallet)).toEqual({ ann: [18, 0] });
  });
});

it("a hold of a budget that was removed and set anew frees nothing of the new one", () => {
  const wallet = rich(budget("ann", 10));
  wallet.reserve("old", by("ann", 8));
  wallet.decide(budget("ann", null));
  wallet.decide(budget("ann", 10));
  wallet.reserve("new", by("ann", 8));
  wallet.release("old");
  expect(counted(wallet)).toEqual({ ann: [0, 8] });
});

it("periods to which no late use can come are forgotten, and stay so", () => {
  const wallet = rich(budget("ann", 10, { every: { unit: "days", count: 1 } }));
  const { id } = wallet.withdraw(by("ann", 3));
  for (let day = 1; day <= 60; day++) wallet.at(wallet.now + DAY).withdraw(by("ann", 3));
  wallet.reverse(id);
  const [ann] = wallet.wallet.budgets.values();
  // The window of 35 days, and today.
  expect(ann?.periods.map(({ used }) => Number(used))).toEqual(Array.from({ length: 36 }, () => 3));
});

describe("reversals give back what was counted", () => {
  it("and no use of before there was the budget", () => {
    const wallet = rich();
    const { id } = wallet.withdraw(by("ann", 100));
    wallet.decide(budget("ann", 50));
    wallet.withdraw(by("ann", 40));
    wallet.reverse(id);
    expect(counted(wallet)).toEqual({ ann: [40, 0] });
  });

  it("to a parent from when it was one", () => {
    const wallet = rich(team(50), budget("ann", 50));
    const { id } = wallet.withdraw(by("ann", 30));
    wallet.decide(budget("ann", 50, inTeam));
    const later = wallet.withdraw(by("ann", 10));
    wallet.reverse(id);
    expect(counted(wallet)).toEqual({ red: [10, 0], ann: [10, 0] });
    wallet.reverse(later.id);
    expect(counted(wallet)).toEqual({ red: [0, 0], ann: [0, 0] });
  });

  it("and nothing to a parent that is one no more", () => {
    const wallet = rich(team(50), budget("ann", 50, inTeam));
    const { id } = wallet.withdraw(by("ann", 30));
    wallet.decide(budget("ann", 50));
    wallet.reverse(id);
    expect(counted(wallet)).toEqual({ red: [30, 0], ann: [0, 0] });
  });

  it("and of overdraft that was settled since, once", () => {
    const wallet = new TestWallet({ currency: { policy: { mode: "soft" } } });
    wallet.decide(budget("ann", 10));
    const { id } = wallet.withdraw(by("ann", 8));
    wallet.grant("g", 5);
    wallet.reverse(id, 4);
    expect(counted(wallet)).toEqual({ ann: [4, 0] });
    wallet.reverse(id);
    expect(counted(wallet)).toEqual({ ann: [0, 0] });
  });
});

describe("budgets above each other", () => {
  it("stay while others count to them", () => {
    const wallet = rich(teamOf("org"), teamOf("red", "org"), budget("ann", 20, inTeam));
    const remove = () => wallet.decide(budget("red", null, { dimension: "team" }));
    expect(refusal(remove)).toMatchObject({ code: "invalid_input", details: { field: "limit" } });
    wallet.decide(budget("ann", 20, { parent: { dimension: "team", value: "org" } }));
    remove();
    wallet.withdraw(by("ann", 5));
    expect(counted(wallet)).toEqual({ org: [5, 0], ann: [5, 0] });
  });

  it("may go where their owner has another", () => {
    const wallet = rich(
      team(20),
      budget("red", 5, { dimension: "team", feature: "image" }),
      budget("ann", 9, inTeam),
    );
    wallet.decide(budget("red", null, { dimension: "team" }));
    expect(wallet.wallet.budgets.size).toBe(2);
  });

  it("are eight at most, however they were joined", () => {
    const names = [1, 2, 3, 4, 5, 6, 7, 8];
    const wallet = rich();
    for (const number of names) {
      wallet.decide(teamOf(`a${number}`, number === 1 ? undefined : `a${number - 1}`));
      wallet.decide(teamOf(`b${number}`, number === 1 ? undefined : `b${number - 1}`));
    }
    expect(refusal(() => wallet.decide(teamOf("a1", "b2")))).toMatchObject({ details: { field: "parent" } });
    wallet.decide(teamOf("a1", "b1"));
    wallet.withdraw([["chat", 5, { team: "a8" }]]);
    expect(counted(wallet)).toMatchObject({ a8: [5, 0], a1: [5, 0], b1: [5, 0], b2: [0, 0] });
  });
});

const user = fc.constantFrom("ann", "bob");
const feature = fc.constantFrom("chat", "image");
const amount = fc.integer({ min: 1, max: 9 });
const isSo = fc.boolean();
const use = { user, feature, amount };
const action = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ ...use, do: fc.constant("withdraw" as const), partial: isSo, late: isSo }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("reserve" as const), ann: amount, bob: amount, feature }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      ...use,
      do: fc.constant("capture" as const),
      hold: amount,
      final: isSo,
      strict: isSo,
    }),
  },
  fc.record({ do: fc.constant("release" as const), hold: amount }),
  fc.record({ do: fc.constant("reverse" as const), amount, which: amount }),
  fc.record({ do: fc.constant("wait" as const), amount }),
);
const setting = fc.record({
  ...use,
  do: fc.constant("set" as const),
  parent: isSo,
  daily: isSo,
  byFeature: isSo,
  isGone: isSo,
});

/** Does one thing, or is denied: then nothing has changed. All sums are compared with the ledger after each. */
function act(
  wallet: TestWallet,
  used: string[],
  one: typeof action extends fc.Arbitrary<infer A> ? A : never,
): void {
  const holds = [...wallet.store.reservations.keys()];
  const holdAt = (place: number) => holds[place % Math.max(1, holds.length)] ?? "none";
  try {
    if (one.do === "withdraw")
      used.push(
        wallet.withdraw(by(one.user, one.amount, one.feature), {
          partial: one.partial,
          ...(one.late ? { occurredAt: wallet.now - 5 * HOUR } : {}),
        }).id,
      );
    if (one.do === "reserve")
      wallet.reserve(`r${holds.length}`, [...by("ann", one.ann, one.feature), ...by("bob", one.bob)], {
        hours: 3,
      });
    if (one.do === "capture")
      used.push(wallet.capture(holdAt(one.hold), by(one.user, one.amount, one.feature), one).id);
    if (one.do === "release") wallet.release(holdAt(one.hold));
    if (one.do === "reverse") wallet.reverse(used[one.which % Math.max(1, used.length)] ?? "1-1", one.amount);
    if (one.do === "wait") wallet.at(wallet.now + one.amount * 0.3 * HOUR);
  } catch (error) {
    refusal(() => {
      throw error;
    });
  }
}

it("whatever is done, no budget is passed", () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 25 }), (actions) => {
      const wallet = rich(team(30), budget("ann", 20, inTeam), budget("bob", 20, inTeam));
      const used: string[] = [];
      for (const one of actions) {
        act(wallet, used, one);
        for (const [value, [counts, held]] of Object.entries(counted(wallet)))
          expect(counts + held).toBeLessThanOrEqual(value === "red" ? 30 : 20);
      }
    }),
    { numRuns: 80 },
  );
});

it("however budgets are set in between, they count what the ledger says", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(action, setting), { maxLength: 30 }), fc.boolean(), (actions, isSoft) => {
      const wallet = new TestWallet(isSoft ? { currency: { policy: { mode: "soft" } } } : {});
      wallet.grant("g", isSoft ? 20 : 500);
      wallet.decide(team(60));
      const used: string[] = [];
      for (const one of actions)
        if (one.do !== "set") act(wallet, used, one);
        else
          wallet.decide(
            budget(one.user, one.isGone ? null : one.amount * 5, {
              ...(one.parent ? inTeam : {}),
              feature: one.byFeature ? one.feature : null,
              every: { unit: one.daily ? "days" : "months", count: 1 },
            }),
          );
    }),
    { numRuns: 80 },
  );
});
