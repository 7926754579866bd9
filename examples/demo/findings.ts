import type { Decimal } from "coffer";

/** The audit's findings: nothing where a rule holds, one sentence where it does not. */
export type Findings = readonly string[];

export function holds(rule: string, condition: boolean): Findings {
  return condition ? [] : [rule];
}

export function equal(rule: string, left: Decimal | number, right: Decimal | number): Findings {
  return left.toString() === right.toString() ? [] : [`${rule}: ${left.toString()} ≠ ${right.toString()}`];
}
