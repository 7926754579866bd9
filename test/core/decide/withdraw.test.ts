import { describe, expect, it } from "vitest";
import { MAX_AMOUNT } from "../../../src/core/amounts.js";
import { HOUR, MINUTE, START, TestWallet, grantRequest, plain, quantityOf, refusal } from "../support.js";

const USD = (amount: string) => ({ amount, currency: "USD" });

describe("a withdrawal", () => {
  it("draws on grants in burn order, with one entry per line and grant", () => {
    const wallet = new TestWallet();
    wallet.grant("any", 10, { cost: 100 });
    wallet.grant("chat", 4, { features: ["chat"], effectiveAt: START - 1 });
    const result = wallet.withdraw([
      ["chat", 6],
      ["image", 3],
    ]);
    expect(wallet.entries).toEqual([
      ["consumed", "chat", -4],
      ["consumed", "any", -2, -20],
      ["consumed", "any", -3, -30],
    ]);
    expect(result).toEqual({
      kind: "withdrawal",
      id: `${START}-3`,
      reservationId: null,
      price: 9,
      draws: [
        { grantId: "chat", feature: "chat", amount: 4, money: null, moneyCurrency: null },
        { grantId: "any", feature: "chat", amount: 2, money: 20, moneyCurrency: "USD" },
        { grantId: "any", feature: "image", amount: 3, money: 30, moneyCurrency: "USD" },
      ],
      lines: [
        { feature: "chat", quantity: Number(quantityOf(6)), price: 6, rateVersion: "chat@1" },
        { feature: "image", quantity: Number(quantityOf(3)), price: 3, rateVersion: "image@1" },
      ],
      overdraft: 0,
      overage: 0,
      shortfall: 0,
      available: 5,
    });
  });

  it("keeps each line's feature, quantity, dimensions and rate version in its entries", () => {
    const wallet = new TestWallet({ currency: { policy: { mode: "soft" } } });
    wallet.grant("any", 4);
    wallet.withdraw([["chat", 6, { model: "large", area: "eu" }]]);
    const line = {
      feature: "chat",
      quantity: quantityOf(6),
      dimensions: '{"area":"eu","model":"large"}',
      rateVersion: "chat@1",
    };
    expect(wallet.written).toMatchObject([
      { ...line, type: "consumed", account: "grant", grantId: "any", amount: -4n },
      { ...line, type: "overdraft", account: "overdraft", grantId: null, amount: -2n },
    ]);
  });

  it("by amount draws on unrestricted grants alone and bears no feature", () => {
    const wallet = new TestWallet();
    wallet.grant("chat", 10, { features: ["chat"] });
    wallet.grant("any", 5);
    wallet.withdraw(5);
    expect(wallet.written).toMatchObject([
      { grantId: "any", amount: -5n, feature: null, quantity: null, rateVersion: null },
    ]);
    expect(refusal(() => wallet.withdraw(1)).details).toEqual({ price: "1", available: "0", shortfall: "1" });
    expect(wallet.withdraw([["chat", 10]]).available).toBe(0);
  });

  it("counts its use, by feature and quarter of an hour", () => {
    const wallet = new TestWallet();
    wallet.grant("any", 20);
    wallet.at(START + 20 * MINUTE);
    wallet.withdraw([
      ["chat", 2],
      ["image", 3],
    ]);
    const at = START + 15 * MINUTE;
    expect(wallet.counted).toEqual([
      { at, feature: "chat", group: "", quantity: quantityOf(2), amount: 2n, count: 1 },
      { at, feature: "image", group: "", quantity: quantityOf(3), amount: 3n, count: 1 },
    ]);
    wallet.withdraw(4, { occurredAt: START });
    expect(wallet.counted).toEqual([
      { at: START, feature: "", group: "", quantity: 0n, amount: 4n, count: 1 },
    ]);
  });
});

describe("a zero line", () => {
  it("succeeds on an empty wallet, with one zero entry", () => {
    const wallet = new TestWallet();
    expect(wallet.withdraw([["chat", 0]])).toMatchObject({ price: 0, draws: [], shortfall: 0, available: 0 });
    expect(wallet.entries).toEqual([["consumed", "grant", 0]]);
    expect(wallet.written[0]).toMatchObject({ feature: "chat", grantId: null, quantity: 0n, money: null });
    expect(wallet.counted).toMatchObject([{ feature: "chat", amount: 0n, count: 1 }]);
    wallet.withdraw(0);
    expect(wallet.entries).toEqual([["consumed", "grant", 0]]);
  });

  it("stands in its place among other lines", () => {
    const wallet = new TestWallet();
    wallet.grant("any", 5);
    wallet.withdraw([
      ["image", 2],
      ["chat", 0],
      ["video", 1],
    ]);
    expect(wallet.entries).toEqual([
      ["consumed", "any", -2],
      ["consumed", "grant", 0],
      ["consumed", "any", -1],
    ]);
  });

  it("succeeds where past zero is owed, and under a rate that rounds to nothing", () => {
    const wallet = new TestWallet({
      currency: { policy: { mode: "soft", limit: 1 } },
      features: { tiny: { currency: "tokens", rate: { credits: "0.1" } } },
    });
    wallet.withdraw(1);
    expect(wallet.withdraw([["tiny", 1]]).price).toBe(0);
    expect(refusal(() => wallet.withdraw(1)).code).toBe("insufficient_credits");
  });
});

