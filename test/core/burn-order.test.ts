import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type BurnCriterion,
  type BurnKey,
  DEFAULT_BURN_ORDER,
  burnOrderBy,
  comparesBasis,
} from "../../src/core/burn-order.js";

const PLAIN: Omit<BurnKey, "id"> = {
  priority: 50,
  expiresAt: null,
  features: null,
  category: "paid",
  effectiveAt: 0,
  createdAt: 0,
  amount: 100n,
  cost: null,
};

function order(
  criteria: readonly BurnCriterion[],
  grants: Readonly<Record<string, Partial<BurnKey>>>,
): string[] {
  const keys = Object.entries(grants).map(([id, facts]) => ({ ...PLAIN, ...facts, id }));
  return keys.sort(burnOrderBy(criteria)).map(({ id }) => id);
}

describe("each criterion", () => {
  it.each<[BurnCriterion, string[]]>([
    ["earliestExpiry", ["soon", "late", "never"]],
    ["latestExpiry", ["never", "late", "soon"]],
  ])("%s: %j, where none counts as last of all", (criterion, expected) => {
    const grants = { late: { expiresAt: 20 }, never: {}, soon: { expiresAt: 10 } };
    expect(order([criterion], grants)).toEqual(expected);
  });

  it("priority: lower first", () => {
    expect(order(["priority"], { b: { priority: 2 }, a: { priority: 10 }, c: { priority: 1 } })).toEqual([
      "c",
      "b",
      "a",
    ]);
  });

  it("restricted before unrestricted", () => {
    expect(order(["restrictedFirst"], { any: {}, chat: { features: ["chat"] } })).toEqual(["chat", "any"]);
  });

  it("promotional before paid, or paid before promotional", () => {
    const grants = { a: { category: "paid" }, b: { category: "promotional" } } as const;
    expect(order(["promotionalFirst"], grants)).toEqual(["b", "a"]);
    expect(order(["paidFirst"], { x: grants.b, y: grants.a })).toEqual(["y", "x"]);
    const mixed = { a: grants.b, b: grants.a, c: grants.b, d: grants.a };
    expect(order(["promotionalFirst"], mixed)).toEqual(["a", "c", "b", "d"]);
    expect(order(["paidFirst"], mixed)).toEqual(["b", "d", "a", "c"]);
  });

  it("earliest or latest effective", () => {
    const grants = { a: { effectiveAt: 2 }, b: { effectiveAt: 1 }, c: { effectiveAt: 3 } };
    expect(order(["earliestEffective"], grants)).toEqual(["b", "a", "c"]);
    expect(order(["latestEffective"], grants)).toEqual(["c", "a", "b"]);
  });

  it("earliest or latest created", () => {
    const grants = { a: { createdAt: 2 }, b: { createdAt: 1 }, c: { createdAt: 3 } };
    expect(order(["earliestCreated"], grants)).toEqual(["b", "a", "c"]);
    expect(order(["latestCreated"], grants)).toEqual(["c", "a", "b"]);
  });

  it("lowest or highest cost per credit; promotional credits cost nothing", () => {
    const grants = {
      a: { amount: 3n, cost: { total: 10n } },
      b: { amount: 1n, cost: { total: 3n } },
      c: { amount: 1n, cost: null },
      d: { amount: 300n, cost: { total: 1_000n } },
    };
    expect(order(["lowestBasis"], grants)).toEqual(["c", "b", "a", "d"]);
    expect(order(["highestBasis"], grants)).toEqual(["a", "d", "b", "c"]);
  });
});

describe("the order", () => {
  it("of a currency that names none: priority, expiry, restriction, category, start, creation, id", () => {
    const base = {
      priority: 1,
      expiresAt: 10,
      features: ["chat"],
      category: "promotional",
      effectiveAt: 1,
      createdAt: 1,
    } as const;
    const grants = {
      a8: { ...base, priority: 2 },
      a7: { ...base, expiresAt: 11 },
      a6: { ...base, features: null },
      a5: { ...base, category: "paid" as const },
      a4: { ...base, effectiveAt: 2 },
      a3: { ...base, createdAt: 2 },
      a2: base,
      a1: base,
    };
    expect(order(DEFAULT_BURN_ORDER, grants)).toEqual(["a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8"]);
  });

  it("puts what stands first before what stands later", () => {
    const worstFirst = {
      z: { priority: 1, expiresAt: null, features: null, category: "paid", effectiveAt: 9, createdAt: 9 },
      y: {
        priority: 2,
        expiresAt: 1,
        features: ["chat"],
        category: "promotional",
        effectiveAt: 1,
        createdAt: 1,
      },
    } as const;
    expect(order(DEFAULT_BURN_ORDER, worstFirst)).toEqual(["z", "y"]);
    expect(order(["earliestExpiry", "priority"], worstFirst)).toEqual(["y", "z"]);
  });

  it("is total: no two grants are alike, and it does not depend on how they stand", () => {
    const key = fc.record({
      priority: fc.constantFrom(1, 2),
      expiresAt: fc.constantFrom(null, 10, 20),
      features: fc.constantFrom(null, ["chat"]),
      category: fc.constantFrom("paid" as const, "promotional" as const),
      effectiveAt: fc.constantFrom(0, 1),
      createdAt: fc.constantFrom(0, 1),
      amount: fc.constantFrom(1n, 2n),
      cost: fc.constantFrom(null, { total: 1n }, { total: 2n }),
    });
    const criteria = fc.shuffledSubarray<BurnCriterion>([
      ...DEFAULT_BURN_ORDER,
      "lowestBasis",
      "latestExpiry",
    ]);
    fc.assert(
      fc.property(criteria, fc.array(key, { maxLength: 8 }), (criteria, keys) => {
        const compare = burnOrderBy(criteria);
        const named = keys.map((facts, index) => ({ ...facts, id: `g${index}` }));
        const sorted = [...named].sort(compare);
        expect([...named].reverse().sort(compare)).toEqual(sorted);
        for (const a of named) for (const b of named) expect(compare(a, b) === 0).toBe(a.id === b.id);
      }),
      { numRuns: 40 },
    );
  });
});

it("an order compares costs where it names a basis", () => {
  expect(
    [["lowestBasis"], ["priority", "highestBasis"], DEFAULT_BURN_ORDER].map((c) =>
      comparesBasis(c as BurnCriterion[]),
    ),
  ).toEqual([true, true, false]);
});
