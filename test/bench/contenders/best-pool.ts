import { type Round, perSecond } from "../measure/drive.js";

const TRIAL_MS = 1_000;

interface Opened<Pool> {
  readonly pool: Pool;
  readonly max: number;
}

/** The pool whose size serves the work best; the others are ended. */
export async function bestPool<Pool extends { end(): Promise<void> }>(
  sizes: readonly number[],
  open: (max: number) => Pool,
  play: (pool: Pool, ms: number) => Promise<Round>,
): Promise<Opened<Pool>> {
  let best: (Opened<Pool> & { readonly perSecond: number }) | undefined;
  for (const max of sizes) {
    const pool = open(max);
    const speed = perSecond(await play(pool, TRIAL_MS));
    const loser = best !== undefined && best.perSecond >= speed ? pool : best?.pool;
    if (loser !== pool) best = { pool, max, perSecond: speed };
    await loser?.end();
  }
  if (best === undefined) throw new Error("no pool was tried");
  return best;
}
