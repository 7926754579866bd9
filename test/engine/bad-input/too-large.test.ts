/** Stores keep 64 bits with a sign: what would not fit is refused, never wrapped and never rounded. */
import { describe, expect, test } from "vitest";
import { ACME, catalog, expectSound, gift, newKey, refusedWith, use, world } from "../support.js";
import { complaint } from "./probe.js";
import { type Verb, type Wild, stage, withAt } from "./verbs.js";

/** (2^63 − 1) / 10^6, and one millionth more. */
const LARGEST = "9223372036854.775807";
const TOO_LARGE = "9223372036854.775808";

test("a wallet holds 2^63 − 1 millionths, and not one more", async () => {
  const { credits, store } = world();
  expect((await gift(credits, LARGEST)).available.toString()).toBe(LARGEST);
  const before = store.dump();
  const error = await refusedWith(gift(credits, "0.000001"), "over_limit");
  expect(error.details).toEqual({ open: LARGEST, amount: "0.000001" });
  expect(store.dump()).toBe(before);
  expect((await use(credits, LARGEST)).available.toString()).toBe("0");
  expect((await gift(credits, LARGEST)).available.toString()).toBe(LARGEST);
  await expectSound(store);
});

test.each([
  ["grant", "amount", TOO_LARGE],
  ["grant", "amount", 1e15],
  ["grant", "amount", 10n ** 40n],
  ["grant", "cost.amount", "92233720368547758.08"],
  ["withdraw", "quantity", "1000000000000000.000000000001"],
  ["reserve", "quantity", 10n ** 16n],
  ["capture", "quantity", 10n ** 16n],
  ["adjust", "amount", TOO_LARGE],
  ["adjust", "amount", `-${TOO_LARGE}`],
  ["reverse", "amount", TOO_LARGE],
  ["refundGrant", "amount", TOO_LARGE],
  ["transfer", "amount", TOO_LARGE],
  ["setPolicy", "policy.limit", TOO_LARGE],
  ["check", "quantity", 10n ** 16n],
  ["estimate", "quantity", 10n ** 16n],
] as const satisfies readonly (readonly [Verb, string, unknown])[])(
  "%s: `%s` of %s is too large to keep",
  async (verb, path, value) => {
    const here = await stage();
    const request = withAt(here.accepted[verb], path, value);
    expect(
      await complaint(here, verb, request, "invalid_input", path, "too large", /\d{13}/),
    ).toBeUndefined();
  },
);

describe("a price that no wallet could pay", () => {
  const unpayable: Wild = { customerId: "acme", feature: "image", quantity: 10n ** 15n };
  const inSum: Wild = {
    customerId: "acme",
    items: [
      { feature: "unit", quantity: 5_000_000_000_000 },
      { feature: "image", quantity: 125_000_000_000 },
    ],
  };

  test.each(["withdraw", "reserve", "check", "estimate"] as const)(
    "%s: of one line, and in sum",
    async (verb) => {
      const here = await stage();
      const { expiresIn, idempotencyKey } = { ...here.accepted[verb], idempotencyKey: newKey() } as Wild;
      const more = verb === "withdraw" || verb === "reserve" ? { idempotencyKey } : {};
      const rest = verb === "reserve" ? { ...more, expiresIn } : more;
      for (const usage of [unpayable, inSum])
        expect(await complaint(here, verb, { ...usage, ...rest }, "over_limit", "Split")).toBeUndefined();
    },
  );
});

test("overage that would cost more money than can be kept is denied", async () => {
  const { credits, store } = world();
  const price = { amount: "9".repeat(30), currency: "USD" };
  await credits.setPolicy({ ...ACME, policy: { mode: "overage", price } });
  const before = store.dump();
  await refusedWith(use(credits, 1), "over_limit");
  expect(store.dump()).toBe(before);
});

test("what is owed stays within what can be kept, limit or none", async () => {
  const { credits, store } = world();
  await credits.setPolicy({ ...ACME, policy: { mode: "soft" } });
  expect((await use(credits, LARGEST)).overdraft.toString()).toBe(LARGEST);
  const before = store.dump();
  await refusedWith(use(credits, "0.000001"), "insufficient_credits");
  expect(store.dump()).toBe(before);
  expect((await credits.balance(ACME)).net.toString()).toBe(`-${LARGEST}`);
  await gift(credits, LARGEST);
  expect((await credits.balance(ACME)).net.toString()).toBe("0");
  await expectSound(store);
});

test("uses of one quarter-hour may add up to more than 64 bits", async () => {
  const { credits, store } = world();
  await Promise.all([
    gift(credits, LARGEST),
    use(credits, LARGEST),
    gift(credits, LARGEST),
    use(credits, LARGEST),
  ]);
  expect((await credits.balance(ACME)).balance.toString()).toBe("0");
  await expectSound(store);
});

test("a transfer that the other wallet cannot hold moves nothing", async () => {
  const { credits, store } = world();
  await gift(credits, 5);
  await gift(credits, LARGEST, { customerId: "beta" });
  const before = store.dump();
  const move = { from: "acme", to: "beta", currency: "tokens", amount: 5, idempotencyKey: "t" } as const;
  await refusedWith(credits.transfer(move), "over_limit");
  expect(store.dump()).toBe(before);
});

test("an event has at most 100 items, and a customer's 100 are decided", async () => {
  const { credits } = world();
  await gift(credits, 100);
  const items = Array.from({ length: 101 }, () => ({ feature: "unit", quantity: 1 }) as const);
  const usage = { customerId: "acme", items, idempotencyKey: "i" } as const;
  expect((await refusedWith(credits.withdraw(usage), "over_limit")).message).toMatch(/100 items.*101/);
  const whole = await credits.withdraw({ ...usage, items: items.slice(1) });
  expect(whole.lines).toHaveLength(100);
  expect(Object.keys(catalog.features)).toContain("unit");
});
