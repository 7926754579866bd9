import { createCreditEngine } from "coffer";
import { memoryStore } from "coffer/memory";
import { Coverage, creditArbitraries, Mirror, MirrorDifference } from "coffer/testing";
import type { MirrorParts, Sequence } from "coffer/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

type Verb = (request: never) => Promise<Record<string, unknown>>;
type Verbs = Record<"grant" | "withdraw" | "balance", Verb>;
type Alter = (engine: Verbs) => Partial<Verbs>;

/** An engine some of whose verbs do otherwise than they should. */
function altered(parts: MirrorParts, store: ReturnType<typeof memoryStore>, alter: Alter): object {
  const engine = createCreditEngine({ ...parts, store }) as unknown as Verbs;
  return { ...engine, ...alter(engine) };
}

async function play({ steps, ...start }: Sequence, alter: Alter): Promise<void> {
  const store = memoryStore();
  const mirror = new Mirror({ ...start, createEngine: (parts) => altered(parts, store, alter) });
  for (const step of steps) await mirror.play(step);
  await mirror.finish();
}

const FAULTS: readonly (readonly [what: string, alter: Alter])[] = [
  [
    "a retry charges twice",
    ({ withdraw }) => {
      let calls = 0;
      return {
        withdraw: async (request: object) => {
          calls += 1;
          const key = `${(request as { idempotencyKey: string }).idempotencyKey}-${calls}`;
          return withdraw({ ...request, idempotencyKey: key } as never);
        },
      };
    },
  ],
  [
    "a grant forgets its expiry",
    ({ grant }) => ({ grant: (request: object) => grant({ ...request, expiresAt: undefined } as never) }),
  ],
  [
    "partial is taken for granted",
    ({ withdraw }) => ({ withdraw: (request: object) => withdraw({ ...request, partial: true } as never) }),
  ],
  [
    "a balance is off by one",
    ({ balance }) => ({
      balance: async (request: never) => ({ ...(await balance(request)), available: 1 }),
    }),
  ],
];

describe("a mirror", () => {
  it.each(FAULTS)("sees that %s, in few steps", async (_, alter) => {
    const { sequences } = creditArbitraries(fc);
    const result = await fc.check(
      fc.asyncProperty(sequences(), (sequence) => play(sequence, alter)),
      { numRuns: 100, seed: 7 },
    );
    expect(result.failed).toBe(true);
    expect(result.errorInstance).toBeInstanceOf(MirrorDifference);
    const [smallest] = result.counterexample ?? [];
    expect(smallest?.steps.length).toBeLessThanOrEqual(6);
  });
});

describe("coverage", () => {
  it("names what no run has met", () => {
    const missing = new Coverage().missing();
    expect(missing).toContain("verb withdraw");
    expect(missing).toContain("code insufficient_credits");
    expect(missing).toContain("entry expiry_reversed");
    expect(missing).toContain("corrections: voided while held");
  });

  it("counts what a run has met, and no replay as a rule", () => {
    const coverage = new Coverage();
    const call = {
      verb: "extend",
      request: { reservationId: "r1", expiresIn: { minutes: 1 }, idempotencyKey: "k" },
    } as const;
    coverage.call(call, { ok: true, value: { replayed: true } });
    expect(coverage.missing()).not.toContain("verb extend");
    expect(coverage.missing()).toContain("reservations: extended");
    coverage.call(call, { ok: true, value: { replayed: false } });
    expect(coverage.missing()).not.toContain("reservations: extended");
    expect(coverage.toString()).toBe("replayed: 1\nreservations: extended: 1\nverb extend: 2");
  });
});
