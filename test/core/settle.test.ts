import { describe, expect, it } from "vitest";
import { advance } from "../../src/core/advance.js";
import { decide } from "../../src/core/decide.js";
import { Draft } from "../../src/core/draft.js";
import { nextDueAt } from "../../src/core/due.js";
import { NOTHING_KNOWN } from "../../src/core/known.js";
import type { Wallet } from "../../src/core/wallet.js";
import { DAY, START, TestWallet, grantRequest, tupleOf } from "./support.js";

const BY = { actor: "ann", reason: null };

/** A wallet that owes five times 2, and in which one operation makes only so many payments. */
function owing(mostPayments: number) {
  const wallet = new TestWallet({ currency: { policy: { mode: "soft" } } });
  for (let times = 0; times < 5; times++) wallet.withdraw(2);
  const terms = { ...wallet.terms, mostPayments, newId: () => "g" };
  return (base: Wallet = wallet.wallet) => new Draft(base, terms, NOTHING_KNOWN);
}

function paidIn(draft: Draft): readonly number[] {
  return draft.entries
    .map(tupleOf)
    .flatMap(([type, where, amount]) =>
      type === "overdraft_settled" && where === "overdraft" ? [amount] : [],
    );
}

describe("an operation pays as many debts as a store writes at once", () => {
  it("and the rest is due at that same instant, before anything else is decided", () => {
    const draftOf = owing(2);
    const granting = draftOf();
    decide(granting, grantRequest(9), BY);
    expect([paidIn(granting), granting.wallet.overdraft]).toEqual([[2, 2], 6n]);
    expect(nextDueAt(granting.wallet)).toBe(START);
    const after = draftOf(granting.wallet);
    expect(advance(after, START + DAY)).toBe(true);
    expect(paidIn(after)).toEqual([2, 2, 1]);
    expect(after.entries[0]).toMatchObject({ cause: "settlement", actor: null, recordedAt: START });
    expect(after.wallet).toMatchObject({ overdraft: 1n, available: 0n, clock: START + DAY });
    expect(nextDueAt(after.wallet)).toBeNull();
  });

  it("all of them where they are not more than that", () => {
    const draft = owing(5)();
    decide(draft, grantRequest(10), BY);
    expect([paidIn(draft), nextDueAt(draft.wallet)]).toEqual([[2, 2, 2, 2, 2], null]);
  });

  it("and time pays in parts, four changes a payment, one at least", () => {
    const draftOf = owing(1);
    const granting = draftOf();
    decide(granting, grantRequest(10), BY);
    const part = (mostChanges: number) => {
      const draft = draftOf(granting.wallet);
      return [advance(draft, START + DAY, mostChanges), paidIn(draft).length, draft.now - START];
    };
    expect([part(0), part(4), part(8), part(15)]).toEqual([
      [false, 1, 0],
      [false, 1, 0],
      [false, 2, 0],
      [true, 4, DAY],
    ]);
  });

  it("and an instant is not over before its debts are paid", () => {
    const wallet = new TestWallet({ currency: { policy: { mode: "soft" } } });
    for (let times = 0; times < 3; times++) wallet.withdraw(2);
    wallet.grant("starts", 9, { effectiveAt: START + DAY });
    wallet.grant("ends", 1, { features: ["chat"], expiresAt: START + 2 * DAY });
    const first = new Draft(wallet.wallet, wallet.terms, NOTHING_KNOWN);
    expect(advance(first, START + 3 * DAY, 8)).toBe(false);
    expect([first.now, paidIn(first)]).toEqual([START + DAY, [2, 2]]);
    const second = new Draft(first.wallet, wallet.terms, NOTHING_KNOWN);
    expect(advance(second, START + 3 * DAY)).toBe(true);
    expect(second.entries.map(({ type, recordedAt }) => [type, (recordedAt - START) / DAY])).toEqual([
      ["overdraft_settled", 1],
      ["overdraft_settled", 1],
      ["expired", 2],
    ]);
  });
});
