import { memoryStore } from "coffer/memory";
import type { MemoryStore } from "coffer/memory";
import fc from "fast-check";
import { expect, it } from "vitest";
import { runs, seed } from "../properties/settings.js";
import { anyHistory, play } from "../../src/testing/laws/random/histories.js";

/** As `contract/histories.ts` has them, with changes that must be refused, and restored stores in between. */
it(
  "a store that is restored now and then answers like the model, and refuses what breaks it",
  { timeout: 600_000 },
  async () => {
    const history = anyHistory({
      isTame: false,
      renew: (store) => {
        const text = (store as MemoryStore).dump();
        const restored = memoryStore({ restore: text });
        expect(restored.dump()).toBe(text);
        return Promise.resolve(restored);
      },
    });
    const property = fc.asyncProperty(history, async (history) => play(memoryStore(), history));
    await fc.assert(property, { numRuns: runs(120), seed: seed() });
  },
);
