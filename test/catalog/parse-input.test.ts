import { describe, expect, it } from "vitest";
import { z } from "zod";
import { parseInput, reading, show } from "../../src/catalog/parse-input.js";
import { isPlainObject, plainCopy } from "../../src/catalog/plain.js";
import { CreditError } from "../../src/core/errors.js";
import { refusal } from "../core/support.js";

describe("an input that makes no sense", () => {
  const schema = z.strictObject({ deep: z.array(z.strictObject({ count: z.int().min(2) })).max(1) });
  const message = (input: unknown) => refusal(() => parseInput(schema, input, "verb"));

  it("is refused in one sentence: what, where, and with which value", () => {
    expect(message({ deep: [{ count: "two" }] })).toMatchObject({
      code: "invalid_input",
      message: expect.stringMatching(/^verb: `deep\.0\.count` must be .*"two"\.$/) as unknown,
      details: { field: "deep.0.count" },
    });
    expect(message({ deep: [{ count: 1 }] }).message).toContain("at least 2");
    expect(message({ deep: [{ count: 2 }, { count: 2 }] }).message).toContain("at most 1");
    expect(message({ deep: [], more: 1 }).message).toContain('"more"');
    expect(message(null).message).toMatch(/^verb: /);
  });

  it("else comes out as its schema says", () => {
    expect(parseInput(schema, { deep: [{ count: 2 }] }, "verb")).toEqual({ deep: [{ count: 2 }] });
  });
});

describe("what callers' own objects throw", () => {
  it("is theirs to mend; our refusals pass as they are", () => {
    const cause = new Error("getter");
    const thrown = refusal(() =>
      reading("verb", () => {
        throw cause;
      }),
    );
    expect(thrown).toMatchObject({
      code: "invalid_input",
      message: expect.stringContaining("verb") as unknown,
    });
    const ours = new CreditError("no_rate", "none");
    expect(
      refusal(() =>
        reading("verb", () => {
          throw ours;
        }),
      ).code,
    ).toBe("no_rate");
    expect(reading("verb", () => 5)).toBe(5);
  });
});

describe("a value in a message", () => {
  it.each([
    ["text", '"text"'],
    ["a".repeat(40), JSON.stringify("a".repeat(40))],
    ["a".repeat(41), JSON.stringify(`${"a".repeat(40)}…`)],
    [5, "5"],
    [5n, "5"],
    [null, "null"],
    [undefined, "undefined"],
    [[1], "an array"],
    [{}, "a value of type object"],
    [Symbol("x"), "a value of type symbol"],
  ])("%s is shown short", (value, text) => {
    expect(show(value)).toBe(text);
  });
});

describe("a plain object", () => {
  it("is an object literal, of any realm", () => {
    expect([{}, Object.create(null)].every(isPlainObject)).toBe(true);
    expect([null, [], 5, "x", new Date(0), new Map(), Object.create({})].some(isPlainObject)).toBe(false);
  });

  it("has no key that reaches a prototype, however deep", () => {
    const evil: unknown = JSON.parse('{"a":[{"__proto__":{}}]}');
    expect(refusal(() => plainCopy(evil, "verb"))).toMatchObject({
      code: "invalid_input",
      message: expect.stringContaining("__proto__") as unknown,
    });
    const ring: Record<string, unknown> = {};
    ring["self"] = ring;
    plainCopy(ring, "verb");
    plainCopy(null, "verb");
    plainCopy("__proto__", "verb");
  });
});
