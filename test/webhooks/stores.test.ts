/** One endpoint's life over other stores: everything that is kept of webhooks is kept by any of them. */
import { memoryStore } from "coffer/memory";
import { sqliteStore } from "coffer/sqlite";
import type { CreditStore } from "coffer/store";
import { manualClock } from "coffer/testing";
import { webhookDispatcher } from "coffer/webhooks";
import { expect, test } from "vitest";
import { START, engineOn, expectSound } from "../engine/support.js";
import { CRM, SECRET, gifts, receiver } from "./support.js";

async function lives(store: CreditStore): Promise<void> {
  const clock = manualClock(START);
  const to = await receiver();
  const process = () => {
    const credits = engineOn(store, clock);
    const endpoints = [{ id: "crm", url: to.url, secrets: [SECRET], fromStart: true }];
    const options = { credits, endpoints, allowPrivateTargets: true, retry: { maxAttempts: 2 } };
    return { credits, dispatcher: webhookDispatcher(options) };
  };
  const first = process();
  to.reply = ({ event }) => (event.customerId === "acme" ? 500 : 200);
  await gifts(first.credits, 60);
  await gifts(first.credits, 60, "beta");
  expect(await first.dispatcher.run()).toMatchObject([{ delivered: 60, failed: 1, waiting: 60 }]);
  for (let round = 0; round < 3; round++) {
    clock.advance({ seconds: 5 });
    await process().dispatcher.run();
  }
  const { dispatcher } = process();
  const page = await dispatcher.deadLetters({ ...CRM, limit: 2 });
  expect(page.items.map(({ event, attempts }) => [event.sequence, attempts])).toEqual([
    [1, 2],
    [2, 2],
  ]);
  const rest = await dispatcher.deadLetters({ ...CRM, after: page.next ?? "" });
  expect(rest.items.map(({ event }) => event.sequence)).toEqual([3]);
  to.reply = () => 200;
  expect(await dispatcher.replay({ ...CRM, id: { all: true } })).toEqual({ replayed: 3 });
  clock.advance({ seconds: 5 });
  expect(await dispatcher.run()).toMatchObject([{ delivered: 60, waiting: 0 }]);
  expect(to.numbers().slice(-60)).toEqual(Array.from({ length: 60 }, (_, index) => `acme ${index + 1}`));
  const log = await dispatcher.log({ ...CRM, limit: 1_000 });
  expect(log.items).toHaveLength(to.received.length);
  expect(log.next).toBe(null);
  await expectSound(store);
}

test("a store that takes little at once", () =>
  lives(
    memoryStore({
      limits: {
        changesPerCommit: 1,
        rowsPerChange: 99,
        walletsPerTransact: 1,
        transactAcrossParts: false,
      },
    }),
  ));

test("SQLite", async () => {
  const store = sqliteStore({ path: ":memory:" });
  await store.migrate();
  await lives(store);
  await store.close();
});
