import { memoryStore } from "coffer/memory";
import { manualClock } from "coffer/testing";
import { describe, expect, test } from "vitest";
import { START, engineOn, gift, refusedWith } from "../support.js";
import { consumers } from "./consumers.js";

describe("over the memory store", () => {
  consumers(async () => {
    const store = memoryStore();
    return { store, close: () => store.close() };
  });
});

test("an engine that is closed ends its iterations; one that begins later is refused", async () => {
  const store = memoryStore();
  const credits = engineOn(store, manualClock(START));
  await gift(credits, 1);
  const read: number[] = [];
  for await (const { sequence } of credits.events({ consumer: "crm" })) {
    read.push(sequence);
    await credits.close();
  }
  expect(read).toEqual([1]);
  await refusedWith(credits.events({ consumer: "crm" }).next(), "unsupported");
});
