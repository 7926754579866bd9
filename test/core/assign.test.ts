import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assign, payable } from "../../src/core/assign.js";
import { Draft } from "../../src/core/draft.js";
import { NOTHING_KNOWN } from "../../src/core/known.js";
import { liveSource } from "../../src/core/source.js";
import { TestWallet } from "./support.js";

type Restriction = readonly string[] | undefined;
interface Lot {
  readonly amount: number;
  readonly features?: Restriction;
  readonly priority?: number;
}

function sourceOf(lots: Readonly<Record<string, Lot>>) {
  const wallet = new TestWallet();
  for (const [id, { amount, features, priority = 50 }] of Object.entries(lots))
    wallet.grant(id, amount, { priority, ...(features === undefined ? {} : { features }) });
  return liveSource(new Draft(wallet.wallet, wallet.terms, NOTHING_KNOWN));
}

type Wanted = readonly (readonly [feature: string | null, amount: number])[];

const wantedOf = (lines: Wanted) => lines.map(([feature, amount]) => ({ feature, amount: BigInt(amount) }));

function drawn(lots: Readonly<Record<string, Lot>>, lines: Wanted) {
  return assign(sourceOf(lots), wantedOf(lines)).map((draws) =>
    draws.map(({ grantId, amount }) => [grantId, Number(amount)]),
  );
}

describe("lines draw in the order given, each in burn order", () => {
  it("where there is enough for all", () => {
    expect(
      drawn({ chat: { amount: 5, features: ["chat"] }, any: { amount: 10 } }, [
        ["chat", 7],
        ["image", 3],
      ]),
    ).toEqual([
      [
        ["chat", 5],
        ["any", 2],
      ],
      [["any", 3]],
    ]);
  });

  it("and a first line may leave nothing to the next, where no other way pays more", () => {
    expect(
      drawn({ any: { amount: 10 } }, [
        ["chat", 8],
        ["image", 8],
      ]),
    ).toEqual([[["any", 8]], [["any", 2]]]);
  });

  it("a restricted grant pays only for its features, and never for an amount outright", () => {
    expect(
      drawn({ chat: { amount: 5, features: ["chat"] }, any: { amount: 10 } }, [
        [null, 7],
        ["image", 3],
      ]),
    ).toEqual([[["any", 7]], [["any", 3]]]);
  });

  it("a zero line draws nothing", () => {
    expect(
      drawn({ any: { amount: 10 } }, [
        ["chat", 0],
        ["image", 4],
      ]),
    ).toEqual([[], [["any", 4]]]);
  });
});

describe("where that leaves unpaid what another assignment pays, draws are cut", () => {
  it("a line leaves to the next what only that grant can pay", () => {
    const lots = {
      both: { amount: 10, features: ["chat", "image"] },
      late: { amount: 10, features: ["chat"], priority: 60 },
    };
    expect(
      drawn(lots, [
        ["chat", 10],
        ["image", 10],
      ]),
    ).toEqual([[["late", 10]], [["both", 10]]]);
  });

  it("and takes as much of the first in burn order as still lets the most be paid", () => {
    const lots = {
      both: { amount: 10, features: ["chat", "image"] },
      late: { amount: 6, features: ["chat"], priority: 60 },
    };
    expect(
      drawn(lots, [
        ["chat", 10],
        ["image", 6],
      ]),
    ).toEqual([
      [
        ["both", 4],
        ["late", 6],
      ],
      [["both", 6]],
    ]);
  });

  it("each grant in turn, though two are restricted alike", () => {
    const lots = {
      one: { amount: 5, features: ["chat", "image"] },
      two: { amount: 5, features: ["chat", "image"] },
      late: { amount: 8, features: ["chat"], priority: 60 },
    };
    expect(
      drawn(lots, [
        ["chat", 10],
        ["image", 8],
      ]),
    ).toEqual([
      [
        ["one", 2],
        ["late", 8],
      ],
      [
        ["one", 3],
        ["two", 5],
      ],
    ]);
  });

  it("even where not all can be paid", () => {
    const lots = {
      both: { amount: 10, features: ["chat", "image"] },
      late: { amount: 4, features: ["chat"], priority: 60 },
    };
    expect(
      drawn(lots, [
        ["chat", 20],
        ["image", 10],
      ]),
    ).toEqual([
      [
        ["both", 10],
        ["late", 4],
      ],
      [],
    ]);
    expect(
      drawn(lots, [
        ["chat", 5],
        ["image", 12],
      ]),
    ).toEqual([
      [
        ["both", 1],
        ["late", 4],
      ],
      [["both", 9]],
    ]);
  });

  it("whatever the lines and grants: the most is paid, no grant gives more than it has, none pays what it may not", () => {
    const features = fc.constantFrom<Restriction>(undefined, ["a"], ["a", "b"], ["b", "c"]);
    const lot = fc.record({
      amount: fc.integer({ min: 1, max: 9 }),
      features,
      priority: fc.constantFrom(1, 2),
    });
    const line = fc.tuple(fc.constantFrom("a", "b", "c", null), fc.nat(9));
    fc.assert(
      fc.property(fc.array(lot, { maxLength: 5 }), fc.array(line, { maxLength: 4 }), (lots, lines) => {
        const named = Object.fromEntries(lots.map((lot, index) => [`g${index}`, lot]));
        const draws = drawn(named, lines);
        const all = draws.flat() as [string, number][];
        const total = all.reduce((sum, [, amount]) => sum + amount, 0);
        expect(BigInt(total)).toBe(payable(sourceOf(named), wantedOf(lines)));
        for (const [id, lot] of Object.entries(named)) {
          const given = all
            .filter(([grantId]) => grantId === id)
            .reduce((sum, [, amount]) => sum + amount, 0);
          expect(given).toBeLessThanOrEqual(lot.amount);
        }
        for (const [index, [feature, amount]] of lines.entries()) {
          const own = (draws[index] ?? []) as [string, number][];
          expect(own.reduce((sum, [, part]) => sum + part, 0)).toBeLessThanOrEqual(amount);
          for (const [id, part] of own) {
            expect(part).toBeGreaterThan(0);
            const allowed = named[id]?.features;
            expect(allowed === undefined || (feature !== null && allowed.includes(feature))).toBe(true);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe("what a source can pay", () => {
  const lots = { chat: { amount: 5, features: ["chat"] }, any: { amount: 10 } };
  it.each<[Wanted, bigint]>([
    [[["chat", 12]], 12n],
    [[["chat", 20]], 15n],
    [[[null, 20]], 10n],
    [[["image", 3]], 3n],
    [
      [
        ["chat", 9],
        ["image", 9],
      ],
      15n,
    ],
    [[], 0n],
  ])("of %j is %s", (lines, most) => {
    expect(payable(sourceOf(lots), wantedOf(lines))).toBe(most);
  });
});
