/** Instants are UTC milliseconds; durations are lengths of time that the calendar knows. */
import { runInNewContext } from "node:vm";
import { beforeAll, describe, expect, test } from "vitest";
import { ACME, DAY, MINUTE, START, gift, newKey, refusedWith, world } from "../support.js";
import { complaint } from "./probe.js";
import { type Stage, type Verb, call, stage, withAt } from "./verbs.js";

let here: Stage;
beforeAll(async () => {
  here = await stage();
});

const badInstants: readonly unknown[] = [
  new Date(Number.NaN),
  Number.NaN,
  Number.POSITIVE_INFINITY,
  1.5,
  START + 0.25,
  8_640_000_000_000_001,
  -8_640_000_000_000_001,
  Number.MAX_SAFE_INTEGER,
  2 ** 60,
  "",
  "now",
  "tomorrow",
  "2026-02-01",
  "2026-02-01T00:00:00",
  "2026-02-01 00:00:00Z",
  "2026-02-30T00:00:00Z",
  "2026-13-01T00:00:00Z",
  "2026-02-01T25:00:00Z",
  "2026-02-01T00:00:00.0001Z",
  "2026-02-01T00:00:00 Europe/Berlin",
  "Sun Feb 01 2026",
  String(START),
  BigInt(START),
  true,
  [],
  {},
  { getTime: () => START },
  { [Symbol.toStringTag]: "Date", valueOf: () => "x" },
  () => START,
];

const places: readonly (readonly [Verb, string])[] = [
  ["grant", "effectiveAt"],
  ["grant", "expiresAt"],
  ["withdraw", "occurredAt"],
  ["amendGrant", "expiresAt"],
  ["reverse", "regrant.expiresAt"],
  ["balance", "at"],
  ["check", "occurredAt"],
  ["estimate", "occurredAt"],
  ["ledger", "from"],
  ["ledger", "to"],
  ["audit", "from"],
  ["audit", "to"],
];

test.each(places)("%s: `%s` is an instant", async (verb, path) => {
  for (const value of badInstants)
    expect
      .soft(
        await complaint(
          here,
          verb,
          withAt(here.accepted[verb], path, value),
          "invalid_input",
          path,
          "instant",
        ),
      )
      .toBeUndefined();
});

test("setPolicy: so is that of a consent", async () => {
  const consent = (at: unknown) => ({
    ...ACME,
    policy: { mode: "overage", price: { amount: 1, currency: "USD" }, consent: { by: "ann", at } },
  });
  for (const at of badInstants)
    expect
      .soft(await complaint(here, "setPolicy", consent(at), "invalid_input", "policy.consent.at"))
      .toBeUndefined();
});

test("a date that lies about itself is refused, and what it throws is not passed on", async () => {
  const liar = {
    [Symbol.toStringTag]: "Date",
    valueOf() {
      throw new Error("boo");
    },
  };
  expect(await complaint(here, "balance", { ...ACME, at: liar }, "invalid_input")).toBeUndefined();
});

test("one instant, written in every way that is allowed", async () => {
  const { credits } = world();
  const until = START + DAY;
  const ways = [
    until,
    new Date(until),
    runInNewContext(`new Date(${until})`) as Date,
    "2026-01-11T00:00:00Z",
    "2026-01-11T00:00:00.000Z",
    "2026-01-11T00:00:00.000000Z",
    "2026-01-11T01:00:00+01:00",
    "2026-01-10T14:30:00-09:30",
  ];
  for (const expiresAt of ways)
    expect((await gift(credits, 1, { expiresAt })).expiresAt).toEqual(new Date(until));
});

