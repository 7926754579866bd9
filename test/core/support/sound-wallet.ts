import type { Entry } from "../../../src/core/entry.js";
import type { Grant, GrantCost } from "../../../src/core/grant.js";
import { type WalletFacts, violations } from "../../../src/core/invariants.js";
import { DAY, HOUR, START, TestWallet } from "../support.js";

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

type Facts = Partial<WalletFacts>;

/** A sound wallet, ways to damage a part of it, and what is found then. */
export function sound() {
  const facts = soundFacts();
  const found = (change: Facts) =>
    violations({ ...facts, ...change }).map(({ law, what }) => `${law}: ${what}`);
  const withGrant = (id: string, change: (grant: Grant) => Partial<Grant>): Facts => ({
    grants: facts.grants.map((grant) => (grant.id === id ? { ...grant, ...change(grant) } : grant)),
  });
  const withCost = (id: string, change: (cost: GrantCost) => Partial<GrantCost>): Facts =>
    withGrant(id, ({ cost }) => ({ cost: cost && { ...cost, ...change(cost) } }));
  const withEntry = (seq: number, change: (entry: Entry) => Partial<Entry>): Facts => ({
    entries: facts.entries.map((entry) => (entry.seq === seq ? { ...entry, ...change(entry) } : entry)),
  });
  const seqOf = (type: Entry["type"]) => facts.entries.find((entry) => entry.type === type)?.seq ?? 0;
  return { facts, found, withGrant, withCost, withEntry, seqOf };
}
