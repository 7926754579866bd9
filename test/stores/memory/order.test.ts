import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareText } from "../../../src/stores/memory/order.js";

describe("compareText", () => {
  it.each([
    ["", "a"],
    ["a", "b"],
    ["a", "aa"],
    ["B", "a"],
    ["k", "k "],
    ["z", "é"],
    ["\ud7ff", "\ue000"],
    // JavaScript's own order says the opposite: U+1F600 begins with the unit D83D.
    ["\ufffd", "\u{1f600}"],
    ["\ue000", "\u{10000}"],
    ["\u{1f600}", "\u{1f601}"],
    ["\u{1f600}a", "\u{1f600}\u{10000}"],
  ])("puts %j before %j", (left, right) => {
    expect(compareText(left, right)).toBeLessThan(0);
    expect(compareText(right, left)).toBeGreaterThan(0);
    expect(compareText(left, left)).toBe(0);
  });

  it("orders as the UTF-8 bytes do", () => {
    // Around the surrogates, and beyond the first plane.
    const point = fc.oneof(
      fc.constantFrom(0x61, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x10ffff),
      fc.integer({ min: 1, max: 0x10ffff }).filter((code) => code < 0xd800 || code > 0xdfff),
    );
    const text = fc.array(point, { maxLength: 5 }).map((codes) => String.fromCodePoint(...codes));
    fc.assert(
      fc.property(text, text, (left, right) => {
        const bytes = Buffer.compare(Buffer.from(left), Buffer.from(right));
        expect(Math.sign(compareText(left, right))).toBe(bytes);
      }),
    );
  });
});
