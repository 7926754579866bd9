import { describe, expect, it } from "vitest";
import { Draft } from "../../src/core/draft.js";
import { NOTHING_KNOWN } from "../../src/core/known.js";
import { grantOf } from "../../src/core/movements.js";
import { CreditError } from "../../src/core/errors.js";
import type { Request } from "../../src/core/requests.js";
import { HOUR, START, TestWallet, grantRequest, partsOf } from "./support.js";

const use = (amount: bigint): Request => ({
  kind: "withdraw",
  lines: [{ feature: null, amount }],
  occurredAt: null,
  partial: false,
});

describe("several requests in one commit", () => {
  it("are decided in order, each on what those before left", () => {
    const wallet = new TestWallet();
    const outcomes = wallet.together([grantRequest(10), use(4n), use(7n), use(6n)], ["g"]);
    expect(outcomes.map((outcome) => (outcome instanceof CreditError ? outcome.code : outcome.kind))).toEqual(
      ["grant", "withdrawal", "insufficient_credits", "withdrawal"],
    );
    expect(wallet.entries).toEqual([
      ["granted", "g", 10],
      ["consumed", "g", -4],
      ["consumed", "g", -6],
    ]);
    expect([...wallet.store.operations]).toEqual([`${START}-1`, `${START}-2`, `${START}-3`]);
  });

  it("know grants and reservations that those before closed", () => {
    const wallet = new TestWallet();
    const outcomes = wallet.together(
      [
        grantRequest(10),
        { kind: "reserve", lines: [{ feature: null, amount: 10n }], expiresIn: { hours: 1 } },
        { kind: "capture", reservationId: "r", of: { all: true }, final: true, strict: false },
        { kind: "release", reservationId: "r" },
        { kind: "voidGrant", grantId: "g" },
        { kind: "voidGrant", grantId: "g" },
      ],
      ["g", "r"],
    );
    expect(outcomes[3]).toMatchObject({ code: "reservation_closed" });
    expect(outcomes[5]).toMatchObject({ kind: "grant", grant: { phase: "voided", consumed: 10n } });
  });

  it("draw on what expired just before", () => {
    const wallet = new TestWallet();
    wallet.grant("g", 10, { expiresAt: START + HOUR });
    wallet.now = START + HOUR;
    const late: Request = {
      ...use(4n),
      kind: "withdraw",
      lines: [{ feature: null, amount: 4n }],
      occurredAt: START,
      partial: false,
    };
    wallet.together([late, late]);
    expect(wallet.entries.map(([type, , amount]) => [type, amount])).toEqual([
      ["expired", -10],
      ["expiry_reversed", 4],
      ["consumed", -4],
      ["expiry_reversed", 4],
      ["consumed", -4],
    ]);
  });
});

describe("a draft that goes back to a mark", () => {
  it("keeps what was there, and nothing of what came after", () => {
    const wallet = new TestWallet();
    wallet.grant("g", 10);
    const draft = new Draft(wallet.wallet, wallet.terms, NOTHING_KNOWN);
    draft.begin({ actor: null, reason: null, occurredAt: START, cause: null });
    const grant = grantOf(draft, "g");
    const change = (seq: number) => {
      draft.post({ type: "adjusted", account: "grant", amount: -1n, grantId: "g" });
      draft.count({ at: 0, feature: "", group: "", quantity: 0n, amount: 1n, count: 1 });
      draft.setGrant({ ...grant, remaining: grant.remaining - BigInt(seq) });
      draft.setWithdrawalRecord({ id: "w", debts: [], settlements: [], back: { [seq]: 1n } });
      draft.setOveragePeriod({ startsAt: seq, prices: [] });
    };
    change(1);
    const before = partsOf(draft);
    const mark = draft.mark();
    change(2);
    draft.openGrant({ ...grant, id: "h" });
    expect(draft.grant("h")).toBeDefined();
    expect(draft.opened).toEqual(new Set(["h"]));
    draft.rollBack(mark);
    expect(partsOf(draft)).toEqual(before);
    expect(draft.wallet).toBe(before[0]);
    expect(draft.grant("h")).toBeUndefined();
    expect(draft.entries.length).toBe(1);
  });
});