describe("under `hard`", () => {
  it("what is not available is denied: all or nothing", () => {
    const wallet = new TestWallet({ currency: { scale: 2 } });
    wallet.grant("any", 550);
    expect(refusal(() => wallet.withdraw(551))).toEqual({
      code: "insufficient_credits",
      message:
        'This costs 5.51 "tokens"; 5.5 are available and 0.01 are lacking. Grant credits, or ask for less.',
      details: { price: "5.51", available: "5.5", shortfall: "0.01" },
    });
    expect(wallet.entries).toEqual([]);
    expect(wallet.withdraw(550)).toMatchObject({ available: 0, shortfall: 0 });
  });

  it("several lines pass or fail together; what may pay for them counts as available", () => {
    const wallet = new TestWallet();
    wallet.grant("chat", 5, { features: ["chat"] });
    wallet.grant("any", 2);
    expect(
      refusal(() =>
        wallet.withdraw([
          ["chat", 4],
          ["image", 3],
        ]),
      ).details,
    ).toEqual({
      price: "7",
      available: "6",
      shortfall: "1",
    });
    expect(
      wallet.withdraw([
        ["chat", 5],
        ["image", 2],
      ]).available,
    ).toBe(0);
  });

  it("`partial` draws what is there and returns the shortfall", () => {
    const wallet = new TestWallet();
    wallet.grant("any", 5);
    const result = wallet.withdraw(
      [
        ["chat", 3],
        ["image", 4],
        ["video", 2],
      ],
      { partial: true },
    );
    expect(result).toMatchObject({ price: 9, shortfall: 4, overdraft: 0, available: 0 });
    expect(wallet.entries).toEqual([
      ["consumed", "any", -3],
      ["consumed", "any", -2],
      ["consumed", "grant", 0],
    ]);
    expect(wallet.counted.map(({ feature, amount }) => [feature, amount])).toEqual([
      ["chat", 3n],
      ["image", 2n],
      ["video", 0n],
    ]);
  });

  it("a `partial` that would draw nothing is denied, unless it costs nothing", () => {
    const wallet = new TestWallet();
    expect(refusal(() => wallet.withdraw(1, { partial: true })).details).toEqual({
      price: "1",
      available: "0",
      shortfall: "1",
    });
    expect(wallet.withdraw(0, { partial: true }).shortfall).toBe(0);
    wallet.grant("any", 5);
    expect(wallet.withdraw(5, { partial: true })).toMatchObject({ shortfall: 0, available: 0 });
  });
});

describe("lines of one event", () => {
  it("cost in all what a wallet can keep, and no more", () => {
    const wallet = new TestWallet({ currency: { policy: { mode: "soft" } } });
    const lines = (second: bigint) => [
      { feature: null, amount: MAX_AMOUNT - 1n },
      { feature: null, amount: second },
    ];
    const ask = (second: bigint) => () =>
      wallet.decide({ kind: "withdraw", lines: lines(second), occurredAt: null, partial: false });
    expect(refusal(ask(2n))).toEqual({
      code: "over_limit",
      message: "The lines of this event cost more in all than a wallet can keep. Split the event.",
      details: {},
    });
    expect(ask(1n)()).toMatchObject({ overdraft: MAX_AMOUNT });
  });

  it("may be of one feature twice", () => {
    const wallet = new TestWallet();
    wallet.grant("any", 10);
    wallet.withdraw([
      ["chat", 2],
      ["chat", 3],
    ]);
    expect(wallet.entries).toEqual([
      ["consumed", "any", -2],
      ["consumed", "any", -3],
    ]);
  });

  it("leave to each other what only one grant can pay, so that the most is paid", () => {
    const wallet = new TestWallet();
    wallet.grant("both", 10, { features: ["chat", "image"] });
    wallet.grant("late", 10, { features: ["chat"], priority: 60 });
    wallet.withdraw([
      ["chat", 10],
      ["image", 10],
    ]);
    expect(wallet.entries).toEqual([
      ["consumed", "late", -10],
      ["consumed", "both", -10],
    ]);
  });
});

it("the wallet's clock never goes back", () => {
  const wallet = new TestWallet();
  wallet.at(START + HOUR);
  wallet.now = START;
  wallet.grant("any", 10);
  expect(plain(wallet.written)).toMatchObject([{ recordedAt: START + HOUR, occurredAt: START + HOUR }]);
});

it("the range counts under `overage` too", () => {
  const wallet = new TestWallet({ currency: { policy: { mode: "overage", price: USD("0") } } });
  wallet.decide(grantRequest(1), ["one"]);
  const ask = (amount: bigint) => () =>
    wallet.decide({ kind: "withdraw", lines: [{ feature: null, amount }], occurredAt: null, partial: false });
  expect(ask(MAX_AMOUNT)()).toMatchObject({ overage: MAX_AMOUNT - 1n });
  expect(ask(1n)()).toMatchObject({ overage: 1n });
  expect(refusal(ask(1n)).code).toBe("insufficient_credits");
});
