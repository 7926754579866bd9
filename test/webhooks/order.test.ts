/** A wallet's events come in order, whatever fails; other wallets go on. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { expectSound } from "../engine/support.js";
import { gifts, hooks } from "./support.js";

test("what comes after a failure waits behind it, and other wallets go on", async () => {
  const { credits, receiver, dispatcher, clock } = await hooks();
  let isDown = true;
  receiver.reply = ({ event }) => (isDown && event.customerId === "acme" ? 500 : 200);
  await gifts(credits, 3);
  await gifts(credits, 2, "beta");
  expect(await dispatcher.run()).toMatchObject([{ delivered: 2, failed: 1, waiting: 3 }]);
  expect(receiver.numbers().filter((one) => one !== "acme 1")).toEqual(["beta 1", "beta 2"]);
  await gifts(credits, 1);
  await gifts(credits, 1, "beta");
  expect(await dispatcher.run()).toMatchObject([{ delivered: 1, failed: 0, waiting: 4 }]);
  isDown = false;
  clock.advance({ seconds: 5 });
  expect(await dispatcher.run()).toMatchObject([{ delivered: 4, waiting: 0 }]);
  expect(receiver.numbers().filter((one) => one.startsWith("acme"))).toEqual([
    "acme 1",
    "acme 1",
    "acme 2",
    "acme 3",
    "acme 4",
  ]);
});

test("a scope's wallet is another wallet, even of the same customer", async () => {
  const { credits, receiver, dispatcher } = await hooks();
  receiver.reply = ({ event }) => (event.scope === undefined ? 500 : 200);
  await gifts(credits, 1);
  await credits.grant({
    customerId: "acme",
    scope: "team",
    currency: "tokens",
    amount: 1,
    category: "promotional",
    idempotencyKey: "team",
  });
  expect(await dispatcher.run()).toMatchObject([{ delivered: 1, failed: 1 }]);
});

test("of one part, at most 200 wait; what comes after them stays in the outbox, and nothing is lost", async () => {
  const { credits, receiver, dispatcher, clock } = await hooks();
  receiver.reply = () => 500;
  await gifts(credits, 230);
  expect(await dispatcher.run()).toMatchObject([{ failed: 1, waiting: 200 }]);
  receiver.reply = () => 200;
  clock.advance({ seconds: 5 });
  expect(await dispatcher.run()).toMatchObject([{ delivered: 230, waiting: 0 }]);
  expect(receiver.numbers()).toEqual([
    "acme 1",
    ...Array.from({ length: 230 }, (_, index) => `acme ${index + 1}`),
  ]);
});

test("at most so many deliveries are under way at once, one of each wallet", async () => {
  const { credits, receiver, dispatcher } = await hooks({ mostAtOnce: 3 });
  const underWay = new Set<string>();
  let most = 0;
  let meet: () => void = () => undefined;
  const threeMet = new Promise<void>((resolve) => {
    meet = resolve;
  });
  receiver.reply = async ({ event: { customerId } }) => {
    const isAlone = !underWay.has(customerId);
    underWay.add(customerId);
    most = Math.max(most, underWay.size);
    if (most === 3) meet();
    // Answered only once three are here.
    await threeMet;
    underWay.delete(customerId);
    return isAlone ? 200 : 500;
  };
  for (let customer = 0; customer < 40; customer++) await gifts(credits, 3, `customer ${customer}`);
  expect(await dispatcher.run()).toMatchObject([{ delivered: 120 }]);
  expect(most).toBe(3);
});

test("whatever answers come, and wherever dispatchers end: each event is taken at least once, those of a wallet in order", async () => {
  const step = fc.oneof(
    fc.record({ gift: fc.constantFrom("acme", "beta", "gamma") }),
    fc.record({ minutes: fc.constantFrom(0, 1, 30) }),
    fc.record({ replies: fc.array(fc.constantFrom(200, 200, 500, "cut" as const), { maxLength: 4 }) }),
    fc.constant({ restart: true }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
      const here = await hooks({ retry: { maxAttempts: 1_000 } });
      const { credits, receiver, clock } = here;
      let { dispatcher } = here;
      let replies: (number | "cut")[] = [];
      const taken: string[] = [];
      receiver.reply = ({ event }) => {
        const reply = replies.shift() ?? 200;
        if (reply === 200) taken.push(`${event.customerId} ${event.sequence}`);
        return reply;
      };
      const counts = new Map<string, number>();
      for (const one of steps) {
        if ("gift" in one) {
          await gifts(credits, 1, one.gift);
          counts.set(one.gift, (counts.get(one.gift) ?? 0) + 1);
        } else if ("minutes" in one) {
          clock.set(clock() + one.minutes * 60_000);
          await dispatcher.run();
        } else if ("replies" in one) replies = [...one.replies];
        else dispatcher = here.another({ retry: { maxAttempts: 1_000 } });
      }
      replies = [];
      clock.advance({ days: 2 });
      await dispatcher.run();
      await receiver.close();
      await expectSound(here.store);
      for (const [customer, count] of counts) {
        const numbers = taken.filter((one) => one.startsWith(customer));
        expect(numbers).toEqual(Array.from({ length: count }, (_, index) => `${customer} ${index + 1}`));
      }
    }),
    { numRuns: 40, seed: 7 },
  );
});
