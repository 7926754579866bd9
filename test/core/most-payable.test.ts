import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mostPayable } from "../../src/core/most-payable.js";
import { mayPay } from "../../src/core/wallet.js";

type Restriction = readonly string[] | null;

function most(
  demands: readonly (readonly [feature: string | null, amount: bigint])[],
  supplies: readonly (readonly [features: Restriction, free: bigint])[],
): bigint {
  return mostPayable(
    demands.map(([feature, amount]) => ({ feature, amount })),
    supplies.map(([features, free]) => ({ features, free })),
    mayPay,
  );
}

describe("the most that lines can be paid together", () => {
  it("is what they want, where there is enough", () => {
    expect(
      most(
        [
          ["chat", 3n],
          ["image", 4n],
        ],
        [[null, 10n]],
      ),
    ).toBe(7n);
  });

  it("is what there is, where they want more", () => {
    expect(
      most(
        [
          ["chat", 30n],
          ["image", 40n],
        ],
        [
          [null, 10n],
          [["chat"], 5n],
        ],
      ),
    ).toBe(15n);
  });

  it("counts no credits that may not pay", () => {
    expect(
      most(
        [
          ["chat", 30n],
          [null, 40n],
        ],
        [
          [["image"], 10n],
          [["chat"], 5n],
        ],
      ),
    ).toBe(5n);
  });

  it("moves a line to other credits where another line needs these", () => {
    expect(
      most(
        [
          ["chat", 10n],
          ["image", 10n],
        ],
        [
          [["chat", "image"], 10n],
          [["chat"], 10n],
        ],
      ),
    ).toBe(20n);
  });

  it("moves lines in a chain", () => {
    const demands = [
      ["a", 5n],
      ["b", 5n],
      ["c", 5n],
      ["d", 5n],
    ] as const;
    const supplies = [
      [["a", "b"], 5n],
      [["b", "c"], 5n],
      [["c", "d"], 5n],
      [["a"], 5n],
    ] as const;
    expect(most(demands, supplies)).toBe(20n);
  });

  it("is nothing of nothing", () => {
    expect([most([], [[null, 5n]]), most([["chat", 5n]], []), most([["chat", 0n]], [[null, 5n]])]).toEqual([
      0n,
      0n,
      0n,
    ]);
  });

  it("is the narrowest cut: over all sets of lines, what the others want and what pays for the set", () => {
    const restriction = fc.constantFrom<Restriction>(null, ["a"], ["a", "b"], ["b", "c"], ["c"]);
    const amount = fc.bigInt(0n, 12n);
    const demands = fc.array(fc.tuple(fc.constantFrom("a", "b", "c", null), amount), { maxLength: 4 });
    const supplies = fc.array(fc.tuple(restriction, amount), { maxLength: 4 });
    fc.assert(
      fc.property(demands, supplies, (demands, supplies) => {
        expect(most(demands, supplies)).toBe(narrowestCut(demands, supplies));
      }),
      { numRuns: 150 },
    );
  });
});

/** Max-flow is min-cut: lines outside the set are cut off whole, those in it are bounded by what may pay for any of them. */
function narrowestCut(
  demands: readonly (readonly [string | null, bigint])[],
  supplies: readonly (readonly [Restriction, bigint])[],
): bigint {
  let least: bigint | undefined;
  for (let set = 0; set < 2 ** demands.length; set++) {
    const within = demands.filter((_, line) => Math.floor(set / 2 ** line) % 2 === 1);
    const outside = demands.filter((_, line) => Math.floor(set / 2 ** line) % 2 === 0);
    const paying = supplies.filter(([features]) => within.some(([feature]) => mayPay(features, feature)));
    const cut = [...outside, ...paying].reduce((total, [, amount]) => total + amount, 0n);
    if (least === undefined || cut < least) least = cut;
  }
  return least ?? 0n;
}
