import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Departure,
  type Grant,
  backFromLapses,
  deferredOf,
  giveBack,
  isOpen,
  openCredits,
  phaseAt,
  returningMoney,
  statusOf,
  take,
} from "../../src/core/grant.js";

const DEPARTURES: readonly Departure[] = ["consumed", "expired", "voided", "adjusted", "refunded", "moved"];

function grantOf(amount: bigint, total: bigint | null): Grant {
  const none = { consumed: 0n, expired: 0n, voided: 0n, adjusted: 0n, refunded: 0n, moved: 0n };
  return {
    ...none,
    id: "g",
    priority: 50,
    expiresAt: null,
    features: null,
    category: total === null ? "promotional" : "paid",
    effectiveAt: 0,
    createdAt: 0,
    amount,
    phase: "live",
    recurrence: null,
    noticedAt: null,
    payment: null,
    source: "test",
    remaining: amount,
    held: 0n,
    cost:
      total === null
        ? null
        : {
            currency: "USD",
            total,
            recognised: 0n,
            breakage: 0n,
            refunded: 0n,
            moved: 0n,
            restartDeferred: total,
            restartOpen: amount,
          },
    voidedAt: null,
    closedAt: null,
    lapses: [],
    displayName: null,
    metadata: null,
    originGrantId: null,
  };
}

/** Uses credits in parts, and sums the money that they carried. */
function used(grant: Grant, parts: readonly bigint[]): { readonly grant: Grant; readonly money: bigint } {
  let left = grant;
  let total = 0n;
  for (const part of parts) {
    const { grant: next, money } = take(left, part, "consumed", "remaining");
    left = next;
    total += money ?? 0n;
  }
  return { grant: left, money: total };
}

