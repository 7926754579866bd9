/** What is sent, to whom, and when. */
import { Webhook } from "standardwebhooks";
import { expect, test } from "vitest";
import { webhookDispatcher } from "coffer/webhooks";
import { ACME, START, gift, plain, use } from "../engine/support.js";
import { eventsOf } from "../engine/events/reading.js";
import { CRM, type Received, OLD_SECRET, SECRET, gifts, hooks, receiver, verified } from "./support.js";

test("an event is posted as JSON, signed, under its own id", async () => {
  const { credits, receiver, dispatcher } = await hooks();
  await gift(credits, "12.5", { displayName: "Welcome – schön" });
  expect(await dispatcher.run()).toEqual([
    { endpointId: "crm", isElsewhere: false, delivered: 1, failed: 0, deadLettered: 0, waiting: 0 },
  ]);
  const [event] = await eventsOf(credits);
  const [posted] = receiver.received;
  expect(posted?.path).toBe("/hooks");
  expect(posted?.headers).toMatchObject({
    "content-type": "application/json",
    "webhook-id": event?.id,
    "webhook-timestamp": String(START / 1_000),
    "webhook-signature": expect.stringMatching(/^v1,[\w+/]{43}=$/),
  });
  expect(posted?.event).toEqual(plain(event));
  expect(posted?.event).toMatchObject({
    data: { grant: { amount: "12.5", displayName: "Welcome – schön" } },
  });
  expect(posted && verified(posted, START)).toEqual(event);
});

test("any receiver of Standard Webhooks takes it: the published library signs it alike", async () => {
  const { credits, receiver, dispatcher } = await hooks();
  await gifts(credits, 1);
  await dispatcher.run();
  const [{ headers, payload }] = receiver.received as [Received];
  const signature = new Webhook(SECRET).sign(String(headers["webhook-id"]), new Date(START), payload);
  expect(headers["webhook-signature"]).toBe(signature);
});

test("is delivered once, and the next run has only what is new", async () => {
  const { credits, receiver, dispatcher } = await hooks();
  await gifts(credits, 2);
  await dispatcher.run();
  expect(await dispatcher.run()).toMatchObject([{ delivered: 0 }]);
  await gifts(credits, 1);
  await dispatcher.run();
  expect(receiver.numbers()).toEqual(["acme 1", "acme 2", "acme 3"]);
});

test("more events than a page has, of several wallets, all come, each wallet's in order", async () => {
  const { credits, receiver, dispatcher } = await hooks();
  const customers = ["acme", "beta", "gamma"];
  for (const customer of customers) await gifts(credits, 70, customer);
  expect(await dispatcher.run()).toMatchObject([{ delivered: 210 }]);
  for (const customer of customers) {
    const numbers = receiver.numbers().filter((one) => one.startsWith(customer));
    expect(numbers).toEqual(Array.from({ length: 70 }, (_, index) => `${customer} ${index + 1}`));
  }
});

test("an endpoint gets the types it asks for, and each endpoint its own", async () => {
  const { credits, receiver: all, another } = await hooks();
  const depleted = await receiver();
  const dispatcher = webhookDispatcher({
    credits,
    allowPrivateTargets: true,
    endpoints: [
      { id: "all", url: all.url, secrets: [SECRET], fromStart: true },
      {
        id: "depleted",
        url: depleted.url,
        secrets: [OLD_SECRET],
        types: ["credits.balance.depleted"],
        fromStart: true,
      },
    ],
  });
  await gift(credits, 5);
  await use(credits, 5);
  await dispatcher.run();
  expect(all.received.map(({ event }) => event.type)).toEqual([
    "credits.granted",
    "credits.grant.depleted",
    "credits.balance.depleted",
  ]);
  expect(depleted.received.map(({ event }) => event.type)).toEqual(["credits.balance.depleted"]);
  const [only] = depleted.received;
  expect(only && verified(only, START, [OLD_SECRET]).sequence).toBe(3);
  // Another endpoint has another place.
  await another({}, { id: "late" }).run();
  expect(all.received).toHaveLength(6);
});

test("a new endpoint begins with what comes from now on, unless it asks for the start", async () => {
  const { credits, receiver, another } = await hooks();
  await gifts(credits, 2);
  const dispatcher = another({}, { fromStart: false });
  await dispatcher.run();
  await gifts(credits, 1);
  await dispatcher.run();
  expect(receiver.numbers()).toEqual(["acme 3"]);
});

test("while secrets change, a receiver may know either", async () => {
  const { credits, receiver, another } = await hooks();
  await gifts(credits, 1);
  await another({}, { secrets: [SECRET, OLD_SECRET] }).run();
  const [posted] = receiver.received;
  if (posted === undefined) throw new Error("nothing came");
  for (const secrets of [[SECRET], [OLD_SECRET]]) expect(verified(posted, START, secrets).sequence).toBe(1);
});

test("started, it delivers what comes until it is stopped, and what came meanwhile after it", async () => {
  const { credits, receiver, dispatcher } = await hooks();
  await dispatcher.start();
  await dispatcher.start();
  const came = new Promise<void>((resolve) => {
    receiver.reply = (_, index) => {
      if (index === 1) resolve();
      return 200;
    };
  });
  await gifts(credits, 2);
  await came;
  await dispatcher.stop();
  await gifts(credits, 1);
  expect(receiver.received).toHaveLength(2);
  await dispatcher.run();
  expect(receiver.numbers()).toEqual(["acme 1", "acme 2", "acme 3"]);
});

test("what it has not read is not pruned, unless its endpoint is forgotten", async () => {
  const { credits, dispatcher, clock } = await hooks();
  await gifts(credits, 1);
  await dispatcher.run();
  await gifts(credits, 1);
  clock.advance({ hours: 1 });
  expect(await credits.pruneEvents({ before: clock() })).toEqual({ deleted: 1 });
  expect(await credits.pruneEvents({ before: clock() })).toEqual({ deleted: 0 });
  await credits.forgetConsumer({ consumer: `webhook:${CRM.endpointId}` });
  expect(await credits.pruneEvents({ before: clock() })).toEqual({ deleted: 1 });
});

test("closing the engine ends it", async () => {
  const { credits, dispatcher } = await hooks();
  await dispatcher.start();
  await gift(credits, 1, ACME);
  await credits.close();
  await dispatcher.stop();
  await expect(dispatcher.run()).rejects.toMatchObject({ code: "unsupported" });
});
