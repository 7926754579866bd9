/** Several dispatchers for one endpoint: one delivers at a time. */
import { StoreError } from "coffer/store";
import { expect, test } from "vitest";
import { engineOn } from "../engine/support.js";
import { type Hooks, gifts, hooks, onStore } from "./support.js";

function elsewhere({ another, store, clock }: Hooks): ReturnType<Hooks["another"]> {
  return another({ credits: engineOn(store, clock) });
}

test("while one delivers, the other does nothing; each event comes once", async () => {
  const here = await hooks();
  const { credits, receiver, dispatcher } = here;
  const other = elsewhere(here);
  await gifts(credits, 5);
  let others: unknown;
  receiver.reply = async (_, index) => {
    if (index === 2) others = await other.run();
    return 200;
  };
  expect(await dispatcher.run()).toMatchObject([{ delivered: 5, isElsewhere: false }]);
  expect(others).toMatchObject([{ delivered: 0, isElsewhere: true }]);
  expect(receiver.received).toHaveLength(5);
  // Given back, it is free at once.
  await gifts(credits, 1);
  expect(await other.run()).toMatchObject([{ delivered: 1, isElsewhere: false }]);
});

test("both started: each event comes once, in order", async () => {
  const here = await hooks();
  const { credits, receiver, dispatcher } = here;
  const other = elsewhere(here);
  await Promise.all([dispatcher.start(), other.start()]);
  const came = new Promise<void>((resolve) => {
    receiver.reply = (_, index) => {
      if (index === 19) resolve();
      return 200;
    };
  });
  await gifts(credits, 20);
  await came;
  await Promise.all([dispatcher.stop(), other.stop()]);
  expect(receiver.numbers()).toEqual(Array.from({ length: 20 }, (_, index) => `acme ${index + 1}`));
});

test("one whose lease ran out while it waited for an answer begins no other attempt", async () => {
  const here = await hooks();
  const { credits, receiver, dispatcher, clock } = here;
  const other = elsewhere(here);
  await gifts(credits, 3);
  receiver.reply = async (_, index) => {
    if (index === 0) {
      clock.advance({ seconds: 31 });
      await other.run();
    }
    return 200;
  };
  expect(await dispatcher.run()).toMatchObject([{ delivered: 1, isElsewhere: true }]);
  // The other one had not heard of the first delivery.
  expect(receiver.numbers()).toEqual(["acme 1", "acme 1", "acme 2", "acme 3"]);
});

test("one that holds the lease for long renews it", async () => {
  const here = await hooks();
  const { credits, receiver, dispatcher, clock } = here;
  const other = elsewhere(here);
  await gifts(credits, 20);
  const others: unknown[] = [];
  receiver.reply = async () => {
    clock.advance({ seconds: 9 });
    others.push(...(await other.run()));
    return 200;
  };
  expect(await dispatcher.run()).toMatchObject([{ delivered: 20 }]);
  expect(others).toHaveLength(20);
  for (const run of others) expect(run).toMatchObject({ isElsewhere: true });
});

test("run beside start of the same dispatcher delivers nothing twice", async () => {
  const { credits, receiver, dispatcher } = await hooks();
  await gifts(credits, 10);
  await dispatcher.start();
  await Promise.all([dispatcher.run(), dispatcher.run()]);
  await dispatcher.stop();
  expect(receiver.received).toHaveLength(10);
});

test("stopped in the middle, it ends after the attempt under way, and repeats nothing later", async () => {
  const { credits, receiver, dispatcher, another } = await hooks();
  await gifts(credits, 10);
  const stopped = new Promise<void>((resolve) => {
    receiver.reply = (_, index) => {
      if (index === 3) resolve(dispatcher.stop());
      return 200;
    };
  });
  await dispatcher.start();
  await stopped;
  expect(receiver.received).toHaveLength(4);
  expect(await another().run()).toMatchObject([{ delivered: 6 }]);
  expect(receiver.numbers()).toEqual(Array.from({ length: 10 }, (_, index) => `acme ${index + 1}`));
});

test("a store that fails is told to onError, and the loop goes on", async () => {
  const { credits, receiver, store, clock, another } = await hooks();
  await gifts(credits, 1);
  let failures = 1;
  const failing = onStore(store, (method) => {
    if (method === "events" && failures-- > 0) throw new StoreError("permanent", "No route to the database.");
  });
  const errors: unknown[] = [];
  const dispatcher = another({
    credits: engineOn(failing, clock),
    onError: (error, about) => errors.push([error, about]),
  });
  const came = new Promise<void>((resolve) => {
    receiver.reply = () => {
      resolve();
      return 200;
    };
  });
  await dispatcher.start();
  await came;
  await dispatcher.stop();
  expect(errors).toEqual([[expect.objectContaining({ code: "store_unavailable" }), { endpointId: "crm" }]]);
});
