/** An order of the app's and the credits that pay for it, in one transaction of the app's library. */
import { createCreditEngine, CreditError, defineCatalog } from "coffer";
import type { CreditStore } from "coffer/store";
import { manualClock } from "coffer/testing";
import { describe, expect, it } from "vitest";
import type { SqlTransaction } from "../../../../src/stores/sql/statement.js";
import { pageRetried } from "./page.js";

type Dialect = SqlTransaction["dialect"];

const catalog = defineCatalog({
  currencies: { tokens: { name: "AI tokens" } },
  features: { chat: { currency: "tokens", rate: { credits: 1 } } },
});

/** What the app's transaction does: `insert` writes the order's row through the library. */
export type Work<Of extends Dialect> = (
  tx: SqlTransaction<Of>,
  insert: (id: string) => PromiseLike<unknown>,
) => Promise<void>;

export type Level = "default" | "repeatable read" | "serializable";

/** One library over a database with a table `orders`. */
export interface Shop<Of extends Dialect> {
  /** Runs the work in a transaction of the library, and commits unless it throws. */
  readonly transact: (work: Work<Of>, level: Level) => Promise<unknown>;
  readonly store: CreditStore<SqlTransaction<Of>>;
  /** Another store on the same rows, with connections of its own. */
  readonly another: CreditStore<SqlTransaction<Of>>;
  readonly orders: () => Promise<readonly string[]>;
}

let customers = 0;

function openFor<Of extends Dialect>(shop: Shop<Of>) {
  customers += 1;
  const wallet = { customerId: `customer-${customers}`, currency: "tokens" } as const;
  const options = { catalog, clock: manualClock("2026-01-01T00:00:00Z") };
  const credits = createCreditEngine({ ...options, store: shop.store });
  const others = createCreditEngine({ ...options, store: shop.another });
  type Scoped = ReturnType<typeof credits.withTransaction>;

  const use = (by: Pick<Scoped, "withdraw">, quantity: number, key: string) =>
    by.withdraw({ customerId: wallet.customerId, feature: "chat", quantity, idempotencyKey: key });

  /** As the page says: the end of the transaction is told once the library has answered. */
  async function order(
    work: (
      scoped: Scoped,
      insert: (id: string) => PromiseLike<unknown>,
      tx: SqlTransaction<Of>,
    ) => Promise<void>,
    level: Level = "default",
  ): Promise<void> {
    let scoped: Scoped | undefined;
    try {
      await shop.transact(async (tx, insert) => {
        scoped = credits.withTransaction(tx);
        await work(scoped, insert, tx);
      }, level);
      scoped?.committed();
    } catch (error) {
      scoped?.rolledBack();
      throw error;
    }
  }

  return {
    order,
    use,
    credits,
    others,
    id: (name: string) => `${wallet.customerId}-${name}`,
    grant: () => credits.grant({ ...wallet, amount: 10, category: "promotional", idempotencyKey: "welcome" }),
    /** As each of the two engines sees it. */
    available: async () =>
      (await Promise.all([credits.balance(wallet), others.balance(wallet)])).map(({ available }) =>
        available.toString(),
      ),
    isSound: async () => (await others.verifyLedger(wallet)).ok,
    /** The orders of this customer. */
    orders: async () =>
      (await shop.orders())
        .filter((id) => id.startsWith(`${wallet.customerId}-`))
        .map((id) => id.slice(wallet.customerId.length + 1)),
  };
}

/** Declares what every library's transaction and the credits within it keep to. */
export function ordersKeepTogether<Of extends Dialect>(shop: () => Shop<Of>): void {
  it("commits the credits with the app's row", async () => {
    const { order, use, id, grant, credits, available, isSound, orders } = openFor(shop());
    await grant();
    await order(async (scoped, insert) => {
      await insert(id("a"));
      await use(scoped, 3, "a");
    });
    expect(await orders()).toEqual(["a"]);
    expect(await available()).toEqual(["7", "7"]);
    expect((await use(credits, 3, "a")).replayed).toBe(true);
    expect(await isSound()).toBe(true);
  });

  it("rolls the credits back with the app's row, and the key is free again", async () => {
    const { order, use, id, grant, credits, available, isSound, orders } = openFor(shop());
    await grant();
    const failed = new Error("the app changed its mind");
    const ordering = order(async (scoped, insert) => {
      await insert(id("a"));
      await use(scoped, 3, "a");
      throw failed;
    });
    await expect(ordering).rejects.toBe(failed);
    expect(await orders()).toEqual([]);
    expect(await available()).toEqual(["10", "10"]);
    expect((await use(credits, 4, "a")).replayed).toBe(false);
    expect(await available()).toEqual(["6", "6"]);
    expect(await isSound()).toBe(true);
  });

  it("goes on after a denial, with nothing of it written", async () => {
    const { order, use, id, grant, available, isSound, orders } = openFor(shop());
    await grant();
    await order(async (scoped, insert) => {
      await insert(id("a"));
      const error: unknown = await use(scoped, 11, "a").catch((thrown: unknown) => thrown);
      expect(CreditError.is(error, "insufficient_credits")).toBe(true);
      await insert(id("b"));
      await use(scoped, 2, "b");
    });
    expect(await orders()).toEqual(["a", "b"]);
    expect(await available()).toEqual(["8", "8"]);
    expect(await isSound()).toBe(true);
  });
}

/** Declares that a transaction which has read before another wrote is retried as the page says. */
export function ordersAreRetried<Of extends Dialect>(shop: () => Shop<Of>, levels: readonly Level[]): void {
  describe.each(levels)("at the level %s", (level) => {
    it("answers store_conflict where another wrote since it began; the whole of it, run again, succeeds", async () => {
      const { order, use, id, grant, others, available, isSound, orders } = openFor(shop());
      await grant();
      const retried = await pageRetried();
      const outcomes: unknown[] = [];
      const once = () =>
        order(async (scoped, insert, tx) => {
          await tx.run({ text: "SELECT id FROM orders", values: [] });
          if (outcomes.length === 0) await use(others, 1, "other");
          await use(scoped, 3, "a");
          await insert(id("a"));
        }, level);
      await retried(() =>
        once().then(
          () => void outcomes.push("committed"),
          (error: unknown) => {
            outcomes.push(CreditError.is(error) ? [error.code, error.retryable] : error);
            throw error;
          },
        ),
      );
      expect(outcomes).toEqual([["store_conflict", true], "committed"]);
      expect(await orders()).toEqual(["a"]);
      expect(await available()).toEqual(["6", "6"]);
      expect(await isSound()).toBe(true);
    });
  });
}
