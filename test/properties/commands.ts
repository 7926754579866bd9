/**
 * Abstract commands, made concrete only when they run (`world.ts`), so that whatever is cut out of a sequence, the rest
 * still means something, and shrinking finds short counterexamples.
 */
import fc from "fast-check";
import type { ModelMoney } from "../../src/testing/model/index.js";
import {
  DAY,
  HOUR,
  MINUTE,
  type Manner,
  type Turn,
  lifetime,
  mix,
  rarely,
  span,
  target,
  turn,
} from "./values.js";

/** A wallet: two of one customer (one scoped), one of another, and one of the other currency. */
export const WALLETS = [
  { customerId: "ann", currency: "tokens" },
  { customerId: "ann", currency: "tokens", scope: "team" },
  { customerId: "bob", currency: "tokens" },
  { customerId: "ann", currency: "gems" },
] as const;

const kind = <Kind extends string>(name: Kind): fc.Arbitrary<Kind> => fc.constant(name);
const optional = <Value>(arbitrary: fc.Arbitrary<Value>, freq = 2): fc.Arbitrary<Value | undefined> =>
  fc.option(arbitrary, { nil: undefined, freq });

/** What is used: a feature, an amount, or several items. */
function useIn({ item, amount }: Manner) {
  const feature = fc.record({ how: kind("feature"), item });
  const byAmount = fc.record({ how: kind("amount"), amount });
  const items = fc.record({ how: kind("items"), items: fc.array(item, { minLength: 1, maxLength: 4 }) });
  return fc.oneof(
    { weight: 5, arbitrary: feature },
    { weight: 3, arbitrary: byAmount },
    { weight: 5, arbitrary: items },
  );
}

const money = mix<ModelMoney>(
  [8, fc.record({ amount: fc.constantFrom("1.00", "0.07", "8500.00", "0", "33.33"), currency: kind("USD") })],
  [2, fc.record({ amount: fc.constantFrom("1000", "0", "7"), currency: kind("JPY") })],
  [
    1,
    fc.constantFrom(
      { amount: "0.005", currency: "KWD" },
      { amount: "92233720368547758.07", currency: "USD" },
    ),
  ],
  [1, fc.constantFrom({ amount: "0.005", currency: "USD" }, { amount: "-1", currency: "USD" })],
);

function grantsIn(manner: Manner) {
  const { unknown, amount } = manner;
  const grant = fc.record({
    kind: kind("grant"),
    wallet: manner.wallet,
    amount: manner.granted,
    cost: optional(money),
    priority: mix<number | undefined>([4, fc.constant(undefined)], [3, fc.constantFrom(50, 1, 90)]),
    effective: mix<number | undefined>(
      [6, fc.constant(undefined)],
      [4, fc.constantFrom(-DAY, -HOUR, 0, MINUTE, HOUR, DAY)],
    ),
    expires: optional(span, 3),
    features: manner.restriction,
    displayName: fc.constantFrom(undefined, "Pack"),
  });
  const named = { target, unknown: rarely(unknown) };
  const keyed = fc.boolean();
  const voidGrant = fc.record({ kind: kind("voidGrant"), ...named, held: fc.boolean(), keyed });
  const amendGrant = fc.record({
    kind: kind("amendGrant"),
    ...named,
    expires: optional(mix<number | Turn>([9, span], [1, fc.constant(0)])),
    priority: fc.constantFrom(10, 60),
    keyed,
  });
  const refundGrant = fc.record({ kind: kind("refundGrant"), ...named, amount: optional(amount) });
  return { grant, voidGrant, amendGrant, refundGrant };
}

function usesIn(manner: Manner) {
  const { wallet, item, amount, unknown } = manner;
  const use = useIn(manner);
  const quantity = item.map((each) => each.quantity);
  const withdraw = fc.record({
    kind: kind("withdraw"),
    wallet,
    use,
    partial: fc.boolean(),
    late: mix<number | Turn | undefined>(
      [6, fc.constant(undefined)],
      [6, turn],
      [2, fc.constantFrom(0, 1, MINUTE, HOUR, 2 * HOUR, DAY)],
      [1, fc.constantFrom(2 * DAY, 35 * DAY, 35 * DAY + 1, -5 * MINUTE, -5 * MINUTE - 1)],
    ),
  });
  const reserve = fc.record({ kind: kind("reserve"), wallet, use, lifetime });
  const items = fc.array(item, { minLength: 1, maxLength: 3 });
  const captured = fc.oneof(
    { weight: 4, arbitrary: fc.record({ how: kind("rest") }) },
    { weight: 4, arbitrary: fc.record({ how: kind("quantity"), quantity }) },
    { weight: 3, arbitrary: fc.record({ how: kind("amount"), amount }) },
    { weight: 4, arbitrary: fc.record({ how: kind("items"), items }) },
  );
  const named = { target, unknown: rarely(unknown) };
  const capture = fc.record({
    kind: kind("capture"),
    ...named,
    captured,
    final: fc.constantFrom(undefined, false, false),
    strict: rarely(20),
  });
  const extend = fc.record({ kind: kind("extend"), ...named, lifetime, keyed: fc.boolean() });
  const release = fc.record({ kind: kind("release"), ...named, keyed: fc.boolean() });
  return { withdraw, reserve, capture, extend, release };
}

function correctionsIn({ wallet, amount, policy, unknown }: Manner) {
  const adjust = fc.record({
    kind: kind("adjust"),
    wallet,
    amount,
    down: fc.boolean(),
    target: optional(target, 3),
  });
  const reverse = fc.record({
    kind: kind("reverse"),
    target,
    amount: mix<string | undefined>(
      [2, fc.constant(undefined)],
      [4, fc.constantFrom("1", "2", "0.5", "3", "0.3")],
      [1, amount],
    ),
    regrant: mix<true | number | undefined>(
      [4, fc.constant(undefined)],
      [3, fc.constantFrom<true | number>(true, DAY, HOUR)],
    ),
    unknown: rarely(unknown),
  });
  const transfer = fc.record({
    kind: kind("transfer"),
    from: mix([3, fc.constant(0)], [2, fc.nat(2)]),
    to: mix([3, fc.constant(1)], [2, fc.nat(2)]),
    amount,
  });
  const setPolicy = fc.record({ kind: kind("setPolicy"), wallet, policy, keyed: fc.boolean() });
  return { adjust, reverse, transfer, setPolicy };
}

/** An earlier request once more: as it was, with another word in it, or its key on another request. */
const again = fc.record({
  kind: kind("again"),
  target: fc.nat(40),
  how: fc.constantFrom("same" as const, "same" as const, "changed" as const, "other" as const),
});

/** Every kind of action, with values of that manner. */
export function actionsIn(manner: Manner) {
  const unknownCurrency = fc.record({ kind: kind("unknownCurrency") });
  return { ...grantsIn(manner), ...usesIn(manner), ...correctionsIn(manner), again, unknownCurrency };
}

type Actions = ReturnType<typeof actionsIn>;
export type ActionKind = keyof Actions;
export type AbstractAction = {
  [Kind in ActionKind]: Actions[Kind] extends fc.Arbitrary<infer One> ? One : never;
}[ActionKind];
export type AbstractUse = ReturnType<typeof useIn> extends fc.Arbitrary<infer Use> ? Use : never;
