import { describe, expect, it } from "vitest";
import { MAX_AMOUNT } from "../../../src/core/amounts.js";
import { DAY, HOUR, START, TestWallet, grantRequest, refusal } from "../support.js";

describe("credits that come back", () => {
  it("pay the debts of others", () => {
    const wallet = new TestWallet({ currency: { policy: { mode: "soft" } } });
    wallet.grant("a", 5);
    const { id } = wallet.withdraw(5);
    wallet.withdraw(3);
    expect(wallet.reverse(id).available).toBe(2);
    expect(wallet.entries).toEqual([
      ["reversed", "a", 5],
      ["overdraft_settled", "a", -3],
      ["overdraft_settled", "overdraft", 3],
    ]);
    expect(wallet.wallet.overdraft).toBe(0n);
  });

  it("to a grant that has expired or was voided go likewise, at once", () => {
    const wallet = new TestWallet();
    wallet.grant("soon", 3, { cost: 100, expiresAt: START + HOUR });
    wallet.grant("void", 4);
    const { id } = wallet.withdraw(5);
    wallet.voidGrant("void");
    wallet.at(START + HOUR);
    expect(wallet.reverse(id)).toMatchObject({ amount: 5, available: 0, grants: [] });
    expect(wallet.entries).toEqual([
      ["reversed", "void", 2],
      ["voided", "void", -2],
      ["reversed", "soon", 3, 100],
      ["expired", "soon", -3, -100],
    ]);
    expect(wallet.written[3]).toMatchObject({ actor: "ann", cause: null });
    expect(wallet.stored("soon")).toMatchObject({ expired: 3, cost: { recognised: 0, breakage: 100 } });
  });

  it("may live on in new grants, with their money and terms", () => {
    const wallet = new TestWallet();
    wallet.grant("soon", 3, {
      cost: 100,
      expiresAt: START + HOUR,
      features: ["chat"],
      priority: 7,
      displayName: "Pack",
      metadata: "{}",
    });
    wallet.grant("any", 4, { priority: 60 });
    const { id } = wallet.withdraw([["chat", 5]]);
    wallet.at(START + HOUR);
    const result = wallet.reverse(id, undefined, { until: START + DAY, ids: ["new"] });
    expect(wallet.entries).toEqual([
      ["reversed", "any", 2],
      ["reversed", "soon", 3, 100],
      ["transferred_out", "soon", -3, -100],
      ["transferred_in", "new", 3, 100],
    ]);
    expect(result.available).toBe(7);
    expect(result.grants).toMatchObject([
      {
        id: "new",
        amount: 3,
        category: "paid",
        cost: { total: 100, currency: "USD" },
        source: "regrant",
        priority: 7,
        effectiveAt: START + HOUR,
        expiresAt: START + DAY,
        features: ["chat"],
        displayName: "Pack",
        metadata: "{}",
        originGrantId: "gr:soon",
      },
    ]);
    expect(wallet.stored("soon")).toMatchObject({ moved: 3, cost: { moved: 100, breakage: 0 } });
  });

  it("of voided and promotional grants alike, one new grant per entry, for ever unless told", () => {
    const wallet = new TestWallet({ currency: { policy: { mode: "soft" } } });
    wallet.grant("void", 4);
    const { id } = wallet.withdraw([
      ["chat", 1],
      ["image", 2],
    ]);
    wallet.voidGrant("void");
    wallet.withdraw([["chat", 1]]);
    const result = wallet.reverse(id, undefined, { until: null, ids: ["x", "y"] });
    expect(result.grants).toMatchObject([
      { id: "x", amount: 2, remaining: 1, expiresAt: null, category: "promotional", cost: null },
      { id: "y", amount: 1, remaining: 1 },
    ]);
    expect(wallet.entries.slice(3)).toEqual([
      ["reversed", "void", 1],
      ["transferred_out", "void", -1],
      ["transferred_in", "y", 1],
      ["overdraft_settled", "x", -1],
      ["overdraft_settled", "overdraft", 1],
    ]);
  });

  it("stay within what a wallet can keep, though some are owed", () => {
    const wallet = new TestWallet({ currency: { policy: { mode: "soft" } } });
    wallet.grant("chat", 5, { features: ["chat"] });
    const { id } = wallet.withdraw([["chat", 5]]);
    wallet.withdraw(10);
    wallet.decide(grantRequest(MAX_AMOUNT - 3n, { features: ["chat"] }), ["most"]);
    expect(refusal(() => wallet.reverse(id, 4))).toEqual({
      code: "over_limit",
      message:
        "With the credits that this brings back the wallet would hold more than can be kept. Ask for less at a time.",
      details: {},
    });
    const [outcome] = wallet.together([{ kind: "reverse", withdrawalId: id, amount: 3n, regrant: null }]);
    expect(outcome).toMatchObject({ amount: 3n, available: MAX_AMOUNT });
  });

  it("live on only until an instant to come", () => {
    const wallet = new TestWallet();
    wallet.grant("a", 4);
    const { id } = wallet.withdraw(1);
    expect(refusal(() => wallet.reverse(id, undefined, { until: START, ids: [] }))).toEqual({
      code: "invalid_input",
      message: "`regrant.expiresAt` must be in the future.",
      details: { field: "regrant.expiresAt" },
    });
    expect(wallet.reverse(id, undefined, { until: START + 1, ids: [] }).grants).toEqual([]);
  });
});
