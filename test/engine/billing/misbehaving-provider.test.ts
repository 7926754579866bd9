import { createCreditEngine } from "coffer";
import { memoryStore } from "coffer/memory";
import { checkStore, manualClock } from "coffer/testing";
import fc from "fast-check";
import { expect, it } from "vitest";
import { HOUR, START } from "../support.js";
import { virtualPace } from "../virtual-pace.js";
import { type Mishap, isOpen, misbehaving } from "./misbehaving-provider.js";
import { ACME, catalog, quiet } from "./support.js";

const status = fc.constantFrom("succeeded", "pending", "requires_action", "failed");
const mishap = fc.constantFrom<Mishap>("none", "none", "unreached", "lost", "late");
const engine = fc.nat(2);
const which = fc.nat(20);

const step = fc.oneof(
  fc.record({ buy: engine }),
  fc.record({ again: which, by: engine }),
  fc.record({ cancel: which, by: engine }),
  fc.record({ refresh: which }),
  fc.record({ moves: which, to: fc.constantFrom("succeeded", "failed", "canceled"), isTold: fc.boolean() }),
  fc.record({ arrives: which }),
  fc.record({ hours: fc.integer({ min: 1, max: 200 }) }),
  fc.record({ auto: fc.constantFrom(1, 2, 5) }),
  fc.record({ use: fc.integer({ min: 1, max: 150 }) }),
);

const history = fc.record({
  tells: fc.boolean(),
  cancels: fc.boolean(),
  stops: fc.boolean(),
  steps: fc.array(step, { minLength: 5, maxLength: 25 }),
  calls: fc.array(fc.record({ mishap, status }), { minLength: 1, maxLength: 40 }),
});

type History = typeof history extends fc.Arbitrary<infer Of> ? Of : never;
type Step = History["steps"][number];

/** Three processes on one store, the last one without a provider. */
function stage({ tells, cancels, stops, calls }: History) {
  const store = memoryStore();
  const clock = manualClock(START);
  let call = 0;
  let isQuiet = false;
  const provider = misbehaving({
    tells,
    cancels,
    stops,
    next: () => {
      const { mishap: met, status: of } = calls[call++ % calls.length] ?? {
        mishap: "none",
        status: "succeeded",
      };
      return { mishap: isQuiet ? "none" : met, status: of };
    },
  });
  const made = { catalog, store, clock, pace: virtualPace() };
  const processes = [
    createCreditEngine({ ...made, billing: provider.port }),
    createCreditEngine({ ...made, billing: provider.port }),
    createCreditEngine(made),
  ] as const;
  return { store, clock, provider, processes, calmDown: () => (isQuiet = true) };
}

type Stage = ReturnType<typeof stage>;

async function play({ clock, provider, processes }: Stage, one: Step, index: number): Promise<void> {
  const [first] = processes;
  const bought = async (n: number) => {
    const { items } = await first.topUps(ACME);
    return items[n % Math.max(1, items.length)]?.id ?? "none";
  };
  const by = (n: number) => processes[n] ?? first;
  if ("buy" in one) await by(one.buy).topUp({ ...ACME, credits: 100, idempotencyKey: `buy-${index}` });
  else if ("again" in one)
    await by(one.by).topUp({ ...ACME, credits: 100, idempotencyKey: `buy-${one.again % (index + 1)}` });
  else if ("cancel" in one) await by(one.by).cancelTopUp({ topUpId: await bought(one.cancel) });
  else if ("refresh" in one) await first.refreshTopUp({ topUpId: await bought(one.refresh) });
  else if ("moves" in one) {
    const topUpId = await bought(one.moves);
    provider.move(topUpId, one.to);
    const payment = provider.payments.get(topUpId);
    if (payment !== undefined && one.isTold) await by(index % 3).recordPayment({ topUpId, payment });
  } else if ("arrives" in one) provider.underWay.splice(one.arrives % 3, 1)[0]?.();
  else if ("hours" in one) {
    // No request is on its way for longer.
    for (const arrive of provider.underWay.splice(0)) arrive();
    clock.set(clock() + one.hours * HOUR);
  } else if ("auto" in one)
    await first.setAutoTopUp({
      ...ACME,
      threshold: 0,
      target: 100,
      caps: { count: one.auto, every: { days: 1 } },
    });
  else await first.withdraw({ ...ACME, amount: one.use, idempotencyKey: `use-${index}` });
}

/** Nothing is lost any more, and the runner looks for as long as anything is asked about. */
async function settleDown({ clock, provider, processes, calmDown }: Stage): Promise<void> {
  calmDown();
  for (const arrive of provider.underWay.splice(0)) arrive();
  await processes[0].removeAutoTopUp(ACME);
  for (let looks = 0; looks < 40; looks++) {
    clock.set(clock() + (looks < 10 ? HOUR : 24 * HOUR));
    await processes[looks % 2 === 0 ? 0 : 1].runDue();
    await quiet();
  }
}

it("whatever is lost, late, called off or kept silent about: what was paid has its credits, and nothing else has", async () => {
  await fc.assert(
    fc.asyncProperty(history, async (given) => {
      const here = stage(given);
      for (const [index, one] of given.steps.entries()) {
        await play(here, one, index).catch(() => undefined);
        await quiet();
      }
      await settleDown(here);
      const { items } = await here.processes[0].topUps(ACME);
      for (const { id, status: is } of items) {
        const payment = here.provider.payments.get(id);
        const isPaid = payment?.status === "succeeded";
        expect([id, is === "completed"]).toEqual([id, isPaid]);
        // What may still be paid is followed, and what is over there is over here.
        if (given.tells || given.cancels)
          expect([id, is === "pending"]).toEqual([id, payment !== undefined && isOpen(payment)]);
      }
      expect(here.provider.payments.size).toBeLessThanOrEqual(items.length);
      expect(await checkStore(here.store)).toEqual([]);
    }),
    { numRuns: 60 },
  );
});
