import { sum } from "./amounts.js";
import type { Entry } from "./entry.js";
import { type Grant, deferredOf, openCredits } from "./grant.js";
import { departures } from "./invariants-departures.js";
import { mayPay } from "./wallet.js";
import type { Reservation, WithdrawalRecord } from "./records.js";

/** Everything that is stored of one wallet, after due effects. */
export interface WalletFacts {
  readonly grants: readonly Grant[];
  readonly reservations: readonly Reservation[];
  readonly withdrawals: readonly WithdrawalRecord[];
  readonly entries: readonly Entry[];
  /** Ids of the operations that left a receipt. */
  readonly operations: ReadonlySet<string>;
  readonly balance: bigint;
  readonly held: bigint;
  readonly overdraft: bigint;
  readonly overage: bigint;
}

/** A law of conservation that does not hold, and where. */
export interface Violation {
  readonly law: number;
  readonly what: string;
}

/**
 * The laws of conservation, from scratch:
 * 1. a grant's amount is what is left of it and what has gone; its held credits are its pins;
 * 2. entries sum to open credits and to what is owed, and each bears the balance after it;
 * 3. no debt stands beside a free credit that may pay it;
 * 4. a grant's cost is deferred, recognised, breakage, refunded or moved, and what is not open is not deferred;
 * 5. no more is taken back of a withdrawal than it took;
 * 6. entries are numbered without a gap, and their instants never go back;
 * 7. each entry has its receipt or its cause in time.
 *
 * @returns what is wrong; empty where all laws hold.
 */
export function violations(facts: WalletFacts): readonly Violation[] {
  return [
    ...creditsOfGrants(facts),
    ...departures(facts),
    ...sumsOfEntries(facts),
    ...unpaidDebts(facts),
    ...moneyOfGrants(facts),
    ...reversals(facts),
    ...order(facts),
    ...origins(facts),
  ];
}

function when(broken: boolean, law: number, what: string): readonly Violation[] {
  return broken ? [{ law, what }] : [];
}

function creditsOfGrants({ grants, reservations, held }: WalletFacts): readonly Violation[] {
  const pins = new Map<string, bigint>();
  for (const { grantId, amount } of reservations.flatMap((reservation) => reservation.pins))
    pins.set(grantId, (pins.get(grantId) ?? 0n) + amount);
  return [
    ...grants.flatMap((grant) => {
      const { remaining, consumed, expired, voided, adjusted, refunded, moved } = grant;
      const parts = [remaining, grant.held, consumed, expired, voided, adjusted, refunded, moved];
      return [
        ...when(sum(parts) !== grant.amount, 1, `grant ${grant.id}: its parts do not sum to its amount`),
        ...when(
          parts.some((part) => part < 0n),
          1,
          `grant ${grant.id}: a part is negative`,
        ),
        ...when(grant.held !== (pins.get(grant.id) ?? 0n), 1, `grant ${grant.id}: held is not its pins`),
        ...when(
          (grant.phase === "expired" || grant.phase === "voided") && remaining !== 0n,
          1,
          `grant ${grant.id}: it has ended with free credits`,
        ),
      ];
    }),
    ...when(sum(grants.map((grant) => grant.held)) !== held, 1, "the wallet's held is not its grants'"),
  ];
}

function sumsOfEntries({ entries, grants, balance, overdraft, overage }: WalletFacts): readonly Violation[] {
  const open = new Map<string, bigint>();
  let running = 0n;
  const found: Violation[] = [];
  for (const { account, grantId, amount, balanceAfter, seq } of entries) {
    if (account !== "overage") running += amount;
    if (balanceAfter !== running) found.push({ law: 2, what: `entry ${seq}: wrong balance after it` });
    const of = account === "grant" ? (grantId ?? "") : account;
    open.set(of, (open.get(of) ?? 0n) + amount);
  }
  const grantsOpen = sum(grants.map(openCredits));
  return [
    ...found,
    ...grants.flatMap((grant) =>
      when(
        (open.get(grant.id) ?? 0n) !== openCredits(grant),
        2,
        `grant ${grant.id}: entries are not its open credits`,
      ),
    ),
    ...when(-(open.get("overdraft") ?? 0n) !== overdraft, 2, "entries of the overdraft are not what is owed"),
    ...when(-(open.get("overage") ?? 0n) !== overage, 2, "entries of overage are not the wallet's"),
    ...when(running !== balance || grantsOpen - overdraft !== balance, 2, "the balance is not its sums"),
  ];
}

