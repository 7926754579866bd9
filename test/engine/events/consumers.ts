/** Laws of consumers, over any store. */
import type { CreditEvent } from "coffer";
import type { CreditStore } from "coffer/store";
import { manualClock } from "coffer/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  ACME,
  DAY,
  type Engine,
  START,
  engineOn,
  expectSound,
  gift,
  refusal,
  refusedWith,
  use,
} from "../support.js";
import { eventsOf } from "./reading.js";

export interface Opened {
  readonly store: CreditStore;
  readonly close: () => Promise<void>;
}

export function consumers(open: () => Promise<Opened>): void {
  let opened: Opened;
  let clock: ReturnType<typeof manualClock>;
  let credits: Engine;
  beforeEach(async () => {
    opened = await open();
    clock = manualClock(START);
    credits = engineOn(opened.store, clock);
  });
  afterEach(async () => {
    await expectSound(opened.store);
    await opened.close();
  });

  const gifts = async (count: number, customerId: string = "acme") => {
    for (let one = 0; one < count; one++) await gift(credits, 1, { customerId });
  };
  const reading = (consumer: string, more: object = {}) =>
    credits.events({ consumer, follow: false, ...more });
  const numbersOf = (events: readonly CreditEvent[]) =>
    events.map(({ customerId, sequence }) => `${customerId} ${sequence}`);
  const numbers = async (consumer: string) => numbersOf(await eventsOf(credits, consumer));

  describe("a consumer", () => {
    test("reads every event once, in order per wallet, and then what is new", async () => {
      await gifts(3);
      await gifts(2, "beta");
      const read = await numbers("crm");
      expect(read.filter((one) => one.startsWith("acme"))).toEqual(["acme 1", "acme 2", "acme 3"]);
      expect(read.filter((one) => one.startsWith("beta"))).toEqual(["beta 1", "beta 2"]);
      expect(await numbers("crm")).toEqual([]);
      await gifts(1);
      expect(await numbers("crm")).toEqual(["acme 4"]);
    });

    test("gets the event again in which it broke off, and none before it", async () => {
      await gifts(4);
      for await (const { sequence } of reading("crm")) if (sequence === 3) break;
      expect(await numbers("crm")).toEqual(["acme 3", "acme 4"]);
      await gifts(1);
      const failing = async () => {
        for await (const { sequence } of reading("crm")) throw new Error(`at ${sequence}`);
      };
      await expect(failing()).rejects.toThrow("at 5");
      expect(await numbers("crm")).toEqual(["acme 5"]);
    });

    test("keeps its place as it goes on: a process that dies repeats the last event only", async () => {
      await gifts(4);
      const dying = reading("crm")[Symbol.asyncIterator]();
      for (let one = 0; one < 3; one++) await dying.next();
      expect(await numbers("crm")).toEqual(["acme 3", "acme 4"]);
    });

    test("may keep its place less often", async () => {
      await gifts(5);
      const dying = reading("crm", { saveEvery: 3 })[Symbol.asyncIterator]();
      for (let one = 0; one < 3; one++) await dying.next();
      const other = reading("crm")[Symbol.asyncIterator]();
      expect(await other.next()).toMatchObject({ value: { sequence: 1 } });
      await dying.next();
      expect(await numbers("crm")).toEqual(["acme 4", "acme 5"]);
      // Its place does not go back, whatever the slower of the two keeps.
      await other.next();
      await other.return?.();
      expect(await numbers("crm")).toEqual([]);
    });

    test("reads only the types it asks for, and passes over the others", async () => {
      await gifts(1);
      await use(credits, 1);
      const types: string[] = [];
      for await (const event of credits.events({
        consumer: "crm",
        types: ["credits.balance.depleted", "credits.expired"],
        follow: false,
      }))
        types.push(event.type);
      expect(types).toEqual(["credits.balance.depleted"]);
      expect(await numbers("crm")).toEqual([]);
    });

    test("that is new may begin with what comes", async () => {
      await gifts(3);
      expect(await eventsOfNew("late")).toEqual([]);
      await gifts(1);
      expect(await eventsOfNew("late")).toEqual(["acme 4"]);
    });

    const eventsOfNew = async (consumer: string) => {
      const events: CreditEvent[] = [];
      for await (const event of reading(consumer, { fromStart: false })) events.push(event);
      return numbersOf(events);
    };

    test("knows nothing of another", async () => {
      await gifts(2);
      expect(await numbers("crm")).toEqual(["acme 1", "acme 2"]);
      expect(await numbers("mail")).toEqual(["acme 1", "acme 2"]);
      await gifts(1);
      expect([await numbers("mail"), await numbers("crm")]).toEqual([["acme 3"], ["acme 3"]]);
    });

    test("follows until it breaks off or its signal says so", async () => {
      const stop = new AbortController();
      const read: number[] = [];
      await gifts(1);
      for await (const { sequence } of credits.events({ consumer: "crm", signal: stop.signal, pollMs: 5 })) {
        read.push(sequence);
        if (sequence < 3) await gifts(1);
        else stop.abort();
      }
      expect(read).toEqual([1, 2, 3]);
      expect(await numbers("crm")).toEqual([]);
    });

    test("waits for what is new", async () => {
      const following = credits.events({ consumer: "crm" })[Symbol.asyncIterator]();
      const next = following.next();
      await new Promise((resolve) => setImmediate(resolve));
      await gifts(1);
      expect(await next).toMatchObject({ value: { sequence: 1 } });
      await following.return?.();
    });

    test.each([
      {},
      { consumer: "" },
      { consumer: "a", types: ["gone"] },
      { consumer: "a", signal: {} },
      null,
    ])("%j is refused at once", async (request) => {
      const wild = credits.events as (request: unknown) => unknown;
      expect((await refusal(() => wild(request))).code).toBe("invalid_input");
    });
  });

  describe("pruning", () => {
    test("deletes what is old and has been read by all, and never more", async () => {
      await gifts(2);
      await gifts(1, "beta");
      clock.advance({ days: 1 });
      await gifts(1);
      expect(await credits.pruneEvents({ before: START })).toEqual({ deleted: 0 });
      await numbers("crm");
      for await (const { sequence } of reading("mail", { types: ["credits.granted"] }))
        if (sequence === 2) break;
      await credits.pruneEvents({ before: START + 2 * DAY });
      const left = await numbers("mail");
      expect(left).toContain("acme 2");
      expect(left).toContain("acme 4".replace("4", "3"));
      await credits.pruneEvents({ before: START + DAY });
      expect(await numbers("new")).toEqual(["acme 3"]);
      expect(await credits.pruneEvents({ before: START + 2 * DAY })).toEqual({ deleted: 1 });
      expect(await numbers("newer")).toEqual([]);
    });

    test("keeps what is new, though it bears an old instant", async () => {
      await gift(credits, 5, { expiresAt: START + DAY });
      await numbers("crm");
      clock.advance({ days: 90 });
      await credits.grants(ACME);
      expect(await credits.pruneEvents({ before: START + 80 * DAY })).toEqual({ deleted: 1 });
      expect(await numbers("crm")).toEqual(["acme 2", "acme 3"]);
    });

    test("goes by nobody where nobody reads, and not by whom it was told to forget", async () => {
      await gifts(2);
      expect(await credits.pruneEvents({ before: START + DAY })).toEqual({ deleted: 2 });
      await numbers("crm");
      await gifts(2);
      expect(await credits.pruneEvents({ before: START + DAY })).toEqual({ deleted: 0 });
      await credits.forgetConsumer({ consumer: "crm" });
      await credits.forgetConsumer({ consumer: "crm" });
      await credits.forgetConsumer({ consumer: "never" });
      expect(await numbers("crm")).toEqual(["acme 3", "acme 4"]);
      await credits.forgetConsumer({ consumer: "crm" });
      expect(await credits.pruneEvents({ before: START + DAY })).toEqual({ deleted: 2 });
    });

    test("needs an instant", async () => {
      const wild = credits.pruneEvents as (request: unknown) => Promise<unknown>;
      await refusedWith(wild({}), "invalid_input");
    });
  });
}
