/** Every mutation of a customer's wallets: who, when, what, why. */
import { describe, expect, test } from "vitest";
import { ACME, type Engine, HOUR, START, gift, newKey, world } from "../support.js";
import { pages } from "./pages.js";

describe("audit", () => {
  async function story(): Promise<Engine> {
    const { credits, clock } = world();
    const by = (actor: string) => ({ actor, reason: `by ${actor}` });
    await gift(credits, 10, by("ann"));
    clock.advance({ hours: 1 });
    await gift(credits, 5, { scope: "pool", ...by("bob") });
    await gift(credits, 3, { currency: "gold", ...by("ann") });
    await gift(credits, 7, { customerId: "eve", ...by("ann") });
    clock.advance({ hours: 1 });
    await credits.withdraw({ ...ACME, scope: "pool", amount: 1, idempotencyKey: "w", ...by("cy") });
    await credits.setPolicy({ ...ACME, policy: { mode: "hard" }, ...by("bob") });
    await credits.transfer({
      from: "acme",
      to: { customerId: "acme", scope: "pool" },
      currency: "tokens",
      amount: 2,
      idempotencyKey: "t",
      ...by("ann"),
    });
    return credits;
  }

  /** In one instant by wallet, so only what is of one wallet has an order that is ours to expect. */
  const summary = (items: Awaited<ReturnType<Engine["audit"]>>["items"]) =>
    items.map(({ operation, actor, scope, currency }) => [operation, actor, scope ?? "", currency].join(" "));

  test("holds every mutation of every wallet of the customer, oldest first", async () => {
    const credits = await story();
    const { items, next } = await credits.audit({ customerId: "acme" });
    expect(next).toBeNull();
    expect(items.map(({ recordedAt }) => recordedAt.getTime() - START)).toEqual([
      0,
      HOUR,
      HOUR,
      2 * HOUR,
      2 * HOUR,
      2 * HOUR,
      2 * HOUR,
    ]);
    expect(summary(items).toSorted()).toEqual([
      "grant ann  gold",
      "grant ann  tokens",
      "grant bob pool tokens",
      "setPolicy bob  tokens",
      "transfer ann  tokens",
      "transfer ann pool tokens",
      "withdraw cy pool tokens",
    ]);
    expect(items.every(({ customerId }) => customerId === "acme")).toBe(true);
  });

  test.each([1, 2, 3, 7])("in pages of %s it is the same", async (limit) => {
    const credits = await story();
    const whole = await credits.audit({ customerId: "acme" });
    const { items } = await pages((after) => credits.audit({ customerId: "acme", limit, after }));
    expect(items).toEqual(whole.items);
  });

  test.each([
    [{ actor: "ann" }, 4],
    [{ actor: "cy" }, 1],
    [{ actor: "nobody" }, 0],
    [{ scope: "pool" }, 3],
    [{ scope: "other" }, 0],
    [{ from: START + HOUR }, 6],
    [{ to: START + HOUR }, 1],
    [{ from: START + HOUR, to: START + 2 * HOUR }, 2],
    [{ actor: "ann", scope: "pool", from: START + 2 * HOUR }, 1],
  ])("filtered by %j it has %s", async (filter, count) => {
    const credits = await story();
    const { items } = await pages((after) =>
      credits.audit({ customerId: "acme", ...filter, limit: 1, after }),
    );
    expect(items).toHaveLength(count);
  });

  test("says what was asked, by whom, and why", async () => {
    const credits = await story();
    const { items } = await credits.audit({ customerId: "acme", actor: "cy" });
    expect(items).toEqual([
      {
        operationId: expect.stringMatching(/^op_/) as string,
        operation: "withdraw",
        customerId: "acme",
        scope: "pool",
        currency: "tokens",
        idempotencyKey: "w",
        actor: "cy",
        reason: "by cy",
        request: { ...ACME, scope: "pool", amount: "1", actor: "cy", reason: "by cy" },
        recordedAt: new Date(START + 2 * HOUR),
      },
    ]);
  });

  test("a denial leaves no trace in it", async () => {
    const { credits } = world();
    await gift(credits, 1);
    await credits.tryWithdraw({ ...ACME, amount: 2, idempotencyKey: newKey() });
    expect((await credits.audit({ customerId: "acme" })).items).toHaveLength(1);
  });
});
