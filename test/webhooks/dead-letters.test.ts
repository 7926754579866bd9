/** What an endpoint did not take is listed, and replayed. */
import { expect, test } from "vitest";
import { eventsOf } from "../engine/events/reading.js";
import { refusal } from "../engine/support.js";
import { CRM, type Hooks, gifts, hooks } from "./support.js";

/** Every event of so many is given up at once. */
async function givenUp(count: number): Promise<Hooks> {
  const here = await hooks({ retry: { maxAttempts: 1 } });
  here.receiver.reply = () => 500;
  await gifts(here.credits, count);
  await here.dispatcher.run();
  return here;
}

test("by default an event is tried 8 times over one and a half days", async () => {
  const { credits, receiver, dispatcher, clock } = await hooks();
  receiver.reply = () => 500;
  await gifts(credits, 1);
  const begun = clock();
  for (let attempt = 1; attempt <= 8; attempt++) {
    expect((await dispatcher.deadLetters(CRM)).items).toEqual([]);
    expect(await dispatcher.run()).toMatchObject([{ failed: 1, deadLettered: attempt === 8 ? 1 : 0 }]);
    const { items } = await dispatcher.log(CRM);
    clock.set(items[0]?.nextAttemptAt ?? clock());
  }
  // Three quarters of 5 s, 30 s, 2 min, 10 min, 1 h, 6 h and 1 day.
  expect(clock() - begun).toBe(0.75 * (5 + 30 + 120 + 600 + 3_600 + 21_600 + 86_400) * 1_000);
  const [event] = await eventsOf(credits);
  expect(await dispatcher.deadLetters(CRM)).toEqual({
    items: [
      {
        id: expect.any(String),
        event,
        attempts: 8,
        status: 500,
        error: "answered 500",
        at: new Date(clock()),
      },
    ],
    next: null,
  });
  clock.advance({ days: 9 });
  expect(await dispatcher.run()).toMatchObject([{ failed: 0, waiting: 0 }]);
});

test("410 (gone) is given up at once, and what waits behind it is tried", async () => {
  const { credits, receiver, dispatcher } = await hooks();
  receiver.reply = (_, index) => (index === 0 ? 410 : 200);
  await gifts(credits, 2);
  expect(await dispatcher.run()).toMatchObject([{ deadLettered: 1, delivered: 1, waiting: 0 }]);
  expect((await dispatcher.deadLetters(CRM)).items).toMatchObject([{ status: 410, attempts: 1 }]);
});

test("are listed oldest first, page by page", async () => {
  const { dispatcher, clock, credits } = await givenUp(1);
  for (let more = 0; more < 4; more++) {
    clock.advance({ seconds: 1 });
    await gifts(credits, 1);
    await dispatcher.run();
  }
  const numbers: number[][] = [];
  let after: string | undefined;
  do {
    const page = await dispatcher.deadLetters({ ...CRM, limit: 2, after });
    numbers.push(page.items.map(({ event }) => event.sequence));
    after = page.next ?? undefined;
  } while (after !== undefined);
  expect(numbers.flat()).toEqual([1, 2, 3, 4, 5]);
  expect(Math.max(...numbers.map(({ length }) => length))).toBe(2);
});

test("one is replayed under its own id, and is a dead letter no more", async () => {
  const { dispatcher, receiver } = await givenUp(3);
  const { items } = await dispatcher.deadLetters(CRM);
  const [, second] = items;
  receiver.reply = () => 200;
  expect(await dispatcher.replay({ ...CRM, id: second?.id ?? "" })).toEqual({ replayed: 1 });
  expect(await dispatcher.run()).toMatchObject([{ delivered: 1, waiting: 0 }]);
  expect(receiver.received.at(-1)?.headers["webhook-id"]).toBe(second?.event.id);
  const left = await dispatcher.deadLetters(CRM);
  expect(left.items.map(({ event }) => event.sequence)).toEqual([1, 3]);
  expect(await refusal(dispatcher.replay({ ...CRM, id: second?.id ?? "" }))).toMatchObject({
    code: "invalid_input",
    details: { field: "id" },
  });
});

test("all are replayed, each wallet's in order, from whatever process", async () => {
  const { dispatcher, receiver, another } = await givenUp(120);
  receiver.reply = () => 200;
  expect(await another().replay({ ...CRM, id: { all: true } })).toEqual({ replayed: 120 });
  expect(await dispatcher.run()).toMatchObject([{ delivered: 120 }]);
  expect(receiver.numbers().slice(120)).toEqual(
    Array.from({ length: 120 }, (_, index) => `acme ${index + 1}`),
  );
  expect(await dispatcher.deadLetters(CRM)).toEqual({ items: [], next: null });
});

test("a replayed one has all its attempts again, and may die again", async () => {
  const { dispatcher } = await givenUp(1);
  await dispatcher.replay({ ...CRM, id: { all: true } });
  expect(await dispatcher.run()).toMatchObject([{ failed: 1, deadLettered: 1 }]);
  expect((await dispatcher.deadLetters(CRM)).items).toMatchObject([{ attempts: 1 }]);
});

test("more than may wait stay dead letters", async () => {
  const { dispatcher, receiver } = await givenUp(230);
  expect(await dispatcher.replay({ ...CRM, id: { all: true } })).toEqual({ replayed: 200 });
  receiver.reply = () => 200;
  expect(await dispatcher.run()).toMatchObject([{ delivered: 200 }]);
  expect((await dispatcher.deadLetters({ ...CRM, limit: 1_000 })).items).toHaveLength(30);
  expect(await dispatcher.replay({ ...CRM, id: { all: true } })).toEqual({ replayed: 30 });
});

test.each(["", "0123456789abnothing", "x"])("a cursor that no page gave (%j) is refused", async (after) => {
  const { dispatcher } = await givenUp(1);
  expect((await refusal(dispatcher.deadLetters({ ...CRM, after }))).code).toBe("invalid_input");
});

test("an endpoint that is not of this dispatcher is refused", async () => {
  const { dispatcher } = await hooks();
  const stranger = { endpointId: "erp" };
  for (const call of [
    dispatcher.deadLetters(stranger),
    dispatcher.log(stranger),
    dispatcher.replay({ ...stranger, id: { all: true } }),
  ])
    expect(await refusal(call)).toMatchObject({ code: "invalid_input", details: { field: "endpointId" } });
});
