import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SortedList } from "../../../src/stores/memory/sorted-list.js";

const ascending = (a: number, b: number) => a - b;

function filled(items: Iterable<number>): SortedList<number> {
  const list = new SortedList(ascending);
  for (const item of items) list.add(item);
  return list;
}

/** Numbers from few enough that some meet, in runs long enough to fill and split chunks. */
const steps = fc.array(
  fc.record({
    remove: fc.boolean(),
    start: fc.integer({ min: 0, max: 3_000 }),
    length: fc.integer({ min: 1, max: 900 }),
    stride: fc.constantFrom(1, 2, -1, 7),
  }),
  { maxLength: 8 },
);

describe("SortedList", () => {
  it("is empty at first", () => {
    const list = filled([]);
    expect([list.last(), list.find(1), list.delete(1)]).toEqual([undefined, undefined, false]);
    expect([[...list.from()], [...list.downFrom()]]).toEqual([[], []]);
  });

  it("keeps 3 1 2 as 1 2 3 and takes no second 2", () => {
    const list = filled([3, 1, 2]);
    expect(list.add(2)).toBe(false);
    expect([...list.from()]).toEqual([1, 2, 3]);
    expect([...list.downFrom()]).toEqual([3, 2, 1]);
    expect(list.last()).toBe(3);
  });

  it("begins where the predicate ends", () => {
    const list = filled([10, 20, 30]);
    expect([...list.from((item) => item < 20)]).toEqual([20, 30]);
    expect([...list.downFrom((item) => item < 20)]).toEqual([10]);
    expect([...list.from((item) => item < 31)]).toEqual([]);
    expect([...list.downFrom((item) => item < 10)]).toEqual([]);
  });

  it("answers like a sorted set after any adding and deleting", () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: -1, max: 9_400 }), (steps, bound) => {
        const list = filled([]);
        const set = new Set<number>();
        const disagreed: number[] = [];
        for (const { remove, start, length, stride } of steps) {
          for (let index = 0; index < length; index++) {
            const item = start + index * stride;
            const changed = remove ? list.delete(item) : list.add(item);
            if (changed !== (set.has(item) === remove)) disagreed.push(item);
            if (remove) set.delete(item);
            else set.add(item);
          }
        }
        expect(disagreed).toEqual([]);
        const items = [...set].toSorted(ascending);
        expect([...list.from()]).toEqual(items);
        expect([...list.downFrom()]).toEqual(items.toReversed());
        expect(list.last()).toBe(items.at(-1));
        expect([...list.from((item) => item < bound)]).toEqual(items.filter((item) => item >= bound));
        expect([...list.downFrom((item) => item < bound)]).toEqual(
          items.filter((item) => item < bound).toReversed(),
        );
        expect(list.find(bound)).toBe(set.has(bound) ? bound : undefined);
      }),
      { numRuns: 60 },
    );
  });
});
