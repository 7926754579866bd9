import { describe, expect, it } from "vitest";
import { START, TestWallet } from "../support.js";

describe("a policy that is set on the wallet", () => {
  it("holds from now on, without an entry; null is the currency's again", () => {
    const wallet = new TestWallet();
    expect(wallet.setPolicy({ mode: "soft", limit: 5n })).toEqual({
      kind: "policy",
      policy: { mode: "soft", limit: 5 },
    });
    expect(wallet.entries).toEqual([]);
    expect(wallet.withdraw(5).overdraft).toBe(5);
    expect(wallet.setPolicy(null)).toEqual({ kind: "policy", policy: { mode: "hard" } });
    expect(wallet.wallet.policy).toBeNull();
  });

  it("leaves a receipt under an id of its own", () => {
    const wallet = new TestWallet();
    wallet.decide({ kind: "setPolicy", policy: null }, ["own"]);
    expect([...wallet.store.operations]).toEqual(["own"]);
    wallet.grant("g", 1);
    expect([...wallet.store.operations]).toEqual(["own", `${START}-1`]);
  });
});
