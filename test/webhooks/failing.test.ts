/** Receivers that fail, stall, cut connections and send elsewhere. */
import { type AddressInfo, createServer } from "node:net";
import { expect, test } from "vitest";
import { engineOn } from "../engine/support.js";
import { CRM, type Reply, gifts, hooks, receiver } from "./support.js";

test("an answer of 500 is tried again after 5 s, 30 s, 2 min, …, with the same id and body", async () => {
  const { credits, receiver, dispatcher, clock } = await hooks();
  receiver.reply = (_, index) => (index < 3 ? 500 : 200);
  await gifts(credits, 1);
  // By chance 0.5, each pause is three quarters of its delay.
  for (const [seconds, delivered] of [
    [3.75, 0],
    [22.5, 0],
    [90, 0],
    [0, 1],
  ] as const) {
    expect(await dispatcher.run()).toMatchObject([
      { delivered, failed: 1 - delivered, waiting: 1 - delivered },
    ]);
    clock.set(clock() + seconds * 1_000 - 1);
    expect(await dispatcher.run()).toMatchObject([{ delivered: 0, failed: 0 }]);
    clock.set(clock() + 1);
  }
  expect(receiver.received).toHaveLength(4);
  const [first, ...others] = receiver.received;
  for (const other of others) {
    expect(other.headers["webhook-id"]).toBe(first?.headers["webhook-id"]);
    expect(other.payload).toBe(first?.payload);
  }
  // It is signed anew, at its own time.
  expect(others.at(-1)?.headers["webhook-timestamp"]).not.toBe(first?.headers["webhook-timestamp"]);
});

test("every pause is drawn between half of its delay and all of it", async () => {
  for (const [chance, seconds] of [
    [0, 2.5],
    [1 - 2 ** -53, 5],
  ] as const) {
    const { credits, receiver, another, store, clock } = await hooks();
    const pace = { monotonicMs: () => 0, wait: async () => undefined, random: () => chance };
    const dispatcher = another({ credits: engineOn(store, clock, { pace }) });
    receiver.reply = () => 500;
    await gifts(credits, 1);
    await dispatcher.run();
    const { items } = await dispatcher.log(CRM);
    expect(items[0]?.nextAttemptAt?.getTime()).toBe(clock() + seconds * 1_000);
  }
});

test.each<readonly [Reply, { readonly status: number | null; readonly error: unknown }]>([
  [404, { status: 404, error: "answered 404" }],
  [503, { status: 503, error: "answered 503" }],
  ["cut", { status: null, error: "socket hang up" }],
  ["cutAnswer", { status: 500, error: "answered 500" }],
  ["stall", { status: null, error: "no answer within 100 ms" }],
])("%s is a failure, and delivered once it goes again", async (reply, { status, error }) => {
  const { credits, receiver, dispatcher, clock } = await hooks({ timeoutMs: 100 });
  receiver.reply = (_, index) => (index === 0 ? reply : 204);
  await gifts(credits, 1);
  expect(await dispatcher.run()).toMatchObject([{ failed: 1, waiting: 1 }]);
  expect((await dispatcher.log(CRM)).items).toMatchObject([{ outcome: "failed", attempt: 1, status, error }]);
  clock.advance({ seconds: 5 });
  expect(await dispatcher.run()).toMatchObject([{ delivered: 1, waiting: 0 }]);
});

test.each(["drip", "endless"] as const)("%s: of an answer only its status counts", async (reply) => {
  const { credits, receiver, dispatcher } = await hooks({ timeoutMs: 300 });
  receiver.reply = () => reply;
  await gifts(credits, 1);
  expect(await dispatcher.run()).toMatchObject([{ delivered: 1 }]);
});

test("a receiver that is down", async () => {
  const { credits, receiver, dispatcher } = await hooks();
  await receiver.close();
  await gifts(credits, 1);
  await dispatcher.run();
  const { items } = await dispatcher.log(CRM);
  expect(items).toMatchObject([{ status: null, error: expect.stringContaining("ECONNREFUSED") }]);
});

test("what does not speak HTTP", async () => {
  const server = createServer((socket) => {
    socket.on("error", () => undefined).resume();
    socket.end("220 mail.example.com ESMTP\r\n");
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const { credits, dispatcher } = await hooks({}, { url: `http://127.0.0.1:${port}/` });
  await gifts(credits, 1);
  expect(await dispatcher.run()).toMatchObject([{ failed: 1 }]);
  await new Promise<unknown>((resolve) => {
    server.close(resolve);
  });
});

test.each([301, 302, 303, 307, 308])("a redirect (%i) is not followed", async (status) => {
  const { credits, receiver: redirecting, dispatcher } = await hooks();
  const target = await receiver();
  redirecting.reply = () => ({ status, headers: { location: target.url } });
  await gifts(credits, 1);
  expect(await dispatcher.run()).toMatchObject([{ delivered: 0, failed: 1 }]);
  expect(target.received).toEqual([]);
});

test.each([
  ["60", 60_000],
  ["1", 3_750],
  ["999999", 86_400_000],
  ["Sat, 10 Jan 2026 00:10:00 GMT", 600_000],
  ["soon", 3_750],
])("Retry-After: %s is kept where it says more than the pause, up to a day", async (after, ms) => {
  const { credits, receiver, dispatcher, clock } = await hooks();
  receiver.reply = () => ({ status: 429, headers: { "retry-after": after } });
  await gifts(credits, 1);
  await dispatcher.run();
  const { items } = await dispatcher.log(CRM);
  expect(items[0]?.nextAttemptAt?.getTime()).toBe(clock() + ms);
});