describe("taking credits", () => {
  it("carries their share of the cost: $8,500 for 10,000 credits is $0.85 for one", () => {
    const { grant, money } = take(grantOf(10_000n, 850_000n), 1n, "consumed", "remaining");
    expect(money).toBe(85n);
    expect(grant).toMatchObject({ remaining: 9_999n, consumed: 1n, cost: { recognised: 85n } });
    expect(grant.cost && deferredOf(grant.cost)).toBe(849_915n);
  });

  it("recognises $2,833.05 for 3,333 of them, at once, one by one, or in any split", () => {
    const paid = grantOf(10_000n, 850_000n);
    expect(used(paid, [3_333n]).money).toBe(283_305n);
    expect(
      used(
        paid,
        Array.from({ length: 3_333 }, () => 1n),
      ).money,
    ).toBe(283_305n);
    fc.assert(
      fc.property(fc.array(fc.bigInt(1n, 200n), { maxLength: 30 }), (parts) => {
        const sum = parts.reduce((a, b) => a + b, 0n);
        const rest = sum < 3_333n ? [3_333n - sum] : [];
        const within = sum <= 3_333n ? [...parts, ...rest] : [3_333n];
        expect(used(paid, within).money).toBe(283_305n);
      }),
      { numRuns: 30 },
    );
  });

  it("gives the yen that does not divide to the last: ¥1,000 for 3 credits is 333, 333, 334", () => {
    let grant = grantOf(3n, 1_000n);
    const carried = [1, 2, 3].map(() => {
      const moved = take(grant, 1n, "consumed", "remaining");
      grant = moved.grant;
      return moved.money;
    });
    expect(carried).toEqual([333n, 333n, 334n]);
    expect(grant.cost && deferredOf(grant.cost)).toBe(0n);
  });

  it.each<[Departure, "recognised" | "breakage" | "refunded" | "moved"]>([
    ["consumed", "recognised"],
    ["expired", "breakage"],
    ["voided", "breakage"],
    ["adjusted", "breakage"],
    ["refunded", "refunded"],
    ["moved", "moved"],
  ])("that are %s makes their money %s", (departure, part) => {
    const { grant, money } = take(grantOf(10n, 100n), 3n, departure, "remaining");
    const nothing = { recognised: 0n, breakage: 0n, refunded: 0n, moved: 0n };
    expect(money).toBe(30n);
    expect(grant).toMatchObject({ remaining: 7n, [departure]: 3n, cost: { ...nothing, [part]: 30n } });
  });

  it("takes held credits alike, counting what is open in all", () => {
    const grant = { ...grantOf(3n, 1_000n), remaining: 1n, held: 2n };
    const first = take(grant, 1n, "consumed", "held");
    expect(first).toMatchObject({ money: 333n, grant: { remaining: 1n, held: 1n, consumed: 1n } });
    expect(take(first.grant, 1n, "consumed", "remaining").money).toBe(333n);
  });

  it("of a promotional grant carries no money", () => {
    const { grant, money } = take(grantOf(10n, null), 3n, "expired", "remaining");
    expect(money).toBeNull();
    expect(grant).toMatchObject({ cost: null, lapses: [{ amount: 3n, money: 0n, back: 0n }] });
  });

  it("of none is nothing", () => {
    const { grant, money } = take(grantOf(10n, 100n), 0n, "expired", "remaining");
    expect([money, grant.lapses]).toEqual([0n, []]);
    const emptied = used(grantOf(1n, 5n), [1n]).grant;
    expect(
      take(
        { ...emptied, cost: emptied.cost && { ...emptied.cost, restartOpen: 0n } },
        0n,
        "voided",
        "remaining",
      ).money,
    ).toBe(0n);
  });

  it("remembers what expired, to be brought back", () => {
    const first = take(grantOf(10n, 100n), 2n, "expired", "remaining").grant;
    const second = take(first, 3n, "expired", "remaining").grant;
    expect(second.lapses).toEqual([
      { amount: 2n, money: 20n, back: 0n },
      { amount: 3n, money: 30n, back: 0n },
    ]);
    expect(take(second, 1n, "consumed", "remaining").grant.lapses).toHaveLength(2);
  });

  it("never takes more than there is, nor less than nothing", () => {
    const grant = { ...grantOf(10n, null), remaining: 6n, held: 4n };
    expect(() => take(grant, 7n, "consumed", "remaining")).toThrow(
      "impossible state: taking 7 of 6 remaining",
    );
    expect(() => take(grant, 5n, "consumed", "held")).toThrow("impossible state: taking 5 of 4 held");
    expect(() => take(grant, -1n, "consumed", "remaining")).toThrow("impossible state");
    expect(take(grant, 6n, "consumed", "remaining").grant.remaining).toBe(0n);
  });
});

