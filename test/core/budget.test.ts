import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SetBudgetRequest } from "../../src/core/requests.js";
import { DAY, HOUR, START, TestWallet, refusal } from "./support.js";

const FEBRUARY = Date.UTC(2025, 1, 1);

function budget(value: string, limit: number | null, more: Partial<SetBudgetRequest> = {}): SetBudgetRequest {
  return {
    kind: "setBudget",
    dimension: "user",
    value,
    feature: null,
    limit: limit === null ? null : BigInt(limit),
    every: { unit: "months", count: 1 },
    anchor: Date.UTC(2024, 0, 1),
    timeZone: "UTC",
    parent: null,
    ...more,
  };
}

function team(limit: number): SetBudgetRequest {
  return budget("red", limit, { dimension: "team" });
}

const inTeam = { parent: { dimension: "team", value: "red" } };

/** A wallet with plenty of credits. */
function rich(...budgets: readonly SetBudgetRequest[]): TestWallet {
  const wallet = new TestWallet();
  wallet.grant("g", 1_000);
  for (const one of budgets) wallet.decide(one);
  return wallet;
}

const by = (user: string, amount: number, feature: string = "chat") => [[feature, amount, { user }] as const];

/** Used and held of the period under way, by value. */
function counted(wallet: TestWallet): Readonly<Record<string, readonly [number, number]>> {
  return Object.fromEntries(
    [...wallet.wallet.budgets.values()].map(({ value, periods }) => {
      const last = periods.at(-1);
      return [value, [Number(last?.used ?? 0n), Number(last?.held ?? 0n)]];
    }),
  );
}

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

it("whatever is done, no budget is passed, and each counts what its entries say", () => {
  const user = fc.constantFrom("ann", "bob");
  const amount = fc.integer({ min: 1, max: 9 });
  const action = fc.oneof(
    fc.record({ do: fc.constant("withdraw" as const), user, amount, partial: fc.boolean() }),
    fc.record({ do: fc.constant("reserve" as const), user, amount }),
    fc.record({ do: fc.constant("capture" as const), amount, final: fc.boolean() }),
    fc.record({ do: fc.constant("reverse" as const), amount }),
    fc.record({ do: fc.constant("wait" as const), amount }),
  );
  fc.assert(
    fc.property(fc.array(action, { maxLength: 25 }), (actions) => {
      const wallet = rich(team(30), budget("ann", 20, inTeam), budget("bob", 20, inTeam));
      const used: string[] = [];
      let holds = 0;
      for (const one of actions) {
        try {
          if (one.do === "withdraw") used.push(wallet.withdraw(by(one.user, one.amount), one).id);
          if (one.do === "reserve") wallet.reserve(`r${++holds}`, by(one.user, one.amount), { hours: 3 });
          if (one.do === "capture" && holds > 0) wallet.capture(`r${holds}`, { quantity: one.amount }, one);
          if (one.do === "reverse") wallet.reverse(used.at(-1) ?? "1-1", one.amount);
          if (one.do === "wait") wallet.at(wallet.now + one.amount * 0.3 * HOUR);
        } catch {
          // Denied: then nothing may have changed.
        }
        const sums = sumsOf(wallet);
        for (const [value, [counts, held]] of Object.entries(counted(wallet))) {
          expect(counts).toBe(sums[value] ?? 0);
          expect(counts + held).toBeLessThanOrEqual(value === "red" ? 30 : 20);
        }
      }
    }),
    { numRuns: 80 },
  );
});

/** Net credits by user, and of the team, from the ledger. */
function sumsOf(wallet: TestWallet): Readonly<Record<string, number>> {
  const byOperation = new Map<string, string>();
  const sums: Record<string, number> = { red: 0 };
  for (const { type, dimensions, amount, operationId } of wallet.store.ledger) {
    const user = dimensions === null ? undefined : (JSON.parse(dimensions) as { readonly user: string }).user;
    if (user !== undefined) byOperation.set(operationId, user);
    if (type !== "consumed" || user === undefined) continue;
    sums[user] = (sums[user] ?? 0) - Number(amount);
    sums["red"] = (sums["red"] ?? 0) - Number(amount);
  }
  for (const { id, back } of wallet.store.withdrawals.values())
    for (const amount of Object.values(back)) {
      const user = byOperation.get(id) ?? "";
      sums[user] = (sums[user] ?? 0) - Number(amount);
      sums["red"] = (sums["red"] ?? 0) - Number(amount);
    }
  return sums;
}
