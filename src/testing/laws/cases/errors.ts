import { expectRefusal } from "../expect.js";
import { change, grant, key } from "../rows.js";
import type { Cases } from "../cases.js";

/** Laws 18 and 20, as far as one store sees them. */
export function errors(cases: Cases): void {
  const law = cases.law(18, "what is refused is refused by a rejection");
  law.holds("closing twice is fine", async (bench) => {
    await bench.commitOne(change(key(), 0));
    await bench.store.close();
    await bench.store.close();
  });

  law.holds("none is thrown in the caller's face", async (bench) => {
    const listing = bench.store.list({ kind: "wallets", where: { part: 256 }, limit: 1 });
    await expectRefusal(listing, "permanent");
  });

  law.holds("what is no `next` of a listing does not continue it", async (bench) => {
    await bench.commitOne(change(key(1), 0, { opened: [grant("a"), grant("b")] }));
    const grants = { kind: "grants", limit: 1, where: { part: 0 } } as const;
    for (const after of ["", "{}", "[]", "[", "1", "null"])
      await expectRefusal(bench.store.list({ ...grants, after }), "permanent");
  });

  law.holdsForEach<readonly number[]>(
    [[], [0], [2, 1], [0.5, 1]],
    (bounds) => `the bounds ${JSON.stringify(bounds)} make no points`,
    async (bench, bounds) => {
      await expectRefusal(bench.store.usage({ key: key(), bounds }), "permanent");
    },
  );
}
