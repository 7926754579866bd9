import { type Invocation, type WalletCall, type WalletOutcome, checkHistory } from "coffer/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const wallet = "acme";
const grant = (key: string, amount: bigint): WalletCall => ({ kind: "grant", wallet, key, amount });
const withdraw = (key: string, amount: bigint): WalletCall => ({ kind: "withdraw", wallet, key, amount });
const balance: WalletCall = { kind: "balance", wallet };
const done = (id: string, available: bigint): WalletOutcome => ({ kind: "done", id, available });
const denied = (available: bigint): WalletOutcome => ({ kind: "denied", available });
const read = (available: bigint): WalletOutcome => ({ kind: "read", available });
const conflict: WalletOutcome = { kind: "conflict" };
const none: WalletOutcome = { kind: "none" };

type Span = readonly [startedAt: number, endedAt: number | null];

function call([startedAt, endedAt]: Span, of: WalletCall, outcome: WalletOutcome | null): Invocation {
  const end = endedAt === null ? null : BigInt(endedAt);
  return { process: "p", call: of, startedAt: BigInt(startedAt), endedAt: end, outcome };
}

const ten = call([0, 1], grant("welcome", 10n), done("g", 10n));

const LEGAL: Readonly<Record<string, readonly Invocation[]>> = {
  "no calls": [],
  "one after the other": [
    ten,
    call([2, 3], withdraw("a", 4n), done("a", 6n)),
    call([4, 5], balance, read(6n)),
  ],
  "two at once, in either order": [
    ten,
    call([2, 9], withdraw("a", 4n), done("a", 3n)),
    call([3, 8], withdraw("b", 3n), done("b", 7n)),
  ],
  "a read beside a withdrawal sees it or not": [
    ten,
    call([2, 9], withdraw("a", 4n), done("a", 6n)),
    call([3, 4], balance, read(10n)),
    call([5, 6], balance, read(6n)),
  ],
  "a denial beside a grant that it did not see": [
    call([0, 9], grant("welcome", 10n), done("g", 10n)),
    call([1, 8], withdraw("a", 4n), denied(0n)),
  ],
  "a key that is denied first, and done after a grant": [
    call([0, 1], withdraw("a", 4n), denied(0n)),
    call([2, 3], grant("welcome", 10n), done("g", 10n)),
    call([4, 5], withdraw("a", 4n), done("a", 6n)),
  ],
  "a replay with the first answer, though more has happened": [
    ten,
    call([2, 3], withdraw("a", 4n), done("a", 6n)),
    call([4, 5], withdraw("b", 6n), done("b", 0n)),
    call([6, 7], withdraw("a", 4n), done("a", 6n)),
  ],
  "another request under a used key": [ten, call([2, 3], grant("welcome", 11n), conflict)],
  "a call without an answer that took effect late": [
    ten,
    call([2, null], withdraw("a", 4n), null),
    call([3, 4], balance, read(10n)),
    call([5, 6], balance, read(6n)),
  ],
  "a call without an answer that never took effect": [
    ten,
    call([2, null], withdraw("a", 4n), null),
    call([3, 4], balance, read(10n)),
  ],
  "a call without an answer whose repetition gets what it had done": [
    ten,
    call([2, null], withdraw("a", 4n), null),
    call([3, 4], withdraw("b", 1n), done("b", 5n)),
    call([5, 6], withdraw("a", 4n), done("a", 6n)),
    call([7, 8], withdraw("a", 4n), done("a", 6n)),
  ],
  "a call that did nothing": [ten, call([2, 3], withdraw("a", 4n), none), call([4, 5], balance, read(10n))],
};

