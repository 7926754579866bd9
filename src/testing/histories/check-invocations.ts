import { type Rule, type Rules, aBigint, aText, faultIn, objectOf } from "../options/options.js";
import type { Invocation } from "./history.js";

const anAmount: Rule = {
  words: "a bigint of at least 1n",
  allows: (value) => typeof value === "bigint" && value >= 1n,
};

/** One of several forms, told apart by their `kind`. */
function ofKind(forms: Readonly<Record<string, Rules>>): Rule {
  const formOf = (value: unknown) => {
    const kind = typeof value === "object" && value !== null && "kind" in value ? value.kind : undefined;
    const rules = typeof kind === "string" && Object.hasOwn(forms, kind) ? forms[kind] : undefined;
    return rules === undefined ? undefined : objectOf({ kind: aText, ...rules }, Object.keys(rules));
  };
  return {
    words: `an object whose kind is ${Object.keys(forms).join(", ")}`,
    allows: (value) => formOf(value)?.allows(value) ?? false,
    faultOf: (value, name) => formOf(value)?.faultOf?.(value, name),
  };
}

const write = { wallet: aText, key: aText, amount: anAmount };
const call = ofKind({ grant: write, withdraw: write, balance: { wallet: aText } });
const answer = ofKind({
  done: { id: aText, available: aBigint },
  denied: { available: aBigint },
  conflict: {},
  read: { available: aBigint },
  none: {},
});

function orNull(rule: Rule): Rule {
  return {
    words: `${rule.words}, or null`,
    allows: (value) => value === null || rule.allows(value),
    ...(rule.faultOf === undefined ? {} : { faultOf: rule.faultOf }),
  };
}

const rules = { process: aText, call, startedAt: aBigint, endedAt: orNull(aBigint), outcome: orNull(answer) };
const invocation = objectOf(rules, Object.keys(rules));

/** @throws {TypeError} for what is no history: an order of it would say nothing. */
export function checkInvocations(history: readonly Invocation[]): void {
  if (!Array.isArray(history)) throw new TypeError("checkHistory: a history must be an array of calls.");
  // `Array.isArray` makes `any` of what is read-only.
  const calls: readonly Invocation[] = history;
  for (const [index, given] of calls.entries()) {
    const fault = faultIn(given, `history[${index}]`, invocation) ?? contradictionIn(given);
    if (fault !== undefined) throw new TypeError(`checkHistory: ${fault} (call ${index} of the history).`);
  }
}

function contradictionIn({ startedAt, endedAt, outcome }: Invocation): string | undefined {
  if ((endedAt === null) !== (outcome === null))
    return "`endedAt` and `outcome` must both be null, where nobody was told, or neither: a write without an answer may still come";
  if (endedAt !== null && endedAt < startedAt) return `it ended at ${endedAt}, before it had started`;
  return undefined;
}
