import { type CreditArbitraries, creditArbitraries, faultsAtRandom } from "coffer/testing";
import fc from "fast-check";
import { expect, test } from "vitest";

const arbitrary = creditArbitraries(fc);
type Made = (arbitraries: Readonly<Record<keyof CreditArbitraries, (options: object) => unknown>>) => unknown;

test.each<[string, Made, string]>([
  [
    "no steps",
    ({ sequences }) => sequences({ maxSteps: 0 }),
    "of sequences, `maxSteps` must be a whole number of at",
  ],
  ["a part of a step", ({ sequences }) => sequences({ maxSteps: 2.5 }), "`maxSteps`"],
  [
    "an unknown focus",
    ({ sequences }) => sequences({ focus: "hold" }),
    '`focus` must be one of "all", "holds"',
  ],
  ["an unknown focus of steps", ({ steps }) => steps({ focus: "toString" }), "of steps, `focus`"],
  ["a focus that is misspelt", ({ steps }) => steps({ focuss: "all" }), "`focuss` is not known"],
  ["no commands", ({ commands }) => commands({ maxCommands: 0 }), "of commands, `maxCommands`"],
  ["half tame", ({ catalogs }) => catalogs({ tame: "yes" }), "of catalogs, `tame` must be true or false"],
])("arbitraries refuse %s", (_, made, message) => {
  const make = () => made(arbitrary);
  expect(make).toThrow(RangeError);
  expect(make).toThrow(message);
});

test.each([
  [{ seed: Number.NaN, rates: {} }, "`seed`"],
  [{ seed: 1, rates: { late: Number.NaN } }, "`rates.late` must be a number from 0 to 1; got NaN"],
  [{ seed: 1, rates: { later: 0.1 } }, "`rates.later` is not known"],
  [{ seed: 1, rates: { late: 0.6, busy: 0.6 } }, "at most 1 together"],
])("faults at random refuse %o", (wrong, message) => {
  expect(() => faultsAtRandom(wrong as never)).toThrow(RangeError);
  expect(() => faultsAtRandom(wrong as never)).toThrow(message);
});
