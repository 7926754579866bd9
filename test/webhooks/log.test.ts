/** The delivery log: what admins see of each attempt. */
import { expect, test } from "vitest";
import { refusal } from "../engine/support.js";
import { CRM, gifts, hooks } from "./support.js";

test("tells each attempt, newest first", async () => {
  const { credits, receiver, dispatcher, clock } = await hooks({
    retry: { delaysMs: [4_000], maxAttempts: 2 },
  });
  receiver.reply = ({ event }, index) => (event.sequence === 1 || index === 1 ? 500 : 200);
  await gifts(credits, 2);
  const begun = clock();
  await dispatcher.run();
  clock.advance({ seconds: 3 });
  await dispatcher.run();
  const { items, next } = await dispatcher.log(CRM);
  expect(next).toBe(null);
  const failed = {
    type: "credits.granted",
    customerId: "acme",
    status: 500,
    error: "answered 500",
    durationMs: 0,
  };
  const [second, , first] = items.map(({ eventId }) => eventId);
  expect([first?.split("_").at(-1), second?.split("_").at(-1)]).toEqual(["1", "2"]);
  expect(items).toEqual([
    {
      ...failed,
      eventId: second,
      at: new Date(begun + 3_000),
      attempt: 1,
      outcome: "delivered",
      status: 200,
      error: null,
      nextAttemptAt: null,
    },
    {
      ...failed,
      eventId: first,
      at: new Date(begun + 3_000),
      attempt: 2,
      outcome: "dead",
      nextAttemptAt: null,
    },
    {
      ...failed,
      eventId: first,
      at: new Date(begun),
      attempt: 1,
      outcome: "failed",
      nextAttemptAt: new Date(begun + 3_000),
    },
  ]);
});

test("keeps the last 1,000, in pages", async () => {
  const { credits, dispatcher } = await hooks();
  await gifts(credits, 1_070);
  await dispatcher.run();
  const ids: string[] = [];
  let pages = 0;
  let after: string | undefined;
  do {
    const page = await dispatcher.log({ ...CRM, limit: 300, after });
    ids.push(...page.items.map(({ eventId }) => eventId.split("_").at(-1) ?? ""));
    pages += 1;
    after = page.next ?? undefined;
  } while (after !== undefined);
  expect(pages).toBe(4);
  expect(ids).toEqual(Array.from({ length: 1_000 }, (_, index) => String(1_070 - index)));
});

test("an empty one, and cursors that no page gave", async () => {
  const { dispatcher } = await hooks();
  expect(await dispatcher.log(CRM)).toEqual({ items: [], next: null });
  for (const after of ["", "x", "-1", "1.5"])
    expect(await refusal(dispatcher.log({ ...CRM, after }))).toMatchObject({ details: { field: "after" } });
  for (const limit of [0, 1_001, 1.5])
    expect(await refusal(dispatcher.log({ ...CRM, limit }))).toMatchObject({ details: { field: "limit" } });
});
