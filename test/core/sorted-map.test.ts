import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SortedMap, compareNumbers, compareTexts } from "../../src/core/sorted-map.js";

const emptyMap = () => SortedMap.empty<number, string>(compareNumbers);

describe("a sorted map", () => {
  it("keeps its keys in order", () => {
    const map = emptyMap().with(3, "c").with(1, "a").with(2, "b");
    expect([...map.keys()]).toEqual([1, 2, 3]);
    expect([...map.values()]).toEqual(["a", "b", "c"]);
    expect([...map.keys(2)]).toEqual([2, 3]);
    expect([map.size, map.firstKey(), map.get(2), map.get(4)]).toEqual([3, 1, "b", undefined]);
    expect([emptyMap().size, emptyMap().firstKey()]).toEqual([0, undefined]);
  });

  it("never changes: with and without give a new one", () => {
    const empty = emptyMap();
    const one = empty.with(1, "a");
    const two = one.with(2, "b");
    const again = two.with(1, "z");
    const none = one.without(1);
    expect([empty, one, two, again, none].map((map) => [...map.values()])).toEqual([
      [],
      ["a"],
      ["a", "b"],
      ["z", "b"],
      [],
    ]);
  });

  it("without a key that it has not is itself", () => {
    const one = emptyMap().with(1, "a");
    expect(one.without(2)).toBe(one);
  });

  it("is what a plain map sorted would be", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(20), fc.boolean())), (steps) => {
        const expected = new Map<number, string>();
        let map = emptyMap();
        for (const [key, remove] of steps) {
          if (remove) expected.delete(key);
          else expected.set(key, `v${key}`);
          map = remove ? map.without(key) : map.with(key, `v${key}`);
        }
        expect([...map.keys()]).toEqual([...expected.keys()].sort(compareNumbers));
      }),
      { numRuns: 30 },
    );
  });
});

it("texts compare by their code units", () => {
  expect([compareTexts("a", "b"), compareTexts("b", "a"), compareTexts("a", "a")]).toEqual([-1, 1, 0]);
  expect(compareTexts("B", "a")).toBe(-1);
});
