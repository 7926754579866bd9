import { describe, expect, it } from "vitest";
import { change, grant, key } from "../rows.js";
import type { Bench } from "./bench.js";
import { failed } from "./bench.js";

/** Laws 18 and 20, as far as one store sees them. */
export function errors(bench: Bench): void {
  describe("law 18: what is refused is refused by a rejection", () => {
    it("closing twice is fine", async () => {
      await bench.commitOne(change(key(), 0));
      await bench.store.close();
      await bench.store.close();
    });

    it("none is thrown in the caller's face", async () => {
      const listing = bench.store.list({ kind: "wallets", where: { part: 256 }, limit: 1 });
      await expect(listing).rejects.toEqual(failed("permanent"));
    });

    it("what is no `next` of a listing does not continue it", async () => {
      await bench.commitOne(change(key(1), 0, { opened: [grant("a"), grant("b")] }));
      const grants = { kind: "grants", limit: 1, where: { part: 0 } } as const;
      for (const after of ["", "{}", "[]", "[", "1", "null"])
        await expect(bench.store.list({ ...grants, after })).rejects.toEqual(failed("permanent"));
    });

    it.each<readonly [readonly number[]]>([[[]], [[0]], [[2, 1]], [[0.5, 1]]])(
      "the bounds %j make no points",
      async (bounds) => {
        await expect(bench.store.usage({ key: key(), bounds })).rejects.toEqual(failed("permanent"));
      },
    );
  });
}
