import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assign } from "../../../src/testing/model/drawing.js";
import { compare, fraction, sum } from "../../../src/testing/model/fraction.js";
import type { Grant } from "../../../src/testing/model/state.js";
import { DAY, Story } from "./story.js";

describe("burn order", () => {
  test("priority, expiry, restriction, category, effective, created, id", () => {
    const story = new Story();
    const soon = story.now + DAY;
    story.paid("1", "0"); // g1: last but for priority 60
    story.promo("1", { priority: 60 }); // g2
    story.promo("1"); // g3: promotional before paid
    story.promo("1", { features: ["unit"] }); // g4: restricted before unrestricted
    story.promo("1", { expiresAt: soon }); // g5: expires first
    story.paid("1", "0", { priority: 1 }); // g6: lower priority first
    story.promo("1", { effectiveAt: story.now - DAY }); // g7: effective before g3
    expect(story.use("unit", "7").draws.map((draw) => draw.grantId)).toEqual([
      "g6",
      "g5",
      "g4",
      "g7",
      "g3",
      "g1",
      "g2",
    ]);
  });

  test("a currency may order by basis, and then holds one cost currency only", () => {
    const story = new Story({
      currencies: { tokens: { name: "Tokens", burnOrder: ["highestBasis"] } },
      features: {},
    });
    story.promo("1");
    story.paid("2", "1.00");
    story.paid("1", "0.60");
    expect(story.spend("4").draws.map((draw) => draw.grantId)).toEqual(["g3", "g2", "g1"]);
    const cost = { amount: "1", currency: "EUR" };
    const terms = { customerId: "ann", currency: "tokens", category: "paid", amount: "1", cost } as const;
    expect(story.refused("grant", terms)).toBe("invalid_input");
  });
});

describe("restrictions", () => {
  test("a restricted grant pays only for its features, and never a withdrawal by amount", () => {
    const story = new Story();
    story.promo("100", { features: ["image"] });
    expect(story.useFails("unit", "1")).toBe("insufficient_credits");
    expect(story.refused("withdraw", { customerId: "ann", currency: "tokens", amount: "1" })).toBe(
      "insufficient_credits",
    );
    expect(story.use("image", "2").amount).toBe("80");
  });

  test("draws are cut where another assignment pays more", () => {
    const story = new Story();
    story.promo("10"); // burns first, may pay both lines
    story.promo("10", { features: ["unit"], priority: 60 });
    const items = [
      { feature: "unit", quantity: "10" },
      { feature: "chat", quantity: "3000" },
    ];
    const paid = story.do("withdraw", { customerId: "ann", items });
    // Six credits of chat can come from g1 only: the first line leaves them.
    expect(paid.draws).toEqual([
      { grantId: "g1", feature: "unit", amount: "4", cost: null },
      { grantId: "g2", feature: "unit", amount: "6", cost: null },
      { grantId: "g1", feature: "chat", amount: "6", cost: null },
    ]);
  });

  test("a partial withdrawal also pays the most in all lines together", () => {
    const story = new Story();
    story.promo("10");
    story.promo("4", { features: ["unit"], priority: 60 });
    const items = [
      { feature: "unit", quantity: "9" },
      { feature: "chat", quantity: "4000" },
    ];
    const paid = story.do("withdraw", { customerId: "ann", items, partial: true });
    expect(paid).toMatchObject({ price: "17", amount: "14", shortfall: "3" });
    expect(story.lines(3)).toEqual(["consumed -5 g1 unit", "consumed -4 g2 unit", "consumed -5 g1 chat"]);
  });
});

/** Every way to pay the needs in whole credits, as matrices of draws. */
function allAssignments(
  needs: readonly number[],
  sources: readonly number[],
  may: readonly boolean[][],
): number[][][] {
  const [need, ...others] = needs;
  if (need === undefined) return [[]];
  const rows = (at: number, left: number): number[][] => {
    const there = sources[at];
    if (there === undefined) return [[]];
    const most = may[0]?.[at] === true ? Math.min(left, there) : 0;
    return Array.from({ length: most + 1 }, (_, x) => x).flatMap((x) =>
      rows(at + 1, left - x).map((row) => [x, ...row]),
    );
  };
  return rows(0, need).flatMap((row) =>
    allAssignments(
      others,
      sources.map((there, at) => there - (row[at] ?? 0)),
      may.slice(1),
    ).map((rest) => [row, ...rest]),
  );
}

test("the draws are the greatest, in their order, among all assignments that pay the most", () => {
  const features = ["a", "b", "c"];
  const small = fc.integer({ min: 0, max: 3 });
  const setting = fc.record({
    needs: fc.array(small, { minLength: 1, maxLength: 3 }),
    sources: fc.array(fc.record({ amount: small, pays: fc.subarray(features) }), {
      minLength: 1,
      maxLength: 3,
    }),
  });
  fc.assert(
    fc.property(setting, ({ needs, sources }) => {
      const may = needs.map((_, line) => sources.map(({ pays }) => pays.includes(features[line] ?? "")));
      const total = (draws: number[][]) => draws.flat().reduce((all, x) => all + x, 0);
      const ways = allAssignments(
        needs,
        sources.map(({ amount }) => amount),
        may,
      );
      const most = Math.max(...ways.map(total));
      const best = ways
        .filter((way) => total(way) === most)
        .map((way) => way.flat())
        .sort((a, b) => {
          const at = a.findIndex((x, index) => x !== b[index]);
          return at < 0 ? 0 : (b[at] ?? 0) - (a[at] ?? 0);
        })[0];
      const grants = sources.map(({ pays }, at) => ({ id: `g${at}`, features: pays }) as unknown as Grant);
      const draws = assign(
        needs.map((need, line) => ({ feature: features[line] ?? "", amount: fraction(BigInt(need)) })),
        sources.map(({ amount }, at) => ({
          grant: grants[at] as Grant,
          amount: fraction(BigInt(amount)),
          from: "free" as const,
        })),
      );
      const matrix = needs.flatMap((_, line) =>
        grants.map((grant) =>
          sum((draws[line] ?? []).filter((draw) => draw.grant === grant).map((draw) => draw.amount)),
        ),
      );
      expect(matrix.map((x) => Number(x.n) / Number(x.d))).toEqual(best);
      expect(compare(sum(matrix), fraction(BigInt(most)))).toBe(0);
    }),
    { numRuns: 300 },
  );
});