const ILLEGAL: Readonly<Record<string, readonly Invocation[]>> = {
  "a lost write": [
    ten,
    call([2, 3], withdraw("a", 4n), done("a", 6n)),
    call([4, 5], withdraw("b", 1n), done("b", 9n)),
  ],
  "a double charge": [
    ten,
    call([2, 3], withdraw("a", 4n), done("a", 6n)),
    call([4, 5], withdraw("a", 4n), done("a", 6n)),
    call([6, 7], balance, read(2n)),
  ],
  "a double charge after a call without an answer": [
    ten,
    call([2, null], withdraw("a", 4n), null),
    call([3, 4], withdraw("a", 4n), done("a", 6n)),
    call([5, 6], balance, read(2n)),
  ],
  "a stale denial": [ten, call([2, 3], withdraw("a", 4n), denied(0n))],
  "a denial though there is enough": [ten, call([2, 3], withdraw("a", 4n), denied(10n))],
  "a stale read": [ten, call([2, 3], balance, read(0n))],
  "a read that takes back what another has seen": [
    ten,
    call([2, 20], withdraw("a", 4n), done("a", 6n)),
    call([3, 4], balance, read(6n)),
    call([5, 6], balance, read(10n)),
  ],
  "a replay with another answer": [
    ten,
    call([2, 3], withdraw("a", 4n), done("a", 6n)),
    call([4, 5], withdraw("a", 4n), done("a2", 6n)),
  ],
  "two ids for what was done without an answer": [
    ten,
    call([2, null], withdraw("a", 4n), null),
    call([3, 4], balance, read(6n)),
    call([5, 6], withdraw("a", 4n), done("a", 6n)),
    call([7, 8], withdraw("a", 4n), done("a2", 6n)),
  ],
  "another request under a used key that is done": [
    ten,
    call([2, 3], grant("welcome", 11n), done("g2", 21n)),
  ],
  "a call that did nothing, and did": [
    ten,
    call([2, 3], withdraw("a", 4n), none),
    call([4, 5], balance, read(6n)),
  ],
  "a call that takes effect before its beginning": [
    ten,
    call([2, 3], balance, read(6n)),
    call([4, null], withdraw("a", 4n), null),
  ],
  overspending: [
    ten,
    call([2, 9], withdraw("a", 6n), done("a", 4n)),
    call([3, 8], withdraw("b", 6n), done("b", 4n)),
  ],
};

describe("a history has an order where it shows", () => {
  it.each(Object.entries(LEGAL))("%s", (_, history) => {
    expect(checkHistory(history)).toEqual([]);
    expect(checkHistory([...history].reverse())).toEqual([]);
  });
});

describe("a history has no order where it shows", () => {
  it.each(Object.entries(ILLEGAL))("%s", (_, history) => {
    expect(checkHistory(history)).toHaveLength(1);
  });
});

describe("what is no history is refused", () => {
  const good = { process: "p", call: balance, startedAt: 0n, endedAt: 1n, outcome: read(0n) };
  const take = withdraw("a", 4n);

  it.each<[string, unknown, string]>([
    ["no array", undefined, "must be an array"],
    ["an end without an outcome", [{ ...good, outcome: null }], "both be null"],
    ["an outcome without an end", [{ ...good, endedAt: null }], "both be null"],
    ["an end before its beginning", [{ ...good, startedAt: 2n }], "it ended at 1, before it had started"],
    [
      "an instant that is a number",
      [{ ...good, startedAt: 0 }],
      "`history[0].startedAt` must be a bigint; got 0",
    ],
    [
      "an amount that is a number",
      [good, { ...good, call: { ...take, amount: 4 } }],
      "`history[1].call.amount` must be a bigint of",
    ],
    [
      "credits that are a number",
      [{ ...good, outcome: { kind: "read", available: 0 } }],
      "`history[0].outcome.available` must be a bigint",
    ],
    [
      "an unknown call",
      [{ ...good, call: { ...take, kind: "refund" } }],
      "`history[0].call` must be an object whose kind is grant, withdraw, balance",
    ],
    [
      "an unknown outcome",
      [{ ...good, outcome: { kind: "toString" } }],
      "`history[0].outcome` must be an object whose kind is done",
    ],
    ["an unknown field", [{ ...good, at: 1n }], "`history[0].at` is not known"],
  ])("%s", (_, history, message) => {
    expect(() => checkHistory(history as never)).toThrow(TypeError);
    expect(() => checkHistory(history as never)).toThrow(message);
  });
});

it("finds one id that two requests were told", () => {
  const twice = [
    ten,
    call([2, 3], withdraw("a", 4n), done("x", 6n)),
    call([4, 5], withdraw("b", 1n), done("x", 5n)),
  ];
  const [violation] = checkHistory(twice);
  expect(violation?.what).toBe(
    "acme: two requests were told the id x:\n  p withdraws 4 by key a: done as x, 6 left\n  p withdraws 1 by key b: done as x, 5 left",
  );
  expect(violation?.window).toEqual(twice.slice(1));
});

