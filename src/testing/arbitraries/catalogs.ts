import type { ModelCatalog, ModelCriterion, ModelDuration, ModelPolicy } from "../model/index.js";
import type { Arbitrary, FastCheck } from "./fast-check.js";

const price = { amount: "0.015", currency: "USD" };

/** Policies that a currency or a wallet may have; amounts are whole, so that every scale takes them. */
export const POLICIES: readonly ModelPolicy[] = [
  { mode: "hard" },
  { mode: "soft" },
  { mode: "soft", limit: "12" },
  { mode: "overage", price },
  { mode: "overage", price, limit: "15" },
  { mode: "overage", price: { amount: "3.7", currency: "JPY" } },
  { mode: "overage", price, consent: "required" },
  { mode: "overage", price, limit: "40", consent: { by: "ann", limit: "9" } },
];

const BURN_ORDERS: readonly (readonly ModelCriterion[] | undefined)[] = [
  undefined,
  undefined,
  undefined,
  ["latestExpiry", "paidFirst", "latestCreated"],
  ["highestBasis", "earliestExpiry"],
  ["lowestBasis"],
  ["latestEffective", "priority"],
];

const LATE_WINDOWS: readonly (ModelDuration | undefined)[] = [
  undefined,
  undefined,
  { hours: 2 },
  { days: 2 },
];

type Present<Fields> = { [Name in keyof Fields]: Exclude<Fields[Name], undefined> };

function withoutUndefined<Fields extends object>(fields: Fields): Partial<Present<Fields>> {
  const present = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as Partial<Present<Fields>>;
}

/** Catalogs of two currencies: "tokens" with four features, and "gems" with one. Tame ones keep the usual scale. */
export function catalogs(fc: FastCheck, { tame }: { readonly tame: boolean }): Arbitrary<ModelCatalog> {
  return fc
    .record({
      scale: tame ? fc.constant(undefined) : fc.constantFrom(undefined, 0, 2, 12),
      policy: fc.constantFrom(undefined, ...POLICIES.slice(0, 6)),
      burnOrder: fc.constantFrom(...BURN_ORDERS),
      lateWindow: fc.constantFrom(...LATE_WINDOWS),
      rounding: fc.constantFrom(undefined, "half-even" as const, "up" as const, "down" as const),
    })
    .map(({ scale, policy, burnOrder, lateWindow, rounding }) => ({
      currencies: {
        tokens: { name: "Tokens", ...withoutUndefined({ scale, policy, burnOrder, lateWindow }) },
        gems: { name: "Gems", scale: 3 },
      },
      features: {
        chat: { currency: "tokens", rate: { credits: "2", per: 3, ...withoutUndefined({ rounding }) } },
        call: { currency: "tokens", rate: { credits: 2, per: 4, block: true, minimum: 3 } },
        text: {
          currency: "tokens",
          rate: { tiers: [{ upTo: 5, credits: 2 }, { upTo: 20, credits: 1, per: 2 }, { credits: "0.1" }] },
        },
        draw: {
          currency: "tokens",
          rate: {
            match: [
              { when: { size: ["s", "m"], look: "plain" }, rate: { credits: 1 } },
              { when: { size: "l" }, rate: { credits: "1.5", rounding: "down" } },
            ],
          },
        },
        ride: { currency: "gems", rate: { credits: "0.75" } },
      },
    }));
}
