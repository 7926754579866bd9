/** How many deliveries are under way. */
import { expect, test } from "vitest";
import { atOnce } from "../../src/webhooks/at-once.js";

test("at most so many are begun, and the next one where one has ended", async () => {
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const all = atOnce([1, 2, 3, 4], 2, (item) => {
    begun.push(item);
    return new Promise((resolve) => {
      ends.push(resolve);
    });
  });
  expect(begun).toEqual([1, 2]);
  for (const [index, now] of [
    [0, [1, 2, 3]],
    [2, [1, 2, 3, 4]],
  ] as const) {
    ends[index]?.();
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
    expect(begun).toEqual(now);
  }
  for (const end of ends) end();
  await all;
});

test("after a failure nothing more is begun, and it is thrown once the others have ended", async () => {
  const begun: number[] = [];
  const all = atOnce([1, 2, 3], 1, async (item) => {
    begun.push(item);
    throw new Error(`at ${item}`);
  });
  await expect(all).rejects.toThrow("at 1");
  expect(begun).toEqual([1]);
});
