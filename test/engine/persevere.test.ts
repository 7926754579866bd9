/** Tries that others spoil, and what a caller is told in the end. */
import { CreditError } from "coffer";
import { StoreError } from "coffer/store";
import { expect, test } from "vitest";
import { Deadline } from "../../src/engine/pace.js";
import { persevere } from "../../src/engine/persevere.js";
import { virtualPace } from "./virtual-pace.js";

const patience = () => new Deadline(virtualPace(), 10_000);

test("whoever is spoilt twenty times is told that nothing was written", async () => {
  let tries = 0;
  const told = persevere(patience(), async () => {
    tries++;
    return "spoilt";
  });
  await expect(told).rejects.toMatchObject({ code: "store_conflict" });
  await expect(told).rejects.toBeInstanceOf(CreditError);
  expect(tries).toBe(20);
});

test("whoever is spoilt after an answer was lost is told of the lost answer: something may have been written", async () => {
  const lost = new StoreError("ambiguous", "the answer was lost");
  let tries = 0;
  const told = persevere(patience(), async ({ failure }) => {
    if (tries++ === 0) throw lost;
    expect(failure).toBe(lost);
    return "spoilt";
  });
  await expect(told).rejects.toBe(lost);
  expect(tries).toBe(21);
});
