/** A hash covers the whole of an entry, however long it is. */
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Entry } from "../../src/core/entry.js";
import { digestsOf, entryHash, genesisHash, sha256 } from "../../src/engine/ledger-hash.js";

const BEFORE = genesisHash({ customerId: "acme", currency: "tokens", scope: "" });

const ENTRY: Entry = {
  seq: 1,
  recordedAt: 10,
  occurredAt: 9,
  type: "consumed",
  account: "grant",
  amount: -5n,
  balanceAfter: 95n,
  grantId: "10-1",
  operationId: "10-1",
  reservationId: null,
  feature: "chat",
  quantity: 7n,
  dimensions: null,
  rateVersion: "v1",
  money: null,
  moneyCurrency: null,
  price: null,
  actor: null,
  reason: null,
  cause: null,
};

const hashOf = (entry: Entry) => Buffer.from(entryHash(BEFORE, entry, digestsOf(entry))).toString("hex");

/** As anybody may compute it who reads the ledger. */
function hashByHand(entry: Entry): string {
  const { seq, recordedAt, occurredAt, type, account, feature, rateVersion } = entry;
  const facts = [seq, recordedAt, occurredAt, type, account, "-5", "95", "10-1", "10-1", null];
  const text = JSON.stringify([...facts, feature, "7", rateVersion, ...Array(7).fill(null)]);
  return createHash("sha256").update(BEFORE).update(text).digest("hex");
}

describe("it is SHA-256 over the hash before and the entry's facts as JSON", () => {
  test.each([
    ["short", "chat"],
    ["of characters that JSON escapes", 'a "b" \\ c'],
    ["of more characters than are put together at once", "x".repeat(5_000)],
    ["of more bytes than are put together at once", "語".repeat(1_400)],
    ["about as long as what is put together at once", "x".repeat(1_200)],
  ])("%s", (_, feature) => {
    expect(hashOf({ ...ENTRY, feature })).toBe(hashByHand({ ...ENTRY, feature }));
  });
});

test("entries that differ in their last letter only have different hashes, however long they are", () => {
  const longAs = (rateVersion: string) => ({ ...ENTRY, feature: "語".repeat(3_000), rateVersion });
  expect(hashOf(longAs("v1"))).not.toBe(hashOf(longAs("v2")));
});

test("a short entry after a long one has the hash that it has alone", () => {
  const alone = hashOf(ENTRY);
  hashOf({ ...ENTRY, feature: "語".repeat(1_200) });
  expect(hashOf(ENTRY)).toBe(alone);
});

test("texts and bytes have the digest that Node's createHash gives them", () => {
  for (const data of ["", "語", Buffer.from([0, 255, 128])])
    expect(sha256(data)).toEqual(createHash("sha256").update(data).digest());
});
