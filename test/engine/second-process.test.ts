import type { CreditStore } from "coffer/store";
import { describe, expect, test } from "vitest";
import { ACME, engineOn, gift, newKey, plain, refusedWith, use, world } from "./support.js";

const CENT = { amount: "0.01", currency: "USD" };

describe("another process takes the wallet up where it stands", () => {
  test("a reservation holds, and is freed when its time is over", async () => {
    const { credits, store, clock } = world();
    await gift(credits, 10);
    await credits.reserve({ ...ACME, amount: 6, expiresIn: { hours: 1 }, idempotencyKey: newKey() });
    const other = engineOn(store, clock);
    expect(plain(await other.balance(ACME))).toMatchObject({ available: "4", held: "6" });
    clock.advance({ hours: 1 });
    expect(plain(await other.balance(ACME))).toMatchObject({ available: "10", held: "0" });
  });

  test("a debt is paid by the next grant", async () => {
    const { credits, store, clock } = world();
    await credits.setPolicy({ ...ACME, policy: { mode: "soft" } });
    await use(credits, 3);
    const other = engineOn(store, clock);
    expect(plain(await other.balance(ACME))).toMatchObject({ overdraft: "3" });
    await gift(other, 10);
    expect(plain(await other.balance(ACME))).toMatchObject({ available: "7", overdraft: "0" });
  });

  test("what was billed this month counts against the limit of the month", async () => {
    const { credits, store, clock } = world();
    const policy = { mode: "overage", price: CENT, limit: 5 } as const;
    await credits.setPolicy({ ...ACME, policy });
    await use(credits, 3);
    const other = engineOn(store, clock);
    await refusedWith(use(other, 3), "insufficient_credits");
    expect(plain(await use(other, 2))).toMatchObject({ overage: "2" });
  });
});

/** A store in which the wallet of one id is another's. */
function colliding(beneath: CreditStore, names: object): CreditStore {
  return Object.assign(Object.create(beneath) as CreditStore, {
    limits: beneath.limits,
    load: async (...call: Parameters<CreditStore["load"]>) =>
      (await beneath.load(...call)).map((snapshot) => ({
        ...snapshot,
        head: snapshot.head && { ...snapshot.head, ...names },
      })),
  });
}

test.each([[{ customerId: "globex" }], [{ currency: "gold" }], [{ scope: "team" }]])(
  "a wallet whose id is that of %j is refused, not read as its own",
  async (names) => {
    const { credits, store, clock } = world();
    await gift(credits, 10);
    const { message, details } = await refusedWith(
      engineOn(colliding(store, names), clock).balance(ACME),
      "unsupported",
    );
    expect(message).toBe(
      "The names of this wallet collide with those of another one in the store; choose another `scope`.",
    );
    expect(details).toMatchObject({ customerId: "acme", currency: "tokens" });
  },
);
