/**
 * Abstract actions, made concrete only when they run (`calls.ts`), so that whatever is cut out of a sequence, the rest
 * still means something, and shrinking finds short counterexamples.
 */
import type { ModelMoney } from "../model/index.js";
import type { ActionKind, ActionOf } from "./abstract-actions.js";
import type { Arbitrary, FastCheck } from "./fast-check.js";
import type { Manner } from "./manners.js";
import { DAY, HOUR, MINUTE, type Turn, lifetimes, mix, rarely, spans, targets, turns } from "./values.js";

/** A wallet: two of one customer (one scoped), one of another, and one of the other currency. */
export const WALLETS = [
  { customerId: "ann", currency: "tokens" },
  { customerId: "ann", currency: "tokens", scope: "team" },
  { customerId: "bob", currency: "tokens" },
  { customerId: "ann", currency: "gems" },
] as const;

function optional<Value>(fc: FastCheck, arbitrary: Arbitrary<Value>, freq = 2): Arbitrary<Value | undefined> {
  return fc.option(arbitrary, { nil: undefined, freq });
}

/** What is used: a feature, an amount, or several items. */
function useIn(fc: FastCheck, { item, amount }: Manner) {
  const feature = fc.record({ how: fc.constant("feature" as const), item });
  const byAmount = fc.record({ how: fc.constant("amount" as const), amount });
  const items = fc.record({
    how: fc.constant("items" as const),
    items: fc.array(item, { minLength: 1, maxLength: 4 }),
  });
  return fc.oneof(
    { weight: 5, arbitrary: feature },
    { weight: 3, arbitrary: byAmount },
    { weight: 5, arbitrary: items },
  );
}

function moneys(fc: FastCheck): Arbitrary<ModelMoney> {
  return mix<ModelMoney>(
    fc,
    [
      8,
      fc.record({
        amount: fc.constantFrom("1.00", "0.07", "8500.00", "0", "33.33"),
        currency: fc.constant("USD" as const),
      }),
    ],
    [2, fc.record({ amount: fc.constantFrom("1000", "0", "7"), currency: fc.constant("JPY" as const) })],
    [
      1,
      fc.constantFrom(
        { amount: "0.005", currency: "KWD" },
        { amount: "92233720368547758.07", currency: "USD" },
      ),
    ],
    [1, fc.constantFrom({ amount: "0.005", currency: "USD" }, { amount: "-1", currency: "USD" })],
  );
}

function grantsIn(fc: FastCheck, manner: Manner) {
  const { unknown, amount } = manner;
  const grant = fc.record({
    kind: fc.constant("grant" as const),
    wallet: manner.wallet,
    amount: manner.granted,
    cost: optional(fc, moneys(fc)),
    priority: mix<number | undefined>(fc, [4, fc.constant(undefined)], [3, fc.constantFrom(50, 1, 90)]),
    effective: mix<number | undefined>(
      fc,
      [6, fc.constant(undefined)],
      [4, fc.constantFrom(-DAY, -HOUR, 0, MINUTE, HOUR, DAY)],
    ),
    expires: optional(fc, spans(fc), 3),
    features: manner.restriction,
    displayName: fc.constantFrom(undefined, "Pack"),
  });
  const named = { target: targets(fc), unknown: rarely(fc, unknown) };
  const keyed = fc.boolean();
  const voidGrant = fc.record({
    kind: fc.constant("voidGrant" as const),
    ...named,
    held: fc.boolean(),
    keyed,
  });
  const amendGrant = fc.record({
    kind: fc.constant("amendGrant" as const),
    ...named,
    expires: optional(fc, mix<number | Turn>(fc, [9, spans(fc)], [1, fc.constant(0)])),
    priority: fc.constantFrom(10, 60),
    keyed,
  });
  const refundGrant = fc.record({
    kind: fc.constant("refundGrant" as const),
    ...named,
    amount: optional(fc, amount),
  });
  return { grant, voidGrant, amendGrant, refundGrant };
}

