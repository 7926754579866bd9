/** What the engine keeps as JSON, and what it compares requests by. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson, decodeJson, encodeJson } from "../../src/engine/json.js";

test("integers beyond 2^53 survive", () => {
  const kept = { amount: 2n ** 63n - 1n, pins: [{ of: 0n }], note: null };
  expect(encodeJson(kept)).toBe(
    '{"amount":{"$n":"9223372036854775807"},"pins":[{"of":{"$n":"0"}}],"note":null}',
  );
  expect(decodeJson(encodeJson(kept))).toEqual(kept);
});

test("what is undefined is left out of objects, as JSON.stringify does", () => {
  expect(encodeJson({ a: undefined, b: 1 })).toBe('{"b":1}');
  expect(encodeJson([undefined, "x"])).toBe('[null,"x"]');
});

test("canonical texts have their keys in order and decimals as plain text", () => {
  const request = {
    quantity: { digits: 15n, places: 1 },
    customerId: "acme",
    items: [{ b: 1, a: undefined }],
    amount: 7n,
  };
  expect(canonicalJson(request)).toBe(
    '{"amount":"7","customerId":"acme","items":[{"b":1}],"quantity":"1.5"}',
  );
});

const texts = fc.string({ unit: "binary" });
const plain = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    texts,
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(
      texts.filter((name) => name !== "__proto__"),
      tie("value"),
      { maxKeys: 4 },
    ),
  ),
})).value;

test("values without bigints are written as JSON.stringify writes them", () => {
  fc.assert(
    fc.property(plain, (value) => {
      expect(encodeJson(value)).toBe(JSON.stringify(value));
    }),
  );
});

test("the canonical text of what was parsed from it is itself", () => {
  fc.assert(
    fc.property(plain, (value) => {
      const text = canonicalJson(value);
      expect(canonicalJson(JSON.parse(text))).toBe(text);
    }),
  );
});
