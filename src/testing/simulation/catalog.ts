import { defineCatalog } from "../../catalog/define.js";
import type { ModelCatalog } from "../model/index.js";

/** One currency of each policy, and a rate of each kind. */
export const SIMULATED_TERMS = {
  currencies: {
    tokens: { name: "Tokens", lateWindow: { days: 2 }, chartDimensions: ["size"] },
    gems: { name: "Gems", scale: 3, policy: { mode: "soft", limit: "20" } },
    minutes: {
      name: "Minutes",
      policy: { mode: "overage", price: { amount: "0.015", currency: "USD" }, limit: "40" },
    },
  },
  features: {
    chat: { currency: "tokens", rate: { credits: "2", per: 3 } },
    call: { currency: "tokens", rate: { credits: 2, per: 4, block: true, minimum: 3 } },
    text: {
      currency: "tokens",
      rate: { tiers: [{ upTo: 5, credits: 2 }, { upTo: 20, credits: 1, per: 2 }, { credits: "0.1" }] },
    },
    draw: {
      currency: "tokens",
      rate: {
        match: [
          { when: { size: ["s", "m"] }, rate: { credits: 1 } },
          { when: { size: "l" }, rate: { credits: "1.5", rounding: "down" } },
        ],
      },
    },
    ride: { currency: "gems", rate: { credits: "0.75" } },
    walk: { currency: "gems", rate: { credits: "0.5", per: 2, block: true } },
    talk: { currency: "minutes", rate: { credits: 1 } },
    wait: { currency: "minutes", rate: { credits: "0.25" } },
  },
} as const satisfies ModelCatalog;

export const simulatedCatalog = defineCatalog(SIMULATED_TERMS);

export type SimulatedCatalog = typeof simulatedCatalog;

type Currency = keyof typeof SIMULATED_TERMS.currencies;

/** The features of a currency, the first of which stands in for any. */
export const FEATURES: Readonly<Record<Currency, readonly [string, ...string[]]>> = {
  tokens: ["chat", "call", "text", "draw"],
  gems: ["ride", "walk"],
  minutes: ["talk", "wait"],
};

export interface SimulatedWallet {
  readonly customerId: string;
  readonly currency: Currency;
  readonly scope?: string;
}

/** The first is the hot one. */
export const WALLETS: readonly [SimulatedWallet, ...SimulatedWallet[]] = [
  { customerId: "ann", currency: "tokens" },
  { customerId: "bob", currency: "gems" },
  { customerId: "ann", currency: "tokens", scope: "team" },
  { customerId: "cat", currency: "minutes" },
  { customerId: "bob", currency: "tokens" },
  { customerId: "ann", currency: "gems" },
  { customerId: "dan", currency: "tokens" },
];
