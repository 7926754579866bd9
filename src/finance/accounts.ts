import * as z from "zod";
import { show } from "../catalog/parse-input.js";
import { invalidInput } from "../core/errors.js";
import type { MoneyEffect } from "./effect.js";
import type { AccountName, JournalAccounts, JournalFacts } from "./journal-api.js";

type Account = keyof JournalAccounts;

const DEFAULTS: Readonly<Record<Account, string>> = {
  receivable: "Assets:Receivable",
  deferredRevenue: "Liabilities:DeferredRevenue",
  usageRevenue: "Income:Usage",
  breakageRevenue: "Income:Breakage",
  refunds: "Liabilities:Refunds",
  moving: "Liabilities:DeferredRevenue:Moving",
  overageReceivable: "Assets:OverageReceivable",
  overageRevenue: "Income:Overage",
};

const nameSchema = z
  .custom<AccountName>((name) => typeof name === "string" || typeof name === "function", {
    error: "must be the name of an account, or a function that gives it",
  })
  .optional();

export const accountsSchema = z.strictObject({
  receivable: nameSchema,
  deferredRevenue: nameSchema,
  usageRevenue: nameSchema,
  breakageRevenue: nameSchema,
  refunds: nameSchema,
  moving: nameSchema,
  overageReceivable: nameSchema,
  overageRevenue: nameSchema,
});

/** What is debited and what is credited by money that adds to a column. */
const SIDES: Readonly<Record<MoneyEffect, readonly [debit: Account, credit: Account]>> = {
  billed: ["receivable", "deferredRevenue"],
  recognised: ["deferredRevenue", "usageRevenue"],
  breakage: ["deferredRevenue", "breakageRevenue"],
  refunded: ["deferredRevenue", "refunds"],
  movedOut: ["deferredRevenue", "moving"],
  movedIn: ["moving", "deferredRevenue"],
  overage: ["overageReceivable", "overageRevenue"],
};

/** Whether a text can be the name of an account. */
export interface NameRule {
  readonly fits: (name: string) => boolean;
  readonly says: string;
}

const LONGEST_NAME = 200;

export const ANY_NAME: NameRule = {
  fits: (name) => name.trim() === name && /^[^\p{C}\p{Zl}\p{Zp}]{1,200}$/u.test(name),
  says: `1 to ${LONGEST_NAME} printable characters, without spaces at its ends`,
};

/** The two accounts of an effect, debit first. @throws CreditError `invalid_input` for a name that breaks the rule. */
export function accountsOf(
  effect: MoneyEffect,
  given: JournalAccounts,
  rule: NameRule,
  facts: () => JournalFacts,
): readonly [debit: string, credit: string] {
  const [debit, credit] = SIDES[effect];
  return [nameOf(debit, given, rule, facts), nameOf(credit, given, rule, facts)];
}

function nameOf(account: Account, given: JournalAccounts, rule: NameRule, facts: () => JournalFacts): string {
  const named = given[account] ?? DEFAULTS[account];
  const name: unknown = typeof named === "function" ? named(facts()) : named;
  if (typeof name === "string" && rule.fits(name)) return name;
  throw invalidInput(`journal: \`accounts.${account}\` is ${show(name)}; it must be ${rule.says}.`, {
    field: `accounts.${account}`,
  });
}
