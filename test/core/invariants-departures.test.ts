import { describe, expect, it } from "vitest";
import type { Entry } from "../../src/core/entry.js";
import type { Grant, GrantCost } from "../../src/core/grant.js";
import { departures } from "../../src/core/invariants-departures.js";
import type { WalletFacts } from "../../src/core/invariants.js";
import { DAY, HOUR, START, TestWallet } from "./support.js";

/** Credits that came and went in every way: 100 paid credits at 10 minor units each. */
function eventful(): WalletFacts {
  const wallet = new TestWallet({ currency: { policy: { mode: "soft" } } });
  wallet.withdraw(3);
  wallet.grant("paid", 100, { cost: 1_000, expiresAt: START + HOUR });
  const { id } = wallet.withdraw(20);
  wallet.reverse(id, 5);
  wallet.refund("paid", 10);
  wallet.adjust(-4, { grantId: "paid" });
  const { parcels } = wallet.transferOut(6);
  wallet.transferIn(parcels, ["arrived"]);
  wallet.adjust(2, { id: "up" });
  wallet.grant("void", 8, { cost: 80, expiresAt: START + DAY });
  wallet.voidGrant("void");
  wallet.at(START + HOUR);
  wallet.withdraw(7, { occurredAt: START });
  return wallet.store.facts();
}

function damaged() {
  const facts = eventful();
  const found = (change: Partial<WalletFacts>) =>
    departures({ ...facts, ...change }).map(({ law, what }) => `${law}: ${what}`);
  const withGrant = (id: string, change: (grant: Grant) => Partial<Grant>) =>
    found({
      grants: facts.grants.map((grant) => (grant.id === id ? { ...grant, ...change(grant) } : grant)),
    });
  const withCost = (change: (cost: GrantCost) => Partial<GrantCost>) =>
    withGrant("paid", ({ cost }) => ({ cost: cost && { ...cost, ...change(cost) } }));
  const withEntry = (type: Entry["type"], change: Partial<Entry>) => {
    const index = facts.entries.findIndex((entry) => entry.type === type && entry.grantId === "paid");
    return found({
      entries: facts.entries.map((entry, at) => (at === index ? { ...entry, ...change } : entry)),
    });
  };
  return { facts, found, withGrant, withCost, withEntry };
}

describe("what a grant counts as gone", () => {
  it("is what its entries say, however credits came and went", () => {
    const { facts, found } = damaged();
    expect(found({})).toEqual([]);
    expect(facts.grants.find(({ id }) => id === "paid")).toMatchObject({
      consumed: 19n,
      expired: 61n,
      adjusted: 4n,
      refunded: 10n,
      moved: 6n,
      cost: { recognised: 190n, breakage: 650n, refunded: 100n, moved: 60n },
    });
  });

  it("counter by counter", () => {
    const { withGrant } = damaged();
    for (const counter of ["consumed", "expired", "voided", "adjusted", "refunded", "moved"] as const)
      expect(withGrant("paid", (grant) => ({ [counter]: grant[counter] + 1n }))).toEqual([
        `1: grant paid: its ${counter} is not what its entries say`,
      ]);
    expect(withGrant("void", () => ({ voided: 7n }))).toEqual([
      "1: grant void: its voided is not what its entries say",
    ]);
  });

  it("and its amount is what came in, by a grant, a transfer or an adjustment up", () => {
    const { withGrant } = damaged();
    for (const id of ["paid", "arrived", "up"])
      expect(withGrant(id, ({ amount }) => ({ amount: amount + 1n }))).toEqual([
        `1: grant ${id}: its amount is not what its first entry says`,
      ]);
  });

  it("in money, part by part", () => {
    const { withCost } = damaged();
    for (const part of ["total", "recognised", "breakage", "refunded", "moved"] as const)
      expect(withCost((cost) => ({ [part]: cost[part] + 1n }))).toEqual([
        `4: grant paid: the ${part} money of its cost is not what its entries say`,
      ]);
  });

  it("entry by entry", () => {
    const { withEntry } = damaged();
    const parts = [
      ["consumed", "consumed", "recognised"],
      ["overdraft_settled", "consumed", "recognised"],
      ["reversed", "consumed", "recognised"],
      ["expired", "expired", "breakage"],
      ["expiry_reversed", "expired", "breakage"],
      ["adjusted", "adjusted", "breakage"],
      ["refunded", "refunded", "refunded"],
      ["transferred_out", "moved", "moved"],
    ] as const;
    for (const [type, counter, part] of parts) {
      expect(withEntry(type, { amount: -1n })).toContain(
        `1: grant paid: its ${counter} is not what its entries say`,
      );
      expect(withEntry(type, { money: null })).toEqual([
        `4: grant paid: the ${part} money of its cost is not what its entries say`,
      ]);
    }
    expect(withEntry("granted", { money: 999n })).toEqual([
      "4: grant paid: the total money of its cost is not what its entries say",
    ]);
  });

  it("promotional credits carry no money to be told", () => {
    const { withGrant } = damaged();
    expect(withGrant("paid", () => ({ cost: null }))).toEqual([]);
  });
});
