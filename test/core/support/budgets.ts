import type { SetBudgetRequest } from "../../../src/core/requests.js";
import { TestWallet } from "../support.js";

/** Budgets in as few words as a test needs: of users and a team, by calendar month. */

export const FEBRUARY = Date.UTC(2025, 1, 1);

export function budget(
  value: string,
  limit: number | null,
  more: Partial<SetBudgetRequest> = {},
): SetBudgetRequest {
  return {
    kind: "setBudget",
    dimension: "user",
    value,
    feature: null,
    limit: limit === null ? null : BigInt(limit),
    every: { unit: "months", count: 1 },
    anchor: Date.UTC(2024, 0, 1),
    timeZone: "UTC",
    parent: null,
    ...more,
  };
}

export function team(limit: number): SetBudgetRequest {
  return budget("red", limit, { dimension: "team" });
}

export const inTeam = { parent: { dimension: "team", value: "red" } };

/** A wallet with plenty of credits. */
export function rich(...budgets: readonly SetBudgetRequest[]): TestWallet {
  const wallet = new TestWallet();
  wallet.grant("g", 1_000);
  for (const one of budgets) wallet.decide(one);
  return wallet;
}

export const by = (user: string, amount: number, feature: string = "chat") => [
  [feature, amount, { user }] as const,
];

/** Used and held of the period under way, by value. */
export function counted(wallet: TestWallet): Readonly<Record<string, readonly [number, number]>> {
  return Object.fromEntries(
    [...wallet.wallet.budgets.values()].map(({ value, periods }) => {
      const last = periods.at(-1);
      return [value, [Number(last?.used ?? 0n), Number(last?.held ?? 0n)]];
    }),
  );
}