it("tells the calls that fit nowhere, of the shortest beginning that has no order", () => {
  const later = call([8, 9], balance, read(1_000n));
  const [violation] = checkHistory([...(ILLEGAL["a lost write"] ?? []), later]);
  expect(violation?.window).toEqual([call([4, 5], withdraw("b", 1n), done("b", 9n))]);
  expect(violation?.what).toBe(
    "acme: of its first 3 calls 2 have an order, after which 6 are available; then none of these fits:\n" +
      "  p withdraws 1 by key b: done as b, 9 left",
  );
});

it("checks each wallet by itself", () => {
  const other = (invocation: Invocation): Invocation => ({
    ...invocation,
    call: { ...invocation.call, wallet: "globex" },
  });
  const stale = ILLEGAL["a stale read"] ?? [];
  expect(checkHistory([...stale.map(other), ten]).map((violation) => violation.wallet)).toEqual(["globex"]);
});

interface Doing {
  readonly kind: "grant" | "withdraw" | "balance" | "again";
  readonly amount: number;
  readonly lead: number;
  readonly lag: number;
  readonly isLost: boolean;
}

const doing: fc.Arbitrary<Doing> = fc.record({
  kind: fc.constantFrom("grant", "withdraw", "withdraw", "balance", "again"),
  amount: fc.integer({ min: 1, max: 9 }),
  lead: fc.integer({ min: 0, max: 60 }),
  lag: fc.integer({ min: 0, max: 60 }),
  isLost: fc.boolean().map((isLost) => isLost),
});

const STEP = 10;

/** One call at a time, by plain arithmetic; each is said to have begun earlier and ended later than it was done. */
function executed(doings: readonly Doing[], losesAnswers: boolean): readonly Invocation[] {
  let available = 0n;
  let last: { readonly of: WalletCall; readonly outcome: WalletOutcome } | null = null;
  return doings.map(({ kind, amount: credits, lead, lag, isLost }, index) => {
    const instant = (index + 10) * STEP;
    const span = [instant - lead, losesAnswers && isLost ? null : instant + lag] as const;
    const told = (outcome: WalletOutcome) => (span[1] === null ? null : outcome);
    if (kind === "balance") return call(span, balance, told(read(available)));
    if (kind === "again" && last !== null) return call(span, last.of, told(last.outcome));
    const amount = BigInt(credits);
    const key = `k${index}`;
    const of = kind === "grant" ? grant(key, amount) : withdraw(key, amount);
    if (of.kind === "withdraw" && available < amount) return call(span, of, told(denied(available)));
    available += of.kind === "grant" ? amount : -amount;
    last = { of, outcome: done(`id${index}`, available) };
    return call(span, of, told(last.outcome));
  });
}

describe("random executions, one call at a time", () => {
  const doings = fc.array(doing, { minLength: 1, maxLength: 60 });

  it("have an order, however wide their spans", () => {
    fc.assert(fc.property(doings, (all) => checkHistory(executed(all, false)).length === 0));
  });

  it("have an order if answers are lost", () => {
    fc.assert(fc.property(doings, (all) => checkHistory(executed(all, true)).length === 0));
  });

  it("have none if an answer tells of credits that never were", () => {
    const mutated = fc.tuple(doings, fc.nat(), fc.integer({ min: 1, max: 3 }));
    fc.assert(
      fc.property(mutated, ([all, at, more]) => {
        const history = executed(all, false);
        const index = at % history.length;
        const ceiling = history.reduce(
          (sum, { call: of }) => sum + (of.kind === "grant" ? of.amount : 0n),
          0n,
        );
        const spoilt = history.map((invocation, place) => {
          const { outcome } = invocation;
          if (place !== index || outcome === null || !("available" in outcome)) return invocation;
          return { ...invocation, outcome: { ...outcome, available: ceiling + BigInt(more) } };
        });
        return checkHistory(spoilt).length === 1;
      }),
    );
  });

  it("have none if one that was applied is left out, and a read follows all of them", () => {
    fc.assert(
      fc.property(doings, (all) => {
        const history = executed(
          all.filter(({ kind }) => kind !== "again"),
          false,
        );
        const victim = history.findIndex(({ outcome }) => outcome?.kind === "done");
        fc.pre(victim >= 0);
        const left = history.reduce((sum, { call: of, outcome }) => {
          if (outcome?.kind !== "done" || of.kind === "balance") return sum;
          return sum + (of.kind === "grant" ? of.amount : -of.amount);
        }, 0n);
        const last = call([100_000, 100_001], balance, read(left));
        expect(checkHistory([...history, last])).toEqual([]);
        return checkHistory([...history.filter((_, index) => index !== victim), last]).length === 1;
      }),
    );
  });
});