function usesIn(fc: FastCheck, manner: Manner) {
  const { wallet, item, amount, unknown } = manner;
  const use = useIn(fc, manner);
  const quantity = item.map((each) => each.quantity);
  const withdraw = fc.record({
    kind: fc.constant("withdraw" as const),
    wallet,
    use,
    partial: fc.boolean(),
    late: mix<number | Turn | undefined>(
      fc,
      [6, fc.constant(undefined)],
      [6, turns(fc)],
      [2, fc.constantFrom(0, 1, MINUTE, HOUR, 2 * HOUR, DAY)],
      [1, fc.constantFrom(2 * DAY, 35 * DAY, 35 * DAY + 1, -5 * MINUTE, -5 * MINUTE - 1)],
    ),
  });
  const reserve = fc.record({ kind: fc.constant("reserve" as const), wallet, use, lifetime: lifetimes(fc) });
  const items = fc.array(item, { minLength: 1, maxLength: 3 });
  const captured = fc.oneof(
    { weight: 4, arbitrary: fc.record({ how: fc.constant("rest" as const) }) },
    { weight: 4, arbitrary: fc.record({ how: fc.constant("quantity" as const), quantity }) },
    { weight: 3, arbitrary: fc.record({ how: fc.constant("amount" as const), amount }) },
    { weight: 4, arbitrary: fc.record({ how: fc.constant("items" as const), items }) },
  );
  const named = { target: targets(fc), unknown: rarely(fc, unknown) };
  const capture = fc.record({
    kind: fc.constant("capture" as const),
    ...named,
    captured,
    final: fc.constantFrom(undefined, false, false),
    strict: rarely(fc, 20),
  });
  const extend = fc.record({
    kind: fc.constant("extend" as const),
    ...named,
    lifetime: lifetimes(fc),
    keyed: fc.boolean(),
  });
  const release = fc.record({ kind: fc.constant("release" as const), ...named, keyed: fc.boolean() });
  return { withdraw, reserve, capture, extend, release };
}

function correctionsIn(fc: FastCheck, { wallet, amount, policy, unknown }: Manner) {
  const adjust = fc.record({
    kind: fc.constant("adjust" as const),
    wallet,
    amount,
    down: fc.boolean(),
    target: optional(fc, targets(fc), 3),
  });
  const reverse = fc.record({
    kind: fc.constant("reverse" as const),
    target: targets(fc),
    amount: mix<string | undefined>(
      fc,
      [2, fc.constant(undefined)],
      [4, fc.constantFrom("1", "2", "0.5", "3", "0.3")],
      [1, amount],
    ),
    regrant: mix<true | number | undefined>(
      fc,
      [4, fc.constant(undefined)],
      [3, fc.constantFrom<true | number>(true, DAY, HOUR)],
    ),
    unknown: rarely(fc, unknown),
  });
  const transfer = fc.record({
    kind: fc.constant("transfer" as const),
    from: mix(fc, [3, fc.constant(0)], [2, fc.nat(2)]),
    to: mix(fc, [3, fc.constant(1)], [2, fc.nat(2)]),
    amount,
  });
  const setPolicy = fc.record({
    kind: fc.constant("setPolicy" as const),
    wallet,
    policy,
    keyed: fc.boolean(),
  });
  return { adjust, reverse, transfer, setPolicy };
}

/** An earlier request once more: as it was, with another word in it, or its key on another request. */
function repeats(fc: FastCheck) {
  return fc.record({
    kind: fc.constant("again" as const),
    target: fc.nat(40),
    how: fc.constantFrom("same" as const, "same" as const, "changed" as const, "other" as const),
  });
}

/** Every kind of action, with values of that manner. */
export function actionsIn(
  fc: FastCheck,
  manner: Manner,
): { readonly [Kind in ActionKind]: Arbitrary<ActionOf<Kind>> } {
  const unknownCurrency = fc.record({ kind: fc.constant("unknownCurrency" as const) });
  return {
    ...grantsIn(fc, manner),
    ...usesIn(fc, manner),
    ...correctionsIn(fc, manner),
    again: repeats(fc),
    unknownCurrency,
  };
}