describe("terms of a grant that could not be", () => {
  const wrongs: readonly (readonly [effectiveAt: number | undefined, expiresAt: number, says: string])[] = [
    [undefined, START, "future"],
    [undefined, START - 1, "effectiveAt"],
    [START + DAY, START + DAY, "effectiveAt"],
    [START + DAY, START + DAY - 1, "effectiveAt"],
    [START - 2 * DAY, START - DAY, "future"],
  ];
  test.each(wrongs)("effective %s, expired %s", async (effectiveAt, expiresAt, says) => {
    const request = { ...here.accepted.grant, effectiveAt, expiresAt };
    const said = says === "future" && effectiveAt === undefined ? "expiresAt" : says;
    expect(await complaint(here, "grant", request, "invalid_input", "`expiresAt`", said)).toBeUndefined();
  });

  test("an amended expiry lies ahead", async () => {
    for (const expiresAt of [START, START - 1, 0])
      expect(
        await complaint(
          here,
          "amendGrant",
          { ...here.accepted.amendGrant, expiresAt },
          "invalid_input",
          "void it",
        ),
      ).toBeUndefined();
  });

  test("so does that of a regrant", async () => {
    for (const expiresAt of [START, START - 1])
      expect(
        await complaint(
          here,
          "reverse",
          withAt(here.accepted.reverse, "regrant.expiresAt", expiresAt),
          "invalid_input",
          "regrant.expiresAt",
        ),
      ).toBeUndefined();
  });
});

test("a use lies in the window, at most five minutes ahead", async () => {
  for (const verb of ["withdraw", "check", "estimate"] as const) {
    const at = (occurredAt: number) => ({ ...here.accepted[verb], occurredAt });
    for (const wrong of [START + 5 * MINUTE + 1, START - 35 * DAY - 1, -1])
      expect(
        await complaint(here, verb, at(wrong), "occurred_at_out_of_window", String(wrong)),
      ).toBeUndefined();
    const fresh = world();
    await gift(fresh.credits, 10, { effectiveAt: START - 40 * DAY });
    for (const right of [START + 5 * MINUTE, START - 35 * DAY, START]) {
      const key = verb === "withdraw" ? { idempotencyKey: newKey() } : {};
      await expect(call(fresh.credits, verb, { ...at(right), ...key })).resolves.toBeDefined();
    }
  }
});

describe("durations", () => {
  const bad: readonly unknown[] = [
    {},
    { minutes: 0 },
    { days: 0, hours: 0 },
    { minutes: -1 },
    { hours: 1, minutes: -30 },
    { minutes: Number.NaN },
    { minutes: Number.POSITIVE_INFINITY },
    { minutes: "10" },
    { minutes: 10n },
    { minutes: null },
    { days: 0.5 },
    { weeks: 0.5 },
    { months: 0.1 },
    { fortnights: 1 },
    { minute: 1 },
    { milliseconds: 5 },
    { seconds: 0.0001 },
    { days: 8 },
    { days: 7, seconds: 1 },
    { weeks: 1, hours: 1 },
    { months: 1 },
    { years: 1 },
    { years: 1e300 },
    { seconds: 1e300 },
    "PT10M",
    600_000,
    null,
    undefined,
    [],
    [10],
    new Date(0),
  ];

  test.each(["reserve", "extend"] as const)("%s: `expiresIn` is one of at most 7 days", async (verb) => {
    for (const expiresIn of bad)
      expect
        .soft(
          await complaint(here, verb, { ...here.accepted[verb], expiresIn }, "invalid_input", "expiresIn"),
        )
        .toBeUndefined();
  });

  test.each([
    [{ days: 7 }, 7 * DAY],
    [{ weeks: 1 }, 7 * DAY],
    [{ hours: 1.5 }, 90 * MINUTE],
    [{ seconds: 0.001 }, 1],
    [{ days: 0, minutes: 1 }, MINUTE],
  ])("%j is %s ms", async (expiresIn, ms) => {
    const { credits } = world();
    const hold = await credits.reserve({ ...ACME, amount: 0, expiresIn, idempotencyKey: "r" });
    expect(hold.expiresAt.getTime() - START).toBe(ms);
  });

  test("a hold cannot be extended beyond 7 days after the reserve", async () => {
    const { credits, clock } = world();
    const hold = await credits.reserve({ ...ACME, amount: 0, expiresIn: { days: 7 }, idempotencyKey: "r" });
    clock.advance({ days: 1 });
    await refusedWith(
      credits.extend({ reservationId: hold.id, expiresIn: { days: 6, seconds: 1 } }),
      "invalid_input",
    );
    const extended = await credits.extend({ reservationId: hold.id, expiresIn: { days: 6 } });
    expect(extended.expiresAt.getTime()).toBe(START + 7 * DAY);
  });
});
