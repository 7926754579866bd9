/** What a decision must know beside its wallet's state is read before it is made, however often the store calls. */
import type { CreditEngine } from "coffer";
import { memoryStore } from "coffer/memory";
import { manualClock } from "coffer/testing";
import { beforeEach, describe, expect, test } from "vitest";
import { ACME, START, type catalog, engineOn, gift, newKey, refusedWith, use } from "../support.js";
import { type Scripted, losingTheAnswer, saying, scriptedStore } from "./scripted-store.js";

const clock = manualClock(START);
const busy = saying(() => ({ status: "busy" }));
let beneath: ReturnType<typeof memoryStore>;
let store: Scripted;
let credits: CreditEngine<typeof catalog>;
let reservationId: string;

beforeEach(async () => {
  beneath = memoryStore();
  store = scriptedStore(beneath);
  credits = engineOn(store, clock);
  await gift(credits, 10);
  const hold = { ...ACME, amount: 2, expiresIn: { hours: 1 }, idempotencyKey: "hold" };
  reservationId = (await credits.reserve(hold)).id;
  // Another process closes it: here the cache still has it open.
  await engineOn(beneath, clock).release({ reservationId });
});

const capture = () => credits.capture({ reservationId, idempotencyKey: newKey() });

describe("a reservation that another process closed", () => {
  test("is known as closed when its wallet was busy", async () => {
    store.play({ commit: [busy] });
    await refusedWith(capture(), "reservation_closed");
  });

  test("is known as closed when the store decides twice under the lock", async () => {
    const twice = scriptedStore(beneath);
    const rerunning = engineOn(
      {
        ...twice,
        transact: (reads, decide) =>
          beneath.transact(reads, (snapshots) => {
            decide(snapshots);
            return decide(snapshots);
          }),
      },
      clock,
    );
    await rerunning.balance(ACME);
    await engineOn(beneath, clock).grant({
      ...ACME,
      amount: 1,
      category: "promotional",
      idempotencyKey: newKey(),
    });
    twice.play({ commit: [busy] });
    const both = [use(rerunning, 1), rerunning.capture({ reservationId, idempotencyKey: newKey() })];
    const [, refused] = await Promise.allSettled(both);
    expect(refused).toMatchObject({ reason: { code: "reservation_closed" } });
  });
});

test("a repeat of a transfer stays a repeat when its answer is lost", async () => {
  const move = { from: "acme", to: "beta", currency: "tokens", amount: 1, idempotencyKey: "t" } as const;
  expect(await credits.transfer(move)).toMatchObject({ replayed: false });
  store.play({ transact: [losingTheAnswer] });
  expect(await credits.transfer(move)).toMatchObject({ replayed: true });
});
