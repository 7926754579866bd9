import { describe, expect, it } from "vitest";
import type { Entry } from "../../src/core/entry.js";
import type { Grant, GrantCost } from "../../src/core/grant.js";
import { type WalletFacts, violations } from "../../src/core/invariants.js";
import { DAY, HOUR, START, TestWallet } from "./support.js";

/** Everything that a wallet can hold: pins, a debt beside restricted credits, overage, money, a reversal, an expiry. */
function soundFacts(): WalletFacts {
  const wallet = new TestWallet({ currency: { policy: { mode: "soft" } } });
  wallet.grant("spent", 5, { cost: 50 });
  wallet.withdraw(5);
  wallet.grant("paid", 100, { cost: 1_000 });
  wallet.grant("pinned", 10, { expiresAt: START + HOUR, priority: 1 });
  wallet.grant("lost", 6, { expiresAt: START + HOUR, priority: 90 });
  wallet.reserve("r", 12, { days: 1 });
  wallet.at(START + HOUR);
  const { id } = wallet.withdraw(98);
  wallet.reverse(id, 4);
  wallet.withdraw(9);
  wallet.grant("chat", 10, { features: ["chat"] });
  wallet.setPolicy({
    mode: "overage",
    price: { amount: "0.01", currency: "USD" },
    limit: null,
    consent: null,
  });
  wallet.withdraw([["image", 3]]);
  wallet.grant("later", 7, { effectiveAt: START + DAY });
  return wallet.store.facts();
}

const SOUND = soundFacts();

function found(facts: Partial<WalletFacts>): string[] {
  return violations({ ...SOUND, ...facts }).map(({ law, what }) => `${law}: ${what}`);
}

function withGrant(id: string, change: (grant: Grant) => Partial<Grant>): Partial<WalletFacts> {
  return { grants: SOUND.grants.map((grant) => (grant.id === id ? { ...grant, ...change(grant) } : grant)) };
}

function withCost(id: string, change: (cost: GrantCost) => Partial<GrantCost>): Partial<WalletFacts> {
  return withGrant(id, ({ cost }) => ({ cost: cost && { ...cost, ...change(cost) } }));
}

function withEntry(seq: number, change: (entry: Entry) => Partial<Entry>): Partial<WalletFacts> {
  return {
    entries: SOUND.entries.map((entry) => (entry.seq === seq ? { ...entry, ...change(entry) } : entry)),
  };
}

const lastSeq = SOUND.entries.length;
const seqOf = (type: Entry["type"]) => SOUND.entries.find((entry) => entry.type === type)?.seq ?? 0;

