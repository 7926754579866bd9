/** A past balance counts what stood then: what never expires, and not what had expired and was only held. */
import { expect, test } from "vitest";
import { ACME, DAY, HOUR, START, gift, newKey, plain, refusedWith, world } from "../support.js";

test("a past balance counts what is held of an expired grant, but not as available", async () => {
  const { credits, clock } = world();
  await gift(credits, 5, { expiresAt: START + DAY });
  await credits.reserve({ ...ACME, amount: 5, expiresIn: { days: 6 }, idempotencyKey: newKey() });
  await gift(credits, 2);
  clock.advance({ days: 3 });
  expect(plain(await credits.balance({ ...ACME, at: START + HOUR }))).toMatchObject({
    available: "7",
    balance: "7",
    expiring: [{ amount: "5", at: "2026-01-11T00:00:00.000Z" }],
  });
  for (const at of [START + DAY, START + 2 * DAY])
    expect(plain(await credits.balance({ ...ACME, at }))).toMatchObject({
      available: "2",
      balance: "7",
      expiring: [],
    });
});

test.each([
  "null",
  "7",
  "{}",
  '{"recordedAt":1,"wallet":7,"receiptNo":1}',
  '{"recordedAt":"1","wallet":"w","receiptNo":1}',
  '{"recordedAt":1,"wallet":"w","receiptNo":0.5}',
])("an audit does not go on after %s", async (after) => {
  const { credits } = world();
  await gift(credits, 1);
  await refusedWith(credits.audit({ customerId: "acme", after }), "invalid_input");
});
