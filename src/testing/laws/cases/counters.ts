import type { UsagePoint } from "../../../store/index.js";
import { expect, expectRefusal } from "../expect.js";
import { change, delta, key } from "../rows.js";
import type { Cases, Law } from "../cases.js";
import { sortedBy } from "../bench.js";

const LARGEST = 2n ** 63n - 1n;
const UNIT = 10n ** 12n;

/** Quantities as one number: how they are cut into units and fractions is the store's affair. */
export function plain(points: readonly UsagePoint[]): object[] {
  const sums = points.map(({ quantity, quantityFraction, ...point }) => ({
    ...point,
    quantity: quantity * UNIT + quantityFraction,
  }));
  // What has summed to nothing may be listed or left out.
  const used = sums.filter(({ quantity, amount, count }) => quantity !== 0n || amount !== 0n || count !== 0);
  return sortedBy(
    used,
    ({ index, feature, group }) => `${String(index).padStart(4, "0")}\n${feature}\n${group}`,
  );
}

/** Law 14: the only sums that a store makes. */
export function counters(cases: Cases): void {
  sums(cases.law(14, "usage sums equal the sums of all committed deltas, each counted once"));
  ranges(cases.law(14, "usage sums equal the sums of all committed deltas, each counted once"));
}

function sums(law: Law): void {
  law.holds("adds within a change, over changes, and over buckets of a point", async (bench) => {
    const first = [
      delta(0, { quantity: 1n, quantityFraction: (UNIT * 3n) / 4n, amount: 10n }),
      delta(0, { quantity: 2n, quantityFraction: UNIT / 2n, amount: 20n }),
    ];
    const second = [
      delta(900, { quantity: -1n, quantityFraction: 0n, amount: -5n, count: -1 }),
      delta(1_800, { feature: "image" }),
      delta(0, { group: '{"model":"large"}' }),
    ];
    await bench.commitOne(change(key(), 0, { usage: first }));
    await bench.commitOne(change(key(), 1, { usage: second }));
    const one = { feature: "chat", group: "", quantity: UNIT, amount: 1n, count: 1 };
    expect(plain(await bench.store.usage({ key: key(), bounds: [0, 1_800, 2_700] }))).toEqual([
      // 1.75 + 2.5 − 1
      { ...one, index: 0, quantity: (UNIT * 13n) / 4n, amount: 25n },
      { ...one, index: 0, group: '{"model":"large"}' },
      { ...one, index: 1, feature: "image" },
    ]);
    const images = await bench.store.usage({ key: key(), bounds: [1, 1_801], features: ["image"] });
    expect(images).toMatchObject([{ index: 0, feature: "image" }]);
  });

  law.holds("1 − 1.25 = −0.25", async (bench) => {
    const usage = [delta(0), delta(0, { quantity: -1n, quantityFraction: -UNIT / 4n, count: 0 })];
    await bench.commitOne(change(key(), 0, { usage }));
    const [point] = plain(await bench.store.usage({ key: key(), bounds: [0, 1] }));
    expect(point).toMatchObject({ quantity: -UNIT / 4n, count: 1 });
  });

  law.holds("fractions that add up to whole units, forty times over", async (bench) => {
    const usage = Array.from({ length: 40 }, () =>
      delta(0, { quantity: 0n, quantityFraction: UNIT - 1n, amount: 0n }),
    );
    for (const version of [0, 1, 2]) await bench.commitOne(change(key(), version, { usage }));
    const [point] = plain(await bench.store.usage({ key: key(), bounds: [0, 1] }));
    expect(point).toMatchObject({ quantity: 120n * (UNIT - 1n), count: 120 });
  });

  law.holds("over buckets a sum may pass 2^63", async (bench) => {
    const usage = [0, 900, 1_800].map((at) =>
      delta(at, { quantity: LARGEST, quantityFraction: UNIT - 1n, amount: -LARGEST }),
    );
    await bench.commitOne(change(key(), 0, { usage }));
    const [point] = plain(await bench.store.usage({ key: key(), bounds: [0, 2_700] }));
    expect(point).toMatchObject({ quantity: 3n * (LARGEST * UNIT + UNIT - 1n), amount: -3n * LARGEST });
  });

  law.holds("nothing of a change that was not applied", async (bench) => {
    const usage = [delta(0)];
    await bench.commitOne(change(key(), 0, { usage }));
    await bench.commitOne(change(key(), 0, { usage }));
    expect(await bench.store.usage({ key: key(), bounds: [0, 1] })).toMatchObject([{ count: 1 }]);
  });
}

function ranges(law: Law): void {
  law.holds(
    "a bucket belongs to the point in whose bounds it begins, the end not included",
    async (bench) => {
      const usage = [0, 900, 1_800, 2_700].map((at) => delta(at, { count: at + 1 }));
      await bench.commitOne(change(key(), 0, { usage }));
      const counts = async (bounds: readonly number[]) => {
        const points = await bench.store.usage({ key: key(), bounds });
        return points.map(({ index, count }) => [index, count]).toSorted(([a = 0], [b = 0]) => a - b);
      };
      const all = [
        [0, 1],
        [1, 901],
        [2, 1_801],
        [3, 2_701],
      ];
      expect(await counts([0, 900, 1_800, 2_700, 3_600])).toEqual(all);
      expect(await counts([1, 900, 2_700])).toEqual([[1, 901 + 1_801]]);
      expect(await counts([2_701, 9_000])).toEqual([]);
      expect(await counts([-900, 0])).toEqual([]);
    },
  );

  law.holds("features are told apart by their bytes, and none asked for is none given", async (bench) => {
    const features = ["chat", "Chat", "chat ", "\u00e9", "e\u0301"];
    const usage = features.map((feature, index) => delta(0, { feature, count: index + 1 }));
    await bench.commitOne(change(key(), 0, { usage }));
    const bounds = [0, 1];
    for (const [index, feature] of features.entries()) {
      const points = await bench.store.usage({ key: key(), bounds, features: [feature] });
      expect(points).toMatchObject([{ feature, count: index + 1 }]);
    }
    expect(await bench.store.usage({ key: key(), bounds })).toHaveLength(features.length);
    expect(await bench.store.usage({ key: key(), bounds, features: [] })).toEqual([]);
    expect(await bench.store.usage({ key: key(2), bounds })).toEqual([]);
    expect(await bench.store.usage({ key: key(1, 1), bounds })).toEqual([]);
  });

  law.holds("a thousand points at once, and not more", async (bench) => {
    const usage = [0, 500, 999].map((at) => delta(at));
    await bench.commitOne(change(key(), 0, { usage }));
    const bounds = Array.from({ length: 1_001 }, (_, index) => index);
    const points = await bench.store.usage({ key: key(), bounds });
    expect(points.map(({ index }) => index).toSorted((a, b) => a - b)).toEqual([0, 500, 999]);
    const more = bench.store.usage({ key: key(), bounds: [...bounds, 1_001] });
    await expectRefusal(more);
  });
}
