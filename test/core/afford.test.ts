import { describe, expect, it } from "vitest";
import { MAX_AMOUNT } from "../../src/core/amounts.js";
import { affordable } from "../../src/core/afford.js";
import { Draft } from "../../src/core/draft.js";
import { HOUR, START, TestWallet, type Use, linesOf, quantityOf, refusal } from "./support.js";

const FEATURES = {
  token: { currency: "tokens", rate: { credits: 2, per: 1000 } },
  free: { currency: "tokens", rate: { credits: 0 } },
  tiny: { currency: "tokens", rate: { credits: "0.1", rounding: "up" } },
  sized: { currency: "tokens", rate: { match: [{ when: { size: "l" }, rate: { credits: 3 } }] } },
} as const;

function walletOf(policy?: { mode: "soft"; limit: number }): TestWallet {
  const wallet = new TestWallet({ features: FEATURES, currency: policy === undefined ? {} : { policy } });
  wallet.grant("any", 10);
  wallet.grant("chat", 5, { features: ["chat"] });
  return wallet;
}

function afford(wallet: TestWallet, use: Use, occurredAt: number | null = null) {
  const draft = new Draft(wallet.wallet, wallet.terms, wallet.store.knownFor([], wallet.now));
  return affordable(draft, linesOf(use), occurredAt);
}

describe("how much would pass", () => {
  it("of an amount: what unrestricted credits have, and the room past zero", () => {
    expect(afford(walletOf(), 1)).toEqual({ available: 10n, largest: 10n });
    expect(afford(walletOf({ mode: "soft", limit: 4 }), 1)).toEqual({ available: 10n, largest: 14n });
    const unlimited = walletOf();
    unlimited.setPolicy({ mode: "soft", limit: null });
    expect(afford(unlimited, 1).largest).toBe(MAX_AMOUNT);
  });

  it("of a feature: the largest quantity, in whole units, or in the places of the quantity asked for", () => {
    expect(afford(walletOf(), [["chat", 1]])).toEqual({ available: 15n, largest: quantityOf(15) });
    expect(afford(walletOf(), [["chat", 500]]).largest).toBe(quantityOf(15));
    expect(afford(walletOf(), [["token", 1]])).toEqual({ available: 10n, largest: quantityOf(5_249) });
    expect(afford(walletOf(), [["token", "0.5"]]).largest).toBe(quantityOf("5249.9"));
    expect(afford(walletOf({ mode: "soft", limit: 1 }), [["image", 9]]).largest).toBe(quantityOf(11));
  });

  it("without a bound of what costs nothing", () => {
    expect(afford(walletOf(), [["free", 1]])).toEqual({ available: 10n, largest: null });
    expect(afford(new TestWallet({ features: FEATURES }), [["free", 1]])).toEqual({
      available: 0n,
      largest: null,
    });
  });

  it("nothing, of an empty wallet", () => {
    expect(afford(new TestWallet(), [["chat", 1]])).toEqual({ available: 0n, largest: 0n });
    expect(afford(new TestWallet(), 1)).toEqual({ available: 0n, largest: 0n });
  });

  it("of an event with several lines: how often it could happen", () => {
    const event: Use = [
      ["chat", 3],
      ["image", 2],
    ];
    expect(afford(walletOf(), event)).toEqual({ available: 15n, largest: 3n });
    expect(
      afford(walletOf(), [
        ["free", 1],
        ["free", 2],
      ]).largest,
    ).toBeNull();
    expect(afford(new TestWallet(), event)).toEqual({ available: 0n, largest: 0n });
  });

  it("of nothing asked for: any number of times", () => {
    expect(afford(walletOf(), [])).toEqual({ available: 0n, largest: null });
  });

  it("of what cannot be priced: none", () => {
    expect(afford(walletOf(), [["sized", 1, { size: "s" }]]).largest).toBe(0n);
    expect(afford(walletOf(), [["sized", 1, { size: "l" }]]).largest).toBe(quantityOf(3));
  });

  it("at an instant in the past: of what was alive then", () => {
    const wallet = walletOf();
    wallet.grant("old", 3, { effectiveAt: START - HOUR });
    expect(afford(wallet, 1, START - 1).largest).toBe(3n);
    expect(afford(wallet, 1, START).largest).toBe(13n);
    expect(refusal(() => afford(wallet, 1, START + HOUR)).code).toBe("occurred_at_out_of_window");
  });
});
