/** Public ids are opaque, name their wallet, and open no door to another customer's. */
import { createCreditEngine } from "coffer";
import { memoryStore } from "coffer/memory";
import { beforeAll, describe, expect, test } from "vitest";
import { ACME, START, catalog, gift, newKey, refusedWith, use, world } from "../support.js";
import { complaint } from "./probe.js";
import { type Stage, type Verb, type Wild, stage } from "./verbs.js";

let here: Stage;
beforeAll(async () => {
  here = await stage();
});

const places = [
  ["capture", "reservationId", "reservation_not_found"],
  ["release", "reservationId", "reservation_not_found"],
  ["extend", "reservationId", "reservation_not_found"],
  ["voidGrant", "grantId", "grant_not_found"],
  ["amendGrant", "grantId", "grant_not_found"],
  ["refundGrant", "grantId", "grant_not_found"],
  ["adjust", "grantId", "grant_not_found"],
  ["reverse", "withdrawalId", "withdrawal_not_found"],
] as const satisfies readonly (readonly [Verb, string, string])[];

function idOf(verb: Verb, field: string): string {
  return String(here.accepted[verb][field] ?? here.accepted.voidGrant["grantId"]);
}

/** Ids that are almost right, of the form `<kind>_<part><wallet>_<local>`. */
function malformed(id: string): readonly string[] {
  const [kind = "", place = "", local = ""] = id.split("_");
  return [
    "x",
    "_",
    "__",
    id.slice(0, -1),
    id.slice(1),
    `${id}0`,
    ` ${id}`,
    `${id} `,
    id.toUpperCase(),
    `${kind}_${place.toUpperCase()}_${local}`.replace(place, `${place.slice(0, -1)}A`),
    `${kind}_${place}`,
    `${kind}_${place}_`,
    `${kind}_${place}0_${local}`,
    `${kind}_${place.slice(1)}_${local}`,
    `xx_${place}_${local}`,
    `en_${place}_${local}`,
    `op_${place}_${local}`,
    `${kind}_zz${place.slice(2)}_${local}`,
    `${kind}_${otherPart(place)}_${local}`,
    `${kind}_${place}_${local}\n`,
    `${kind}_${place}_../${local}`,
    `${kind}_${place}_constructor`,
    `${kind}_${place}___proto__`,
    `${kind}_${place}_1-1`,
    `${kind}_${place}_${START}-999`,
    `${kind}_${place}_-0-1`,
    `${kind}_${"0".repeat(18)}_${local}`,
    `${kind}_${place}_' OR 1=1 --`,
    local,
    place,
  ];
}

/** Same wallet, another part: no such place. */
function otherPart(place: string): string {
  const part = (Number.parseInt(place.slice(0, 2), 16) + 1) % 256;
  return part.toString(16).padStart(2, "0") + place.slice(2);
}

test.each(places)("%s: a `%s` that is not quite one is %s", async (verb, field, code) => {
  for (const id of malformed(idOf(verb, field)))
    expect
      .soft(await complaint(here, verb, { ...here.accepted[verb], [field]: id }, code), id)
      .toBeUndefined();
});

test.each(places)("%s: the ids of other kinds are not one (%s)", async (verb, field, code) => {
  const ids = new Set(places.map(([other, name]) => idOf(other, name)));
  ids.delete(idOf(verb, field));
  expect(ids.size).toBe(2);
  for (const id of ids)
    expect
      .soft(await complaint(here, verb, { ...here.accepted[verb], [field]: id }, code), id)
      .toBeUndefined();
});

test("an engine that has not seen the wallet yet judges ids alike", async () => {
  const other = await stage();
  for (const [verb, field, code] of places) {
    const id = String(other.accepted[verb][field] ?? other.accepted.voidGrant["grantId"]);
    for (const wrong of malformed(id).slice(9, 19)) {
      const request: Wild = { ...other.accepted[verb], [field]: wrong };
      expect.soft(await complaint(other, verb, request, code), wrong).toBeUndefined();
    }
  }
});

