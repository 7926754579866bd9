/** Ids, keys and names: compared by their bytes, at most 255 of them, well-formed, and never silently trimmed. */
import { beforeAll, describe, expect, test } from "vitest";
import { ACME, newKey, refusedWith, world } from "../support.js";
import { complaint } from "./probe.js";
import { MUTATIONS, type Stage, type Verb, VERBS, type Wild, call, stage, withAt } from "./verbs.js";

let here: Stage;
beforeAll(async () => {
  here = await stage();
});

const badTexts: readonly (readonly [value: unknown, says: string])[] = [
  ["", "empty"],
  ["a".repeat(256), "255 bytes"],
  ["ä".repeat(128), "255 bytes"],
  ["😀".repeat(64), "255 bytes"],
  ["a".repeat(1_000_000), "255 bytes"],
  ["\ud800", "well-formed"],
  ["x\udc00y", "well-formed"],
  ["a\u0000", "NUL"],
  [null, "got null"],
  [1, "got 1"],
  [{}, "type object"],
  [["a"], "an array"],
  [true, "got true"],
];

/** Where texts stand, beside `customerId`, `scope` and the notes that are tried everywhere. */
const places: readonly (readonly [Verb, string])[] = [
  ["grant", "currency"],
  ["grant", "source"],
  ["grant", "displayName"],
  ["grant", "features.0"],
  ["withdraw", "feature"],
  ["withdraw", "dimensions.size"],
  ["capture", "reservationId"],
  ["release", "reservationId"],
  ["extend", "reservationId"],
  ["voidGrant", "grantId"],
  ["amendGrant", "grantId"],
  ["adjust", "grantId"],
  ["adjust", "actor"],
  ["adjust", "reason"],
  ["reverse", "withdrawalId"],
  ["refundGrant", "grantId"],
  ["transfer", "currency"],
  ["explain", "feature"],
  ["explain", "dimensions.size"],
  ["ledger", "feature"],
  ["audit", "actor"],
];

function isWithout(verb: Verb, name: string): boolean {
  return here.accepted[verb][name] === undefined;
}

/** `reason` may be longer than an id. */
function fits(path: string, value: unknown): boolean {
  return (
    path === "reason" &&
    typeof value === "string" &&
    value !== "" &&
    value.length < 1_000 &&
    value.isWellFormed() &&
    !value.includes("\u0000")
  );
}

async function tryAll(verb: Verb, path: string, base: Wild): Promise<void> {
  for (const [value, says] of badTexts) {
    if (fits(path, value)) continue;
    const bytes = path === "reason" && says === "255 bytes" ? "1000 bytes" : says;
    expect
      .soft(await complaint(here, verb, withAt(base, path, value), "invalid_input", path, bytes))
      .toBeUndefined();
  }
}

test.each(places)("%s: `%s` is a text of 1 to 255 bytes", async (verb, path) => {
  const base = path === "features.0" ? { ...here.accepted[verb], features: ["unit"] } : here.accepted[verb];
  await tryAll(verb, path, base);
});

test.each(VERBS)("%s: `customerId` and `scope` are such texts", async (verb) => {
  if (isWithout(verb, "customerId")) return;
  await tryAll(verb, "customerId", here.accepted[verb]);
  await tryAll(verb, "scope", here.accepted[verb]);
});

test.each(MUTATIONS)("%s: so are its key, actor and reason", async (verb) => {
  await tryAll(verb, "idempotencyKey", here.accepted[verb]);
  await tryAll(verb, "actor", here.accepted[verb]);
  await tryAll(verb, "reason", here.accepted[verb]);
});

test.each(["from", "to"] as const)("transfer: `%s` names a wallet", async (side) => {
  for (const value of ["", "\ud800", 1, null, [], {}, { customerId: "" }, { customerId: "a", scope: "" }])
    expect
      .soft(
        await complaint(
          here,
          "transfer",
          { ...here.accepted.transfer, [side]: value },
          "invalid_input",
          side,
        ),
      )
      .toBeUndefined();
  const stranger = { ...here.accepted.transfer, [side]: { customerId: "x", currency: "tokens" } };
  expect(await complaint(here, "transfer", stranger, "invalid_input", side, "currency")).toBeUndefined();
});

test("a transfer to the same wallet is refused, to another scope of the customer it is not", async () => {
  const same = { ...here.accepted.transfer, to: { customerId: "acme" } };
  expect(await complaint(here, "transfer", same, "invalid_input", "same wallet")).toBeUndefined();
  const other = { ...same, to: { customerId: "acme", scope: "pool" } };
  await expect(call((await stage()).credits, "transfer", other)).resolves.toBeDefined();
});

describe("idempotency keys", () => {
  const needy = [
    "grant",
    "withdraw",
    "reserve",
    "capture",
    "adjust",
    "reverse",
    "refundGrant",
    "transfer",
  ] as const;

  test.each(needy)("%s needs one", async (verb) => {
    const { idempotencyKey: _, ...without } = here.accepted[verb];
    expect(
      await complaint(here, verb, without, "invalid_input", "`idempotencyKey`", "undefined"),
    ).toBeUndefined();
  });

  test.each(["release", "extend", "voidGrant", "amendGrant", "setPolicy"] as const)(
    "%s makes one up",
    async (verb) => {
      const own = await stage();
      const { idempotencyKey: _, ...without } = own.accepted[verb];
      await expect(call(own.credits, verb, without)).resolves.toMatchObject({ replayed: false });
    },
  );

  test.each(MUTATIONS)("%s: those that begin with coffer: are the engine's own", async (verb) => {
    const request = { ...here.accepted[verb], idempotencyKey: "coffer:x" };
    expect(
      await complaint(here, verb, request, "invalid_input", "idempotencyKey", "coffer:"),
    ).toBeUndefined();
    expect(here.store.dump()).not.toContain("coffer:x");
  });
});

test("texts are kept byte for byte: neither trimmed, nor folded, nor normalised", async () => {
  const { credits } = world();
  const twins = [
    "acme",
    "acme ",
    " acme",
    "Acme",
    "a\u0301cme",
    "\u00e1cme",
    "constructor",
    "__proto__",
    "toString",
  ];
  for (const [index, customerId] of twins.entries())
    await credits.grant({
      ...ACME,
      customerId,
      amount: index + 1,
      category: "promotional",
      source: customerId,
      idempotencyKey: "k",
    });
  for (const [index, customerId] of twins.entries()) {
    expect((await credits.balance({ ...ACME, customerId })).balance.toNumber()).toBe(index + 1);
    const [grant] = (await credits.grants({ ...ACME, customerId })).items;
    expect(grant).toMatchObject({ customerId, source: customerId });
  }
});

test("255 bytes are enough for everybody: just as many are taken", async () => {
  const { credits } = world();
  const long = "ä".repeat(127) + "a";
  const request = { customerId: long, scope: long, currency: "tokens", category: "promotional" } as const;
  const grant = await credits.grant({
    ...request,
    amount: 1,
    source: long,
    displayName: long,
    idempotencyKey: long,
  });
  expect(grant).toMatchObject({ customerId: long, scope: long, source: long, displayName: long });
  const longest = { ...ACME, amount: 1, category: "promotional", reason: "r".repeat(1_000) } as const;
  await credits.grant({ ...longest, idempotencyKey: newKey() });
  await refusedWith(
    credits.grant({ ...longest, reason: "r".repeat(1_001), idempotencyKey: newKey() }),
    "invalid_input",
  );
});