it(
  "decides thousands of calls on one wallet, of which many were never answered",
  { timeout: 120_000 },
  () => {
    const many = Array.from({ length: 2_000 }, (_, index): Doing => {
      const kind = (["grant", "withdraw", "withdraw", "balance", "again"] as const)[index % 5] ?? "balance";
      return { kind, amount: 1 + (index % 9), lead: 60, lag: 60, isLost: index % 200 === 0 };
    });
    const history = executed(many, true);
    expect(checkHistory(history)).toEqual([]);
    const last = call([100_000, 100_001], balance, read(1_000_000n));
    expect(checkHistory([...history, last])).toHaveLength(1);
  },
);

function again(made: Invocation, key: string): Invocation {
  return { ...made, call: made.call.kind === "balance" ? made.call : { ...made.call, key } };
}

describe("many calls that were never answered", () => {
  const MUCH = 1_000_000n;
  const start = call([0, 1], grant("start", MUCH), done("s", MUCH));
  /** No two sets of these amounts come to the same sum. */
  const unlike = (count: number, of = withdraw) =>
    Array.from({ length: count }, (_, bit) => call([2, null], of(`k${bit}`, 1n << BigInt(bit)), null));
  const alike = (count: number) =>
    Array.from({ length: count }, (_, index) => call([2, null], withdraw(`k${index}`, 2n), null));
  const reads = (...seen: readonly bigint[]) =>
    seen.map((available, index) => call([10 + 2 * index, 11 + 2 * index], balance, read(available)));

  it.each<[string, readonly Invocation[]]>([
    ["each of its own amount", [start, ...unlike(19), ...reads(MUCH - 0b101_0110_1101n, MUCH - 0x5ffffn)]],
    ["of the same amount", [start, ...alike(60), ...reads(MUCH - 40n, MUCH - 120n)]],
    [
      "that had to be granted before others could be withdrawn",
      [
        ...unlike(10),
        ...unlike(10, grant).map((each, index) => again(each, `g${index}`)),
        ...reads(0n, 1n, 0n),
      ],
    ],
  ])("%s: an order that explains what was read is found", (_, history) => {
    expect(checkHistory(history)).toEqual([]);
  });

  it.each<[string, readonly Invocation[]]>([
    ["more than all of them came to", [start, ...unlike(18), ...reads(MUCH - 0x40000n)]],
    ["credits that none of them granted", [start, ...unlike(24), ...reads(MUCH + 1n)]],
    [
      "a sum that was there, and one that takes it back",
      [start, ...unlike(18), ...reads(MUCH - 21n, MUCH - 10n)],
    ],
    ["an odd sum of even amounts", [start, ...alike(60), ...reads(MUCH - 41n)]],
  ])("%s: it is found that there is no order", (_, history) => {
    expect(checkHistory(history)).toHaveLength(1);
  });

  /** Amounts that come to the same sums in very many ways, and answers that none of these explains in the end. */
  const entangled = [
    start,
    ...Array.from({ length: 40 }, (_, index) =>
      call([2, null], withdraw(`k${index}`, BigInt(100 + index)), null),
    ),
    ...reads(MUCH - 1_200n, MUCH - 2_400n, MUCH - 3_600n, MUCH - 3_601n),
  ];

  it("are undecided rather than tried for ever, and said to be", () => {
    expect(() => checkHistory(entangled)).toThrow(
      /^checkHistory: the calls on acme are undecided: .* 40 of them were never answered/,
    );
  });
});