describe("the laws of conservation", () => {
  it("hold in a wallet of everything", () => {
    expect(violations(SOUND)).toEqual([]);
    const { balance, held, overdraft, overage } = SOUND;
    expect([balance, held, overdraft, overage]).toEqual([24n, 12n, 5n, 3n]);
  });

  it("1: a grant's amount is what is left of it and what has gone", () => {
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
    expect(found(withGrant("later", (grant) => ({ amount: grant.amount + 1n })))).toEqual([
      "1: grant later: its parts do not sum to its amount",
    ]);
  });

  it("1: no part of it is negative", () => {
    const twisted = withGrant("later", (grant) => ({ consumed: -1n, voided: 1n, amount: grant.amount }));
    expect(found(twisted)).toEqual(["1: grant later: a part is negative"]);
  });

  it("1: its held credits are its pins, and the wallet's are its grants'", () => {
    const [reservation] = SOUND.reservations.filter(({ state }) => state === "held");
    const without = SOUND.reservations.map((other) =>
      other === reservation ? { ...other, pins: [] } : other,
    );
    expect(found({ reservations: without })).toEqual([
      "1: grant paid: held is not its pins",
      "1: grant pinned: held is not its pins",
    ]);
    const stray = { ...SOUND.reservations[0], pins: [{ grantId: "later", amount: 1n }] };
    expect(
      found({ reservations: [...SOUND.reservations, stray as (typeof SOUND.reservations)[number]] }),
    ).toEqual(["1: grant later: held is not its pins"]);
    expect(found({ held: SOUND.held + 1n })).toEqual(["1: the wallet's held is not its grants'"]);
  });

  it("1: one that has ended has no free credits", () => {
    const ended = "1: grant chat: it has ended with free credits";
    expect(found(withGrant("chat", () => ({ phase: "expired" })))).toEqual([ended]);
    expect(found(withGrant("chat", () => ({ phase: "voided" })))).toEqual([ended]);
    expect(found(withGrant("chat", () => ({ phase: "scheduled" })))).toEqual([]);
  });

  it("2: each entry bears the balance after it", () => {
    expect(found(withEntry(3, ({ balanceAfter }) => ({ balanceAfter: balanceAfter + 1n })))).toEqual([
      "2: entry 3: wrong balance after it",
    ]);
    expect(
      found(withEntry(seqOf("overage"), (entry) => ({ balanceAfter: entry.balanceAfter - 3n }))),
    ).toEqual([`2: entry ${seqOf("overage")}: wrong balance after it`]);
  });

  it("2: entries sum to a grant's open credits", () => {
    const moved = withEntry(3, () => ({ grantId: "later" }));
    expect(found(moved)).toEqual(
      expect.arrayContaining([
        "2: grant paid: entries are not its open credits",
        "2: grant later: entries are not its open credits",
      ]),
    );
    expect(found({ grants: SOUND.grants.filter(({ id }) => id !== "later") })).toEqual([
      "2: the balance is not its sums",
    ]);
  });

  it("2: the overdraft's sum to what is owed, overage's to the wallet's", () => {
    expect(found({ overage: SOUND.overage + 1n })).toEqual(["2: entries of overage are not the wallet's"]);
    expect(found({ overdraft: SOUND.overdraft + 1n })).toEqual([
      "2: entries of the overdraft are not what is owed",
      "2: the balance is not its sums",
      "3: debts do not sum to the overdraft",
    ]);
    expect(found({ balance: SOUND.balance + 1n })).toEqual(["2: the balance is not its sums"]);
  });

  it("3: debts sum to what is owed, and none is negative", () => {
    const [first] = SOUND.withdrawals.filter(({ debts }) => debts.length > 0);
    const withDebts = (owed: readonly bigint[]) => ({
      withdrawals: SOUND.withdrawals.map((record) =>
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
    const debts = SOUND.withdrawals.flatMap((record) => record.debts).filter(({ owed }) => owed > 0n);
    const beside = `3: the debt of entry ${debts[0]?.seq} stands beside a free credit that may pay it`;
    expect(found(withGrant("chat", () => ({ features: null })))).toEqual([beside]);
    expect(found(withGrant("later", () => ({ phase: "live" })))).toEqual([beside]);
    const ofChat = SOUND.withdrawals.map((record) => ({
      ...record,
      debts: record.debts.map((debt) => ({ ...debt, feature: "chat" })),
    }));
    expect(found({ withdrawals: ofChat })).toEqual([beside]);
    const used = withGrant("chat", (grant) => ({ features: null, remaining: 0n, consumed: grant.remaining }));
    expect(found(used)).not.toContain(beside);
  });

  it("4: a grant's entries sum to its deferred money", () => {
    const broken = "4: grant paid: entries are not its deferred money";
    expect(found(withEntry(3, () => ({ money: 999n })))).toEqual([broken]);
    expect(found(withCost("paid", ({ total }) => ({ total: total + 1n })))).toEqual([broken]);
    expect(found(withEntry(3, () => ({ money: null })))).toEqual([broken]);
  });

  it("4: no part of its cost is negative", () => {
    const negative = "4: grant paid: a part of its cost is negative";
    for (const part of ["breakage", "refunded", "moved"] as const)
      expect(found(withCost("paid", (cost) => ({ recognised: cost.recognised + 1n, [part]: -1n })))).toEqual([
        negative,
      ]);
    expect(
      found(withCost("paid", ({ recognised }) => ({ recognised: -1n, breakage: recognised + 1n }))),
    ).toEqual([negative]);
    expect(found(withCost("paid", ({ recognised }) => ({ recognised: recognised + 21n })))).toEqual([
      negative,
      "4: grant paid: entries are not its deferred money",
    ]);
  });

  it("4: nothing is deferred where nothing is open", () => {
    const closed = [
      "4: grant spent: entries are not its deferred money",
      "4: grant spent: nothing open, but money deferred",
    ];
    expect(found(withCost("spent", ({ total }) => ({ total: total + 1n })))).toEqual(closed);
  });

  it("4: promotional credits carry no money", () => {
    const chat = SOUND.entries.find(({ grantId }) => grantId === "chat")?.seq ?? 0;
    expect(found(withEntry(chat, () => ({ money: 0n })))).toEqual([
      "4: grant chat: promotional credits carry money",
    ]);
  });

  it("5: no more comes back of a withdrawal's entry than it took", () => {
    const [reversed] = SOUND.withdrawals.filter(({ back }) => Object.keys(back).length > 0);
    const [seq = "", amount = 0n] = Object.entries(reversed?.back ?? {})[0] ?? [];
    const took = -(SOUND.entries[Number(seq) - 1]?.amount ?? 0n);
    const withBack = (back: Readonly<Record<string, bigint>>) => ({
      withdrawals: SOUND.withdrawals.map((record) => (record === reversed ? { ...record, back } : record)),
    });
    const broken = (entry: string) => [
      `5: withdrawal ${reversed?.id}: entry ${entry} came back more than whole`,
    ];
    expect([amount, took > amount]).toEqual([4n, true]);
    expect(found(withBack({ [seq]: took }))).toEqual([]);
    expect(found(withBack({ [seq]: took + 1n }))).toEqual(broken(seq));
    expect(found(withBack({ [seq]: -1n }))).toEqual(broken(seq));
    expect(found(withBack({ "900": 1n }))).toEqual(broken("900"));
  });

  it("6: entries are numbered without a gap, and their instants never go back", () => {
    expect(found(withEntry(lastSeq, ({ seq }) => ({ seq: seq + 1 })))).toContain(
      `6: entry ${lastSeq + 1} stands at place ${lastSeq}`,
    );
    expect(found(withEntry(lastSeq, () => ({ recordedAt: START })))).toEqual([
      `6: entry ${lastSeq}: time goes back`,
    ]);
    expect(found(withEntry(1, () => ({ recordedAt: START - 1 })))).toEqual([]);
  });

  it("7: each entry has its receipt, or its cause in time, not both", () => {
    const expired = seqOf("expired");
    const broken = (seq: number) => [
      `7: entry ${seq}: it has neither a receipt nor a cause in time, or both`,
    ];
    expect(found(withEntry(1, () => ({ cause: "expiry" })))).toEqual(broken(1));
    expect(found(withEntry(expired, () => ({ cause: null })))).toEqual(broken(expired));
    expect(found({ operations: new Set() }).length).toBeGreaterThan(5);
  });
});
