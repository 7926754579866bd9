import { describe, expect, it } from "vitest";
import { violations } from "../../src/core/invariants.js";
import { START } from "./support.js";
import { sound } from "./support/sound-wallet.js";

const NOTED = "5: what came back is not what withdrawals note as come back";

describe("the laws of conservation", () => {
  it("hold in a wallet of everything", () => {
    const { facts } = sound();
    expect(violations(facts)).toEqual([]);
    const { balance, held, overdraft, overage } = facts;
    expect([balance, held, overdraft, overage]).toEqual([24n, 12n, 5n, 3n]);
  });

  it("1: a grant's amount is what is left of it and what has gone", () => {
    const { found, withGrant } = sound();
    const parts = [
      "remaining",
      "held",
      "consumed",
      "expired",
      "voided",
      "adjusted",
      "refunded",
      "moved",
    ] as const;
    for (const part of parts)
      expect(found(withGrant("later", (grant) => ({ [part]: grant[part] + 1n })))).toContain(
        "1: grant later: its parts do not sum to its amount",
      );
    expect(found(withGrant("later", (grant) => ({ amount: grant.amount + 1n })))).toEqual(
      expect.arrayContaining(["1: grant later: its parts do not sum to its amount"]),
    );
  });

  it("1: no part of it is negative", () => {
    const { found, withGrant } = sound();
    const twisted = withGrant("later", (grant) => ({ consumed: -1n, voided: 1n, amount: grant.amount }));
    expect(found(twisted)).toEqual(expect.arrayContaining(["1: grant later: a part is negative"]));
  });

  it("1: its held credits are its pins, and the wallet's are its grants'", () => {
    const { facts, found } = sound();
    const [reservation] = facts.reservations.filter(({ state }) => state === "held");
    const without = facts.reservations.map((other) =>
      other === reservation ? { ...other, pins: [] } : other,
    );
    expect(found({ reservations: without })).toEqual([
      "1: grant paid: held is not its pins",
      "1: grant pinned: held is not its pins",
    ]);
    const stray = { ...facts.reservations[0], pins: [{ grantId: "later", amount: 1n }] };
    expect(
      found({ reservations: [...facts.reservations, stray as (typeof facts.reservations)[number]] }),
    ).toEqual(["1: grant later: held is not its pins"]);
    expect(found({ held: facts.held + 1n })).toEqual(["1: the wallet's held is not its grants'"]);
  });

  it("1: one that has ended has no free credits", () => {
    const { found, withGrant } = sound();
    const ended = "1: grant chat: it has ended with free credits";
    expect(found(withGrant("chat", () => ({ phase: "expired" })))).toEqual([ended]);
    expect(found(withGrant("chat", () => ({ phase: "voided" })))).toEqual([ended]);
    expect(found(withGrant("chat", () => ({ phase: "scheduled" })))).toEqual([]);
  });

  it("2: each entry bears the balance after it", () => {
    const { found, withEntry, seqOf } = sound();
    expect(found(withEntry(3, ({ balanceAfter }) => ({ balanceAfter: balanceAfter + 1n })))).toEqual([
      "2: entry 3: wrong balance after it",
    ]);
    expect(
      found(withEntry(seqOf("overage"), (entry) => ({ balanceAfter: entry.balanceAfter - 3n }))),
    ).toEqual([`2: entry ${seqOf("overage")}: wrong balance after it`]);
  });

  it("2: entries sum to a grant's open credits", () => {
    const { facts, found, withEntry } = sound();
    const moved = withEntry(3, () => ({ grantId: "later" }));
    expect(found(moved)).toEqual(
      expect.arrayContaining([
        "2: grant paid: entries are not its open credits",
        "2: grant later: entries are not its open credits",
      ]),
    );
    expect(found({ grants: facts.grants.filter(({ id }) => id !== "later") })).toEqual([
      "2: the balance is not its sums",
    ]);
  });

  it("2: the overdraft's sum to what is owed, overage's to the wallet's", () => {
    const { facts, found } = sound();
    expect(found({ overage: facts.overage + 1n })).toEqual(["2: entries of overage are not the wallet's"]);
    expect(found({ overdraft: facts.overdraft + 1n })).toEqual([
      "2: entries of the overdraft are not what is owed",
      "2: the balance is not its sums",
      "3: debts do not sum to the overdraft",
    ]);
    expect(found({ balance: facts.balance + 1n })).toEqual(["2: the balance is not its sums"]);
  });

  it("2: entries sum to the balance", () => {
    const { facts, found } = sound();
    const last = facts.entries.at(-1);
    if (last === undefined) throw new Error("no entries");
    const stray = { ...last, seq: last.seq + 1, grantId: null, amount: 1n, balanceAfter: facts.balance + 1n };
    expect(found({ entries: [...facts.entries, stray] })).toEqual(["2: the balance is not its sums"]);
  });

  it("3: debts sum to what is owed, and none is negative", () => {
    const { facts, found } = sound();
    const [first] = facts.withdrawals.filter(({ debts }) => debts.length > 0);
    const withDebts = (owed: readonly bigint[]) => ({
      withdrawals: facts.withdrawals.map((record) =>
        record === first
          ? {
              ...record,
              debts: owed.map((amount, index) => ({ seq: 900 + index, feature: null, owed: amount })),
            }
          : record,
      ),
    });
    expect(found(withDebts([4n]))).toEqual(["3: debts do not sum to the overdraft"]);
    expect(found(withDebts([6n, -1n]))).toEqual(["3: a debt is negative"]);
    expect(found(withDebts([5n, 0n]))).toEqual([]);
  });

  it("3: none stands beside a free credit that may pay it", () => {
    const { facts, found, withGrant } = sound();
    const debts = facts.withdrawals.flatMap((record) => record.debts).filter(({ owed }) => owed > 0n);
    const beside = `3: the debt of entry ${debts[0]?.seq} stands beside a free credit that may pay it`;
    expect(found(withGrant("chat", () => ({ features: null })))).toEqual([beside]);
    expect(found(withGrant("later", () => ({ phase: "live" })))).toEqual([beside]);
    const ofChat = facts.withdrawals.map((record) => ({
      ...record,
      debts: record.debts.map((debt) => ({ ...debt, feature: "chat" })),
    }));
    expect(found({ withdrawals: ofChat })).toEqual([beside]);
    const used = withGrant("chat", (grant) => ({ features: null, remaining: 0n, consumed: grant.remaining }));
    expect(found(used)).not.toContain(beside);
  });

  it("4: a grant's entries sum to its deferred money", () => {
    const { found, withCost, withEntry } = sound();
    const broken = "4: grant paid: entries are not its deferred money";
    expect(found(withEntry(3, () => ({ money: 999n })))).toContain(broken);
    expect(found(withEntry(3, () => ({ money: null })))).toContain(broken);
    expect(found(withCost("paid", ({ total }) => ({ total: total + 1n })))).toContain(broken);
    const shifted = withCost("paid", ({ recognised }) => ({ recognised: recognised - 1n, breakage: 1n }));
    expect(found(shifted)).not.toContain(broken);
  });

  it("4: no part of its cost is negative", () => {
    const { found, withCost } = sound();
    const negative = "4: grant paid: a part of its cost is negative";
    const shifted = (from: "recognised" | "breakage" | "refunded" | "moved", to: typeof from) =>
      found(withCost("paid", (cost) => ({ [from]: -1n, [to]: cost[to] + cost[from] + 1n })));
    expect(shifted("recognised", "breakage")).toContain(negative);
    expect(shifted("breakage", "recognised")).toContain(negative);
    expect(shifted("refunded", "recognised")).toContain(negative);
    expect(shifted("moved", "recognised")).toContain(negative);
    const overdrawn = (by: bigint) =>
      found(withCost("paid", ({ recognised }) => ({ recognised: recognised + by })));
    expect(overdrawn(21n)).toContain(negative);
    expect(overdrawn(20n)).not.toContain(negative);
  });

  it("4: nothing is deferred where nothing is open", () => {
    const { found, withCost } = sound();
    const deferred = (id: string) =>
      found(withCost(id, ({ total }) => ({ total: total + 1n }))).filter((what) =>
        what.includes("nothing open"),
      );
    expect(deferred("spent")).toEqual(["4: grant spent: nothing open, but money deferred"]);
    expect(deferred("paid")).toEqual([]);
  });

  it("4: promotional credits carry no money", () => {
    const { facts, found, withEntry } = sound();
    const chat = facts.entries.find(({ grantId }) => grantId === "chat")?.seq ?? 0;
    expect(found(withEntry(chat, () => ({ money: 0n })))).toEqual([
      "4: grant chat: promotional credits carry money",
    ]);
  });

  it("5: no more comes back of a withdrawal's entry than it took", () => {
    const { facts, found } = sound();
    const [reversed] = facts.withdrawals.filter(({ back }) => Object.keys(back).length > 0);
    const [seq = "", amount = 0n] = Object.entries(reversed?.back ?? {})[0] ?? [];
    const took = -(facts.entries[Number(seq) - 1]?.amount ?? 0n);
    const withBack = (back: Readonly<Record<string, bigint>>) => ({
      withdrawals: facts.withdrawals.map((record) => (record === reversed ? { ...record, back } : record)),
    });
    const broken = (entry: string) => [
      `5: withdrawal ${reversed?.id}: entry ${entry} came back more than whole`,
    ];
    expect([amount, took > amount]).toEqual([4n, true]);
    expect(found(withBack({ [seq]: took }))).toEqual([NOTED]);
    expect(found(withBack({ [seq]: took + 1n }))).toEqual([NOTED, ...broken(seq)]);
    expect(found(withBack({ [seq]: -1n }))).toEqual([NOTED, ...broken(seq)]);
    expect(found(withBack({ "900": 4n }))).toEqual(broken("900"));
    expect(found(withBack({ "1": 4n }))).toEqual([]);
  });

  it("5: what came back is what withdrawals note, and each settlement has its entry", () => {
    const { facts, found, withEntry, seqOf } = sound();
    const [owing] = facts.withdrawals.filter(({ debts }) => debts.length > 0);
    expect(found(withEntry(seqOf("reversed"), () => ({ type: "adjusted" })))).toContain(NOTED);
    const withSettlement = (seq: number, grantId: string, amount: bigint) => ({
      withdrawals: facts.withdrawals.map((record) =>
        record === owing
          ? {
              ...record,
              settlements: [
                { seq, debtSeq: 1, grantId, amount, feature: null, money: null, moneyCurrency: null },
              ],
            }
          : record,
      ),
    });
    const broken = (seq: number) => [`5: withdrawal ${owing?.id}: entry ${seq} is not its settlement`];
    expect(found(withSettlement(2, "spent", 5n))).toEqual([]);
    expect(found(withSettlement(2, "spent", 4n))).toEqual(broken(2));
    expect(found(withSettlement(2, "paid", 5n))).toEqual(broken(2));
    expect(found(withSettlement(900, "spent", 5n))).toEqual(broken(900));
  });

  it("6: entries are numbered without a gap, and their instants never go back", () => {
    const { facts, found, withEntry } = sound();
    expect(found(withEntry(facts.entries.length, ({ seq }) => ({ seq: seq + 1 })))).toContain(
      `6: entry ${facts.entries.length + 1} stands at place ${facts.entries.length}`,
    );
    expect(found(withEntry(facts.entries.length, () => ({ recordedAt: START })))).toEqual([
      `6: entry ${facts.entries.length}: time goes back`,
    ]);
    expect(found(withEntry(1, () => ({ recordedAt: START - 1 })))).toEqual([]);
  });

  it("7: each entry has its receipt, or its cause in time, not both", () => {
    const { found, withEntry, seqOf } = sound();
    const expired = seqOf("expired");
    const broken = (seq: number) => [
      `7: entry ${seq}: it has neither a receipt nor a cause in time, or both`,
    ];
    expect(found(withEntry(1, () => ({ cause: "expiry" })))).toEqual(broken(1));
    expect(found(withEntry(expired, () => ({ cause: null })))).toEqual(broken(expired));
    expect(found({ operations: new Set() }).length).toBeGreaterThan(5);
  });

  it.each(["consumed", "expired", "voided", "adjusted", "refunded", "moved"] as const)(
    "1: what a grant counts as %s is what its entries say",
    (counter) => {
      const { found, withGrant } = sound();
      const twisted = withGrant("later", (grant) => ({
        [counter]: grant[counter] + 1n,
        amount: grant.amount + 1n,
      }));
      expect(found(twisted)).toEqual([
        `1: grant later: its ${counter} is not what its entries say`,
        "1: grant later: its amount is not what its first entry says",
      ]);
    },
  );

  it("4: money may not be told of another way than its entries do", () => {
    const { found, withCost } = sound();
    const shifted = withCost("paid", ({ recognised, breakage }) => ({
      recognised: recognised - 1n,
      breakage: breakage + 1n,
    }));
    expect(found(shifted)).toEqual([
      "4: grant paid: the recognised money of its cost is not what its entries say",
      "4: grant paid: the breakage money of its cost is not what its entries say",
    ]);
  });
});
