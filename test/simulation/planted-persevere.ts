/** A defect in how calls persevere, to be found by a simulation: an unknown outcome is told as the failure after it. */
import type { persevere } from "../../src/engine/persevere.js";

type Persevere = typeof persevere;

export const forgetting = { isPlanted: false };

/** `persevere`, which forgets its doubts while that is planted. */
export const forgetful =
  (own: Persevere): Persevere =>
  async (patience, attempt) => {
    if (!forgetting.isPlanted) return own(patience, attempt);
    let last: unknown;
    const tried = own(patience, async (tries) => {
      try {
        const done = await attempt({ ...tries, failure: last ?? tries.failure });
        last = undefined;
        return done;
      } catch (error) {
        last = error;
        throw error;
      }
    });
    return tried.catch((error: unknown) => {
      throw last ?? error;
    });
  };
