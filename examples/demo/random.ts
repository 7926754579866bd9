/** Numbers in [0, 1). */
export type Random = () => number;

/** mulberry32: whole-number arithmetic only, so one seed gives the same numbers on every machine. */
export function mulberry32(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One of `options`, each as likely as its share of the sum of shares. */
export function pick<Option extends { readonly share: number }>(
  options: readonly Option[],
  draw: number,
): Option {
  let rest = draw * options.reduce((sum, { share }) => sum + share, 0);
  for (const option of options) {
    rest -= option.share;
    if (rest < 0) return option;
  }
  throw new Error("pick: nothing to choose from");
}
