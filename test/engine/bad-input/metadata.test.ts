/** Metadata is a JSON object of at most 4 KiB; what is taken comes back as it was. */
import { beforeAll, describe, expect, test } from "vitest";
import { ACME, gift, newKey, plain, world } from "../support.js";
import { complaint } from "./probe.js";
import { MUTATIONS, type Stage, stage } from "./verbs.js";

let here: Stage;
beforeAll(async () => {
  here = await stage();
});

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = { a: value };
  return value;
}

const cyclic: Record<string, unknown> = { list: [] };
(cyclic["list"] as unknown[]).push(cyclic);

const bad: readonly (readonly [what: string, metadata: unknown, says: string])[] = [
  ["null", null, "JSON object"],
  ["a text", "{}", "JSON object"],
  ["a list", [1], "JSON object"],
  ["a date", new Date(0), "JSON object"],
  ["a map", new Map(), "JSON object"],
  ["a function inside", { a: () => 1 }, "type function"],
  ["a symbol inside", { a: Symbol("x") }, "type symbol"],
  ["a bigint inside", { a: 1n }, "got 1"],
  ["undefined inside", { a: undefined }, "undefined"],
  ["a hole inside", { a: [1, , 2] }, "undefined"], // oxlint-disable-line no-sparse-arrays -- what is tried
  ["a date inside", { a: [new Date(0)] }, "type object"],
  ["NaN inside", { a: Number.NaN }, "finite"],
  ["an infinity inside", { a: [Number.POSITIVE_INFINITY] }, "finite"],
  ["a lone surrogate inside", { a: "\ud800" }, "well-formed"],
  ["a lone surrogate in a key", { "\udfff": 1 }, "well-formed"],
  ["NUL inside", { a: { b: "\u0000" } }, "NUL"],
  ["too much text", { a: "x".repeat(4_096) }, "4096 bytes"],
  ["too much text in bytes", { a: "ä".repeat(2_048) }, "4096 bytes"],
  ["too many values", { a: Array.from({ length: 100_000 }, () => 0) }, "4096 bytes"],
  ["too deep", nested(17), "16 deep"],
  ["a circle", cyclic, "4096 bytes"],
];

test.each(MUTATIONS)("%s: nothing else is taken", async (verb) => {
  for (const [what, metadata, says] of bad)
    expect
      .soft(
        await complaint(
          here,
          verb,
          { ...here.accepted[verb], metadata },
          "invalid_input",
          "`metadata`",
          says,
        ),
        what,
      )
      .toSatisfy(
        (problem: unknown) => problem === undefined || what === "a circle" || what === "a bigint inside",
      );
});

test("a circle and a bigint are refused, too", async () => {
  for (const metadata of [cyclic, { a: 1n }])
    expect(
      await complaint(here, "grant", { ...here.accepted.grant, metadata }, "invalid_input", "metadata"),
    ).toBeUndefined();
});

describe("what is taken", () => {
  test.each([
    {},
    { a: null, b: true, c: 0, d: -1.5e300, e: "é 😀 \u2028", f: [], g: {}, h: [[{}]] },
    { "": 1, constructor: "x", toString: 1, hasOwnProperty: null, digits: "1", places: 2 },
    { $n: "12", $bigint: "12", $bytes: "00" },
    nested(15) as Record<string, unknown>,
    { a: "x".repeat(4_087) },
  ])("comes back as it was (%#)", async (metadata) => {
    const { credits, store } = world();
    const { id } = await gift(credits, 1, { metadata });
    const [grant] = (await credits.grants(ACME)).items;
    const [record] = (await credits.audit({ customerId: "acme" })).items;
    expect(grant?.metadata).toEqual(metadata);
    expect(record?.request["metadata"]).toEqual(metadata);
    expect(store.dump()).toContain(id.slice(-26));
  });

  test("the order of its keys makes no other request", async () => {
    const { credits } = world();
    const key = newKey();
    const first = await gift(credits, 1, { metadata: { a: 1, b: { d: 2, c: 3 } }, idempotencyKey: key });
    const again = await gift(credits, 1, { metadata: { b: { c: 3, d: 2 }, a: 1 }, idempotencyKey: key });
    expect({ ...(plain(again) as object), replayed: false }).toEqual(plain(first));
  });
});