describe("another wallet's", () => {
  test("grant cannot be named beside a customer who does not own it", async () => {
    const { credits, store } = world();
    const { id } = await gift(credits, 5, { customerId: "eve" });
    await gift(credits, 5);
    const { id: pooled } = await gift(credits, 5, { scope: "pool" });
    const { id: golden } = await gift(credits, 5, { currency: "gold" });
    const before = store.dump();
    for (const grantId of [id, pooled, golden])
      await refusedWith(
        credits.adjust({ ...ACME, amount: -1, grantId, actor: "a", reason: "r", idempotencyKey: newKey() }),
        "grant_not_found",
      );
    expect(store.dump()).toBe(before);
  });

  test("grant is not taken for one's own where both have the same local id", async () => {
    const store = memoryStore();
    const credits = createCreditEngine({ catalog, store, clock: () => START, ids: () => "same" });
    const { id } = await gift(credits, 5, { customerId: "eve" });
    const { id: own } = await gift(credits, 5);
    expect([id.split("_")[2], own.split("_")[2]]).toEqual(["same", "same"]);
    const adjust = { ...ACME, amount: -1, actor: "a", reason: "r" } as const;
    await refusedWith(credits.adjust({ ...adjust, grantId: id, idempotencyKey: "a" }), "grant_not_found");
    const { available } = await credits.adjust({ ...adjust, grantId: own, idempotencyKey: "b" });
    expect(available.toString()).toBe("4");
  });

  test("cursor is no cursor here", async () => {
    const { credits } = world();
    for (const customerId of ["acme", "eve"])
      for (let count = 0; count < 3; count++) await gift(credits, 1, { customerId });
    const eve = { ...ACME, customerId: "eve" };
    const { next: grantsNext } = await credits.grants({ ...eve, limit: 1 });
    const { next: ledgerNext } = await credits.ledger({ ...eve, limit: 1 });
    for (const after of [
      grantsNext,
      ledgerNext,
      "",
      "x",
      "null",
      "{}",
      "[]",
      '["grants"]',
      "\ud800",
      "9".repeat(999),
    ]) {
      await refusedWith(credits.grants({ ...ACME, after: after ?? "" }), "invalid_input");
      await refusedWith(credits.ledger({ ...ACME, after: after ?? "" }), "invalid_input");
    }
    for (const after of [
      "",
      "x",
      "null",
      "{}",
      "[]",
      '{"recordedAt":1}',
      '{"recordedAt":"1","wallet":"","key":""}',
    ])
      await refusedWith(credits.audit({ customerId: "acme", after }), "invalid_input");
  });
});

test("every id of one wallet contains that wallet, and no other wallet's does", async () => {
  const ids = async (customerId: string) => {
    const { credits } = world();
    const grant = await gift(credits, 5, { customerId });
    const used = await credits.withdraw({
      customerId,
      feature: "unit",
      quantity: 1,
      idempotencyKey: newKey(),
    });
    const hold = await credits.reserve({
      customerId,
      feature: "unit",
      quantity: 1,
      expiresIn: { minutes: 1 },
      idempotencyKey: newKey(),
    });
    const [entry] = (await credits.ledger({ customerId, currency: "tokens" })).items;
    return [grant.id, used.id, hold.id, entry?.id ?? "", entry?.operationId ?? ""];
  };
  const places = async (customerId: string) => new Set((await ids(customerId)).map((id) => id.split("_")[1]));
  const [acme, eve] = [await places("acme"), await places("eve")];
  expect([acme.size, eve.size]).toEqual([1, 1]);
  expect(acme).not.toEqual(eve);
  expect(await places("acme")).toEqual(acme);
});

test("a withdrawal of nothing can be named, and there is nothing of it to reverse", async () => {
  const { credits } = world();
  const { id } = await use(credits, 0);
  const reversal = await credits.reverse({ withdrawalId: id, idempotencyKey: newKey() });
  expect(reversal.amount.toString()).toBe("0");
});