function unpaidDebts({ grants, withdrawals, overdraft }: WalletFacts): readonly Violation[] {
  const debts = withdrawals.flatMap((withdrawal) => withdrawal.debts).filter((debt) => debt.owed !== 0n);
  const free = grants.filter((grant) => grant.phase === "live" && grant.remaining > 0n);
  return [
    ...when(sum(debts.map((debt) => debt.owed)) !== overdraft, 3, "debts do not sum to the overdraft"),
    ...when(
      debts.some((debt) => debt.owed < 0n),
      3,
      "a debt is negative",
    ),
    ...debts.flatMap(({ feature, seq }) =>
      when(
        free.some((grant) => mayPay(grant.features, feature)),
        3,
        `the debt of entry ${seq} stands beside a free credit that may pay it`,
      ),
    ),
  ];
}

function moneyOfGrants({ grants, entries }: WalletFacts): readonly Violation[] {
  const deferred = new Map<string, bigint>();
  for (const { account, grantId, money } of entries)
    if (account === "grant" && grantId !== null && money !== null)
      deferred.set(grantId, (deferred.get(grantId) ?? 0n) + money);
  return grants.flatMap((grant) => {
    const { cost, id } = grant;
    if (cost === null) return when(deferred.has(id), 4, `grant ${id}: promotional credits carry money`);
    const parts = [deferredOf(cost), cost.recognised, cost.breakage, cost.refunded, cost.moved];
    return [
      ...when(
        parts.some((part) => part < 0n),
        4,
        `grant ${id}: a part of its cost is negative`,
      ),
      ...when(
        (deferred.get(id) ?? 0n) !== deferredOf(cost),
        4,
        `grant ${id}: entries are not its deferred money`,
      ),
      ...when(
        openCredits(grant) === 0n && deferredOf(cost) !== 0n,
        4,
        `grant ${id}: nothing open, but money deferred`,
      ),
    ];
  });
}

function reversals({ withdrawals, entries }: WalletFacts): readonly Violation[] {
  const returned = sum(
    entries
      .filter((entry) => entry.type === "reversed" && entry.account !== "overdraft")
      .map((entry) => entry.amount),
  );
  const noted = sum(withdrawals.flatMap(({ back }) => Object.values(back)));
  const settled = new Map(entries.map(({ seq, grantId, amount }) => [seq, `${grantId} ${-amount}`]));
  const taken = new Map(entries.map(({ seq, amount }) => [String(seq), amount < 0n ? -amount : amount]));
  return [
    ...when(returned !== noted, 5, "what came back is not what withdrawals note as come back"),
    ...withdrawals.flatMap(({ id, back, settlements }) => [
      ...Object.entries(back).flatMap(([seq, amount]) =>
        when(
          amount > (taken.get(seq) ?? 0n) || amount < 0n,
          5,
          `withdrawal ${id}: entry ${seq} came back more than whole`,
        ),
      ),
      ...settlements.flatMap(({ seq, grantId, amount }) =>
        when(
          settled.get(seq) !== `${grantId} ${amount}`,
          5,
          `withdrawal ${id}: entry ${seq} is not its settlement`,
        ),
      ),
    ]),
  ];
}

function order({ entries }: WalletFacts): readonly Violation[] {
  return entries.flatMap((entry, index) => {
    const before = entries[index - 1];
    return [
      ...when(entry.seq !== index + 1, 6, `entry ${entry.seq} stands at place ${index + 1}`),
      ...when(
        before !== undefined && before.recordedAt > entry.recordedAt,
        6,
        `entry ${entry.seq}: time goes back`,
      ),
    ];
  });
}

function origins({ entries, operations }: WalletFacts): readonly Violation[] {
  return entries.flatMap(({ seq, cause, operationId }) =>
    when(
      (cause === null) !== operations.has(operationId),
      7,
      `entry ${seq}: it has neither a receipt nor a cause in time, or both`,
    ),
  );
}