describe("giving credits back", () => {
  it("undoes a take to the unit", () => {
    fc.assert(
      fc.property(
        fc.bigInt(1n, 100n),
        fc.bigInt(0n, 1_000n),
        fc.constantFrom(...DEPARTURES),
        fc.bigInt(1n, 100n),
        (amount, cost, departure, some) => {
          const before = grantOf(amount, cost);
          const x = some < amount ? some : amount;
          const { grant, money } = take(before, x, departure, "remaining");
          expect({ ...giveBack(grant, x, money ?? 0n, departure), lapses: [] }).toEqual(before);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("restarts the running floor from what is then open and deferred", () => {
    const { grant } = used(grantOf(3n, 1_000n), [2n]);
    const back = giveBack(grant, 1n, 333n, "consumed");
    expect(back).toMatchObject({
      remaining: 2n,
      consumed: 1n,
      cost: { recognised: 333n, restartDeferred: 667n, restartOpen: 2n },
    });
    expect(take(back, 1n, "consumed", "remaining").money).toBe(333n);
    expect(giveBack({ ...grant, held: 1n, remaining: 0n }, 1n, 333n, "consumed").cost?.restartOpen).toBe(2n);
  });

  it("to a promotional grant brings credits alone", () => {
    const { grant } = used(grantOf(10n, null), [4n]);
    expect(giveBack(grant, 3n, 0n, "consumed")).toMatchObject({ remaining: 9n, consumed: 1n, cost: null });
  });

  it("never brings back more than went", () => {
    const { grant } = used(grantOf(10n, null), [4n]);
    expect(() => giveBack(grant, 5n, 0n, "consumed")).toThrow("impossible state: returning 5 of 4 consumed");
    expect(giveBack(grant, 4n, 0n, "consumed").remaining).toBe(10n);
  });
});

describe("the money of credits that come back", () => {
  it("is the step of the floor: $10 for 3 comes back as 3.33, 3.33, 3.34", () => {
    expect([0n, 1n, 2n].map((before) => returningMoney(1_000n, 3n, before, 1n))).toEqual([333n, 333n, 334n]);
    expect(returningMoney(1_000n, 3n, 1n, 2n)).toBe(667n);
  });

  it("is nothing of an entry without credits", () => {
    expect(returningMoney(5n, 0n, 0n, 0n)).toBe(0n);
  });
});

describe("what expired comes back", () => {
  const twice: Grant = {
    ...grantOf(10n, 100n),
    lapses: [
      { amount: 4n, money: 40n, back: 0n },
      { amount: 3n, money: 10n, back: 1n },
    ],
  };

  it("latest expiry first, each with its own money", () => {
    expect(backFromLapses(twice, 1n)).toEqual({
      money: 3n,
      lapses: [twice.lapses[0], { amount: 3n, money: 10n, back: 2n }],
    });
    expect(backFromLapses(twice, 2n)).toEqual({ money: 7n, lapses: [twice.lapses[0]] });
    expect(backFromLapses(twice, 3n)).toEqual({ money: 17n, lapses: [{ amount: 4n, money: 40n, back: 1n }] });
    expect(backFromLapses(twice, 6n)).toEqual({ money: 47n, lapses: [] });
    expect(backFromLapses(twice, 0n)).toEqual({ money: 0n, lapses: twice.lapses });
  });

  it("never more than ever expired", () => {
    expect(() => backFromLapses(twice, 8n)).toThrow("impossible state: returning 2 more than ever expired");
  });
});

describe("where a grant stands in time", () => {
  const terms = { voidedAt: null, payment: null, effectiveAt: 10, expiresAt: 20 };

  it("lives from its start up to its expiry, which is not in it", () => {
    expect([9, 10, 19, 20].map((instant) => phaseAt(terms, instant))).toEqual([
      "scheduled",
      "live",
      "live",
      "expired",
    ]);
    expect(phaseAt({ ...terms, expiresAt: null }, 1_000)).toBe("live");
    expect([9, 20].map((instant) => phaseAt({ ...terms, voidedAt: 5 }, instant))).toEqual([
      "voided",
      "voided",
    ]);
  });

  it.each([
    ["scheduled", {}, "scheduled"],
    ["voided", { held: 1n }, "voided"],
    ["live", {}, "active"],
    ["live", { remaining: 0n, held: 1n }, "active"],
    ["live", { remaining: 0n }, "depleted"],
    ["live", { remaining: 0n, expired: 1n }, "expired"],
    ["expired", { remaining: 0n, expired: 1n }, "expired"],
    ["expired", { remaining: 0n, held: 1n }, "expired"],
    ["expired", { remaining: 0n }, "depleted"],
  ] as const)("%s with %o is %s", (phase, facts, status) => {
    expect(statusOf({ ...grantOf(10n, null), ...facts, phase })).toBe(status);
  });

  it("free and held credits are open", () => {
    const grant = { ...grantOf(10n, null), remaining: 2n, held: 3n };
    expect([openCredits(grant), isOpen(grant), isOpen({ ...grant, remaining: 0n, held: 0n })]).toEqual([
      5n,
      true,
      false,
    ]);
    expect(isOpen({ ...grant, remaining: 0n })).toBe(true);
  });
});
