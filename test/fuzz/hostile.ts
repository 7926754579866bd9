/** Values that mean harm, made anew for each call: some of them change when they are looked at. */
import { Decimal } from "coffer";
import { Decimal as OtherDecimal } from "decimal.js";

function boom(): never {
  throw new RangeError("from a trap");
}

function nested(depth: number, wrap: (inner: unknown) => unknown): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = wrap(value);
  return value;
}

function revoked(target: object): unknown {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

/** Says one thing first, and others later. */
function changing(...values: readonly unknown[]): object {
  let reads = 0;
  const get = () => values[Math.min(reads++, values.length - 1)];
  return Object.defineProperty({}, "a", { get, enumerable: true });
}

function cyclic(): object {
  const ring: Record<string, unknown> = { list: [] };
  ring["self"] = ring;
  (ring["list"] as unknown[]).push(ring);
  return ring;
}

/** What `await` would wait for; the name is made here so that nobody takes it for a promise of ours. */
function thenable(then: () => unknown): object {
  return Object.fromEntries([[["th", "en"].join(""), then]]);
}

class Impostor {
  customerId = "acme";
  currency = "tokens";
  amount = 1;
}

const DEEP_OBJECT = nested(20_000, (inner) => ({ inner }));
const DEEP_ARRAY = nested(20_000, (inner) => [inner]);
const LONG_DIGITS = "9".repeat(1_000_000);
const LONG = "x".repeat(10_000_000);

export const HOSTILE = {
  undefined: () => undefined,
  null: () => null,
  "a boolean": () => true,
  "not a number": () => Number.NaN,
  infinity: () => Number.NEGATIVE_INFINITY,
  "a negative zero": () => -0,
  "a large number": () => Number.MAX_VALUE,
  "a small number": () => Number.MIN_VALUE,
  "a bigint": () => -(2n ** 63n),
  "a huge bigint": () => 1n << 4_000_000n,
  "a symbol": () => Symbol("acme"),
  "a function": () => boom,
  "a class": () => Impostor,
  "an empty text": () => "",
  "a text with NUL": () => "a\u0000b",
  "a lone surrogate": () => "\ud800",
  "a huge text": () => LONG,
  "a huge text of digits": () => LONG_DIGITS,
  "a huge text of spaces": () => `1${" ".repeat(1_000_000)}1`,
  "nearly an instant": () => `2026-01-01T00:00:00.${"0".repeat(1_000_000)}`,
  "a name that every object has": () => "constructor",
  "a prototype's name": () => "__proto__",
  "an invalid date": () => new Date(Number.NaN),
  "a date far off": () => new Date(8_640_000_000_000_000),
  "boxed values": () => [new Number(1), new String("acme"), new Boolean(true)],
  "a boxed number": () => new Number(1),
  "a boxed text": () => new String("acme"),
  "a map": () => new Map([["customerId", "acme"]]),
  "a set": () => new Set(["acme"]),
  "typed bytes": () => new Float64Array(1_000),
  "an array": () => ["acme"],
  "an array with holes": () => Object.assign([], { 1: "acme", length: 3 }),
  "an array of huge length": () => Object.assign([], { length: 4_294_967_295 }),
  "something like an array": () => ({ length: 4_294_967_295, 0: "acme" }),
  "an array that lies": () => new Proxy([], { get: (_, name) => (name === "length" ? 2 ** 53 : boom()) }),
  "a deep object": () => DEEP_OBJECT,
  "a deep array": () => DEEP_ARRAY,
  "a circle": cyclic,
  "many keys": () => Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`k${index}`, index])),
  "a huge key": () => ({ [LONG]: 1 }),
  "a getter that throws": () => Object.defineProperty({}, "a", { get: boom, enumerable: true }),
  "a getter that changes": () => changing("b", "\u0000", cyclic(), 1n, boom),
  "a getter that seems without end": () => {
    let level = 0;
    const next = (): unknown =>
      level++ > 5_000 ? 1 : Object.defineProperty({}, "a", { get: next, enumerable: true });
    return next();
  },
  "no prototype": () => Object.assign(Object.create(null) as object, { customerId: "acme" }),
  "a key named __proto__": () => JSON.parse('{"__proto__":{"polluted":true}}') as unknown,
  "a constructor's prototype": () => JSON.parse('{"constructor":{"prototype":{"polluted":true}}}') as unknown,
  "inherited fields": () => Object.create({ customerId: "acme", amount: 1 }) as unknown,
  "an instance of a class": () => new Impostor(),
  "a proxy that throws": () => new Proxy({}, { get: boom, has: boom, ownKeys: boom, getPrototypeOf: boom }),
  "a proxy without a type": () => new Proxy({ a: 1 }, { getOwnPropertyDescriptor: boom }),
  "a proxy with __proto__": () =>
    new Proxy(
      {},
      {
        ownKeys: () => ["__proto__"],
        getOwnPropertyDescriptor: (_, name) =>
          name === "__proto__"
            ? { value: { polluted: true }, enumerable: true, configurable: true }
            : undefined,
        get: () => ({ polluted: true }),
      },
    ),
  "a proxy of keys without end": () => {
    let level = 0;
    const handler: ProxyHandler<object> = {
      get: () => (level++ < 5_000 ? new Proxy({ a: 1 }, handler) : 1),
    };
    return new Proxy({ a: 1 }, handler);
  },
  "a revoked proxy": () => revoked({}),
  "a revoked proxy of an array": () => revoked([]),
  "a revoked proxy of a function": () => revoked(boom),
  "a thenable": () => thenable(boom),
  "a thenable that never settles": () => thenable(() => undefined),
  "a promise": () => Promise.resolve("acme"),
  "a decimal": () => new Decimal("1.5"),
  "another copy's decimal": () => new (OtherDecimal.clone())("1.5"),
  "a decimal that is none": () => new Decimal(Number.NaN),
  "a decimal without end": () => new OtherDecimal("1e400000000"),
  "a decimal near nothing": () => new OtherDecimal("1e-400000000"),
  "like a decimal": () => ({
    toStringTag: "[object Decimal]",
    e: 0,
    isFinite: () => true,
    toFixed: () => "1",
  }),
  "like a decimal, but throws": () => ({ toStringTag: "[object Decimal]", isFinite: boom, toFixed: boom }),
  "like a decimal, of no text": () => ({
    toStringTag: "[object Decimal]",
    e: 0,
    isFinite: () => true,
    toFixed: () => 5,
  }),
  "like a date": () => ({ [Symbol.toStringTag]: "Date", valueOf: boom, [Symbol.toPrimitive]: boom }),
  "conversions that throw": () => ({
    toString: boom,
    valueOf: boom,
    toJSON: boom,
    [Symbol.toPrimitive]: boom,
  }),
  "an iterator that throws": () => Object.assign(["acme"], { [Symbol.iterator]: boom }),
  "an error": () => new Error("acme"),
  "a pattern": () => /acme/,
  "the global object": () => globalThis,
} as const satisfies Readonly<Record<string, () => unknown>>;

export type HostileKind = keyof typeof HOSTILE;
export const KINDS = Object.keys(HOSTILE) as HostileKind[];