describe("an operation", () => {
  it("is named by its first entry, or by an id of its own, once", () => {
    const wallet = new TestWallet();
    const draft = new Draft(wallet.wallet, wallet.terms, NOTHING_KNOWN);
    draft.begin({ actor: null, reason: null, occurredAt: START, cause: null });
    const own = draft.settledOperationId;
    expect(own).toBe("id1");
    expect(draft.settledOperationId).toBe(own);
    draft.post({ type: "overdraft", account: "overdraft", amount: -2n });
    draft.post({ type: "overage", account: "overage", amount: -3n });
    expect(draft.settledOperationId).toBe(`${START}-1`);
    expect(draft.entries).toMatchObject([
      { seq: 1, balanceAfter: -2n, operationId: `${START}-1` },
      { seq: 2, balanceAfter: -2n, operationId: `${START}-1` },
    ]);
    expect(draft.wallet).toMatchObject({ overdraft: 2n, overage: 3n, balance: -2n });
    draft.begin({ actor: null, reason: null, occurredAt: START, cause: null });
    expect(draft.settledOperationId).toBe("id2");
  });
});

describe("what a decision can find", () => {
  it("is open, changed here or told of; else it does not exist", () => {
    const wallet = new TestWallet();
    wallet.grant("g", 10);
    const draft = new Draft(wallet.wallet, wallet.terms, NOTHING_KNOWN);
    expect([draft.grant("g")?.id, draft.grant("x"), draft.reservation("r")]).toEqual([
      "g",
      undefined,
      undefined,
    ]);
    expect(draft.withdrawalRecord("w")).toEqual({ id: "w", debts: [], settlements: [], back: {} });
    expect([...draft.lapsedGrants()]).toEqual([]);
  });

  it("a closed grant stands in time as of now", () => {
    const wallet = new TestWallet();
    wallet.grant("g", 1, { expiresAt: START + HOUR });
    wallet.withdraw(1);
    wallet.at(START + HOUR);
    expect(wallet.stored("g").phase).toBe("live");
    const draft = new Draft(wallet.wallet, wallet.terms, {
      ...NOTHING_KNOWN,
      grants: wallet.store.grants,
    });
    expect(draft.grant("g")?.phase).toBe("expired");
  });
});

describe("a grant is closed", () => {
  it("when nothing of it is open; open again, it is not", () => {
    const wallet = new TestWallet();
    const closedAt = () => wallet.stored("g").closedAt;
    expect(wallet.grant("g", 2).grant.closedAt).toBeNull();
    wallet.withdraw(1);
    expect(closedAt()).toBeNull();
    wallet.at(START + 1);
    const { id } = wallet.withdraw(1);
    expect(closedAt()).toBe(START + 1);
    wallet.at(START + 2);
    wallet.reverse(id);
    expect(closedAt()).toBeNull();
    wallet.reserve("r", 1);
    expect(closedAt()).toBeNull();
    wallet.at(START + 3);
    wallet.capture("r");
    expect(closedAt()).toBe(START + 3);
    wallet.at(START + 4);
    wallet.voidGrant("g");
    expect(closedAt()).toBe(START + 3);
  });

  it("when credits of it last expired", () => {
    const wallet = new TestWallet();
    wallet.grant("g", 2, { expiresAt: START + 2 });
    const { id } = wallet.withdraw(2);
    wallet.at(START + 3);
    wallet.reverse(id, 1);
    expect(wallet.stored("g").closedAt).toBe(START + 3);
    wallet.at(START + 4);
    wallet.reverse(id, 1);
    expect(wallet.stored("g")).toMatchObject({ closedAt: START + 4, phase: "expired", expired: 2 });
    wallet.at(START + 5);
    wallet.withdraw(2, { occurredAt: START });
    expect(wallet.stored("g").closedAt).toBe(START + 5);
  });
});

describe("months of overage", () => {
  const JANUARY = Date.UTC(2025, 0, 1);
  const FEBRUARY = Date.UTC(2025, 1, 1);
  const MARCH = Date.UTC(2025, 2, 1);
  const periods = (draft: Draft) =>
    [...draft.records.values()].map((change) =>
      change.kind === "overage" ? [change.record.startsAt, change.open] : change.kind,
    );

  it("each close when the next one begins, however many begin in one change", () => {
    const wallet = new TestWallet();
    const draft = new Draft(wallet.wallet, wallet.terms, NOTHING_KNOWN);
    for (const startsAt of [JANUARY, FEBRUARY, MARCH]) draft.setOveragePeriod({ startsAt, prices: [] });
    expect(periods(draft)).toEqual([
      [JANUARY, false],
      [FEBRUARY, false],
      [MARCH, true],
    ]);
  });

  it("that goes on stays open, and is written once", () => {
    const wallet = new TestWallet();
    const draft = new Draft(wallet.wallet, wallet.terms, NOTHING_KNOWN);
    for (const startsAt of [JANUARY, JANUARY]) draft.setOveragePeriod({ startsAt, prices: [] });
    expect(periods(draft)).toEqual([[JANUARY, true]]);
  });
});
