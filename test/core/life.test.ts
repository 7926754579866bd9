import fc from "fast-check";
import { expect, it } from "vitest";
import { CreditError } from "../../src/core/errors.js";
import type { Policy } from "../../src/core/policy.js";
import { HOUR, TestWallet, type Use } from "./support.js";

/** One step of a wallet's life. Denials are part of it; any other error is a defect. */
type Step = (wallet: TestWallet) => unknown;

const PRICE = { amount: "0.015", currency: "USD" };
const policy = fc.constantFrom<Policy | null>(
  null,
  { mode: "soft", limit: null },
  { mode: "soft", limit: 5n },
  { mode: "overage", price: PRICE, limit: 20n, consent: null },
);
const amount = fc.integer({ min: 0, max: 12 });
const feature = fc.constantFrom("chat", "image");
const use = fc.oneof<fc.Arbitrary<Use>[]>(
  amount,
  fc.tuple(feature, amount).map((line) => [line]),
  fc.tuple(amount, amount).map(([chat, image]) => [
    ["chat", chat],
    ["image", image],
  ]),
);
const hours = fc.integer({ min: 1, max: 9 });
const pick = fc.nat(100);

const step: fc.Arbitrary<Step> = fc.oneof(
  fc
    .record({
      amount: fc.integer({ min: 1, max: 20 }),
      cost: fc.option(fc.nat(999), { nil: undefined }),
      features: fc.constantFrom(undefined, ["chat"], ["chat", "image"]),
      priority: fc.constantFrom(1, 2),
      from: fc.integer({ min: -3, max: 3 }),
      until: fc.option(hours),
    })
    .map(({ amount, cost, features, priority, from, until }) => (wallet: TestWallet) => {
      const effectiveAt = wallet.now + from * HOUR;
      wallet.grant(`g${wallet.store.grants.size}`, amount, {
        ...(cost === undefined ? {} : { cost }),
        ...(features === undefined ? {} : { features }),
        priority,
        effectiveAt,
        expiresAt: until === null ? null : Math.max(effectiveAt, wallet.now) + until * HOUR,
      });
    }),
  hours.map((by) => (wallet: TestWallet) => wallet.at(wallet.now + by * HOUR)),
  fc.tuple(use, fc.boolean(), fc.nat(6)).map(
    ([use, partial, ago]) =>
      (wallet: TestWallet) =>
        wallet.withdraw(use, { partial, occurredAt: wallet.now - ago * HOUR }),
  ),
  fc.tuple(use, hours).map(
    ([use, hours]) =>
      (wallet: TestWallet) =>
        wallet.reserve(`r${wallet.store.reservations.size}`, use, { hours }),
  ),
  fc.tuple(pick, fc.option(feature), amount, fc.boolean(), fc.boolean()).map(
    ([at, feature, amount, final, strict]) =>
      (wallet: TestWallet) =>
        wallet.capture(
          one(wallet.store.reservations.keys(), at),
          feature === null ? "all" : [[feature, amount]],
          {
            final,
            strict,
          },
        ),
  ),
  pick.map((at) => (wallet: TestWallet) => wallet.release(one(wallet.store.reservations.keys(), at))),
  fc.tuple(pick, fc.option(amount), fc.boolean()).map(
    ([at, amount, regrant]) =>
      (wallet: TestWallet) =>
        wallet.reverse(
          one(wallet.store.operations, at),
          amount ?? undefined,
          regrant
            ? { until: null, ids: [1, 2, 3, 4].map((n) => `n${wallet.store.ledger.length}-${n}`) }
            : undefined,
        ),
  ),
  fc.tuple(pick, fc.option(hours), fc.constantFrom(1, 3)).map(
    ([at, until, priority]) =>
      (wallet: TestWallet) =>
        wallet.amend(one(wallet.store.grants.keys(), at), {
          expiresAt: until === null ? null : wallet.now + until * HOUR,
          priority,
        }),
  ),
  pick.map((at) => (wallet: TestWallet) => wallet.voidGrant(one(wallet.store.grants.keys(), at))),
  pick.map((at) => (wallet: TestWallet) => wallet.refund(one(wallet.store.grants.keys(), at))),
  amount.map((amount) => (wallet: TestWallet) => wallet.transferOut(amount + 1)),
  fc
    .integer({ min: -9, max: 3 })
    .map(
      (by) => (wallet: TestWallet) =>
        wallet.adjust(by === 0 ? 1 : by, { id: `a${wallet.store.ledger.length}` }),
    ),
  policy.map((policy) => (wallet: TestWallet) => wallet.setPolicy(policy)),
);

function one(ids: Iterable<string>, at: number): string {
  const all = [...ids];
  return all[at % Math.max(all.length, 1)] ?? "none";
}

it("whatever happens to a wallet, every law holds after it", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 30 }), (steps) => {
      const wallet = new TestWallet();
      for (const step of steps) {
        const { overdraft, overage, headroomHeld, policy } = wallet.wallet;
        try {
          step(wallet);
        } catch (error) {
          if (!CreditError.is(error)) throw error;
        }
        if (policy !== null) continue;
        const after = wallet.wallet;
        expect(after.overdraft <= overdraft + headroomHeld.overdraft).toBe(true);
        expect(after.overage <= overage + headroomHeld.overage).toBe(true);
      }
    }),
    { numRuns: 60, seed: 1 },
  );
});
