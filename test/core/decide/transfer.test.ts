import { describe, expect, it } from "vitest";
import { DAY, START, TestWallet, refusal } from "../support.js";

describe("a transfer out", () => {
  it("takes free credits in burn order, each with its cost share and terms", () => {
    const wallet = new TestWallet();
    wallet.grant("paid", 3, { cost: 1_000, displayName: "Pack", priority: 40, metadata: "{}" });
    wallet.grant("chat", 2, { features: ["chat"], expiresAt: START + DAY, priority: 30 });
    wallet.grant("later", 9, { effectiveAt: START + 1 });
    const result = wallet.transferOut(4);
    expect(wallet.entries).toEqual([
      ["transferred_out", "chat", -2],
      ["transferred_out", "paid", -2, -666],
    ]);
    expect(result).toEqual({
      kind: "transferOut",
      id: `${START}-4`,
      amount: 4,
      draws: [
        { grantId: "chat", feature: null, amount: 2, money: null, moneyCurrency: null },
        { grantId: "paid", feature: null, amount: 2, money: 666, moneyCurrency: "USD" },
      ],
      parcels: [
        {
          originGrantId: "gr:chat",
          amount: 2,
          category: "promotional",
          cost: null,
          priority: 30,
          features: ["chat"],
          expiresAt: START + DAY,
          displayName: null,
        },
        {
          originGrantId: "gr:paid",
          amount: 2,
          category: "paid",
          cost: { total: 666, currency: "USD" },
          priority: 40,
          features: null,
          expiresAt: null,
          displayName: "Pack",
        },
      ],
      available: 1,
    });
    expect(wallet.stored("paid")).toMatchObject({ moved: 2, cost: { moved: 666, recognised: 0 } });
  });

  it("of more than is free is denied, whatever the policy", () => {
    const wallet = new TestWallet({ currency: { policy: { mode: "soft" } } });
    wallet.grant("g", 10);
    wallet.reserve("r", 4);
    expect(refusal(() => wallet.transferOut(7))).toMatchObject({
      code: "insufficient_credits",
      details: { price: "7", available: "6", shortfall: "1" },
    });
    expect(wallet.transferOut(6).available).toBe(0);
  });
});

describe("a transfer in", () => {
  it("makes one grant per parcel, effective now, with what came along", () => {
    const from = new TestWallet();
    from.grant("paid", 3, { cost: 1_000, displayName: "Pack", priority: 40, metadata: "{}" });
    from.grant("chat", 2, { features: ["chat"], expiresAt: START + DAY, priority: 30 });
    const { parcels } = from.transferOut(4);
    const to = new TestWallet({}, START + 1);
    const result = to.transferIn(parcels, ["x", "y"]);
    expect(to.entries).toEqual([
      ["transferred_in", "x", 2],
      ["transferred_in", "y", 2, 666],
    ]);
    expect(result).toMatchObject({
      kind: "transferIn",
      id: `${START + 1}-1`,
      available: 4,
      grants: [
        {
          id: "x",
          amount: 2,
          category: "promotional",
          cost: null,
          source: "transfer",
          priority: 30,
          features: ["chat"],
          effectiveAt: START + 1,
          expiresAt: START + DAY,
          displayName: null,
          metadata: null,
          originGrantId: "gr:chat",
        },
        {
          id: "y",
          category: "paid",
          cost: { total: 666, currency: "USD", restartDeferred: 666, restartOpen: 2 },
          priority: 40,
          features: null,
          expiresAt: null,
          displayName: "Pack",
          originGrantId: "gr:paid",
        },
      ],
    });
  });

  it("moves each cent: what is left and what arrived recognise the whole cost", () => {
    const from = new TestWallet();
    from.grant("paid", 3, { cost: 1_000 });
    const to = new TestWallet();
    to.transferIn(from.transferOut(2).parcels, ["x"]);
    to.withdraw(1);
    expect(to.entries).toEqual([["consumed", "x", -1, -333]]);
    to.withdraw(1);
    expect(to.entries).toEqual([["consumed", "x", -1, -333]]);
    from.withdraw(1);
    expect(from.entries).toEqual([["consumed", "paid", -1, -334]]);
  });

  it("brings in what has expired by this wallet's instant, and it goes at once", () => {
    const from = new TestWallet();
    from.grant("paid", 10, { cost: 100, expiresAt: START + DAY });
    const to = new TestWallet({}, START + DAY);
    const result = to.transferIn(from.transferOut(10).parcels, ["x"]);
    expect(to.entries).toEqual([
      ["transferred_in", "x", 10, 100],
      ["expired", "x", -10, -100],
    ]);
    expect(result).toMatchObject({ available: 0, grants: [{ phase: "expired", expired: 10 }] });
  });

  it("pays debts with what arrives", () => {
    const from = new TestWallet();
    from.grant("paid", 10, { cost: 100 });
    const to = new TestWallet({ currency: { policy: { mode: "soft" } } });
    to.withdraw(4);
    expect(to.transferIn(from.transferOut(10).parcels, ["x"])).toMatchObject({
      available: 6,
      grants: [{ remaining: 6, consumed: 4 }],
    });
  });

  it("of another money than the wallet's basis is refused", () => {
    const from = new TestWallet();
    from.grant("paid", 10, { cost: [100, "EUR"] });
    const to = new TestWallet({ currency: { burnOrder: ["highestBasis"] } });
    to.grant("gift", 1);
    const { parcels } = from.transferOut(5);
    to.transferIn(parcels, ["x"]);
    expect(refusal(() => to.grant("paid", 1, { cost: 1 })).code).toBe("invalid_input");
    const dollars = new TestWallet({ currency: { burnOrder: ["highestBasis"] } });
    dollars.grant("paid", 1, { cost: 1 });
    expect(refusal(() => dollars.transferIn(parcels, ["x"])).details).toEqual({ field: "cost.currency" });
  });
});
