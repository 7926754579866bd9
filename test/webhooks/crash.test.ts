/** A dispatcher that dies at any call of its store goes on in the next one. */
import { type CreditStore, StoreError } from "coffer/store";
import { expect, test } from "vitest";
import { engineOn } from "../engine/support.js";
import { CRM, type Hooks, gifts, hooks, onStore } from "./support.js";

/** The lease of one that died is over. */
const AFTER_LEASE = { seconds: 30 };

/** A store that is gone, for this process, once its calls are used up. */
function dyingStore(store: CreditStore, callsLeft: (method: string) => number): CreditStore {
  return onStore(store, (method) => {
    if (callsLeft(method) <= 0) throw new StoreError("permanent", "This process has died.");
  });
}

test("after a crash between delivery and its writing down, the same event comes again under the same id", async () => {
  const { credits, store, clock, receiver, dispatcher, another } = await hooks();
  let isAlive = true;
  const dying = another({
    credits: engineOn(
      dyingStore(store, () => (isAlive ? 1 : 0)),
      clock,
    ),
  });
  receiver.reply = () => {
    isAlive = false;
    return 200;
  };
  await gifts(credits, 2);
  await expect(dying.run()).rejects.toMatchObject({ code: "store_unavailable" });
  expect(receiver.numbers()).toEqual(["acme 1", "acme 2"]);
  // Until its lease is over, it counts as delivering.
  expect(await dispatcher.run()).toMatchObject([{ isElsewhere: true, delivered: 0 }]);
  clock.advance(AFTER_LEASE);
  expect(await dispatcher.run()).toMatchObject([{ isElsewhere: false, delivered: 2 }]);
  expect(receiver.numbers()).toEqual(["acme 1", "acme 2", "acme 1", "acme 2"]);
  const [first, , again] = receiver.received;
  expect(again?.headers["webhook-id"]).toBe(first?.headers["webhook-id"]);
  expect(again?.payload).toBe(first?.payload);
});

test("whichever write it dies before: all that waits, was given up and is new is still there", async () => {
  let writes = 0;
  while (!(await outlived(writes))) writes++;
  // Of the lease, a retry, a dead letter in three steps, what waits, the place and the log.
  expect(writes).toBeGreaterThan(8);
});

/** @returns whether the run was through before the process died. */
async function outlived(writes: number): Promise<boolean> {
  const here = await hooks({ retry: { delaysMs: [1_000], maxAttempts: 2 } });
  const { credits, store, clock, receiver, another } = here;
  // What acme is told is refused for ever, and beta's first event once.
  receiver.reply = ({ event }, index) => (event.customerId === "acme" || index === 0 ? 500 : 200);
  await gifts(credits, 1, "beta");
  await gifts(credits, 1);
  await here.dispatcher.run();
  await gifts(credits, 1, "beta");
  await gifts(credits, 1);
  clock.advance({ seconds: 1 });
  let writesLeft = writes;
  const afterWrite = (method: string) => {
    if (method === "transact") writesLeft--;
    return writesLeft + 1;
  };
  const dying = another({ credits: engineOn(dyingStore(store, afterWrite), clock) });
  const isThrough = await dying.run().then(
    () => true,
    () => false,
  );
  await goOn(here);
  expect(inOrderOnce(receiver.numbers(), "beta")).toEqual(["beta 1", "beta 2"]);
  const { items } = await here.dispatcher.deadLetters(CRM);
  expect(items.map(({ event }) => event.sequence)).toEqual([1, 2]);
  await receiver.close();
  return isThrough;
}

async function goOn({ dispatcher, clock }: Hooks): Promise<void> {
  clock.advance(AFTER_LEASE);
  for (let round = 0; round < 3; round++) {
    await dispatcher.run();
    clock.advance({ seconds: 1 });
  }
}

/** Repeats follow each other or what came after them; the first of each must stand in order. */
function inOrderOnce(numbers: readonly string[], customer: string): readonly string[] {
  return [...new Set(numbers.filter((one) => one.startsWith(customer)))];
}
