import { createCreditEngine, CreditError } from "coffer";
import { checkStore } from "coffer/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Database } from "../../support/databases.js";
import { type Credits, catalog, saysNothingWasWritten } from "../../support/load/ask.js";
import { type Reached, type Target, reach } from "../../support/load/target.js";
import { type Manner, type Place, Proxy } from "../../support/proxy.js";

/** What is sent to the server, by a text that no other request holds. */
interface Requests {
  readonly commit: string;
  readonly endOfTransaction: string;
  readonly read: string;
  /** A request that is lost on the way leaves no locks behind. */
  readonly commitsInOneStatement: boolean;
}

interface Given {
  readonly fresh: () => Promise<Database>;
  readonly targetAt: (url: string) => Target;
  readonly requests: Requests;
}

const TIMEOUT_MS = 700;
const DEFAULT_TIMEOUT_MS = 10_000;
/** By which a call may outlive its deadline. */
const GRACE_MS = 1_000;

const PLACES: readonly Place[] = ["before the request", "before the answer", "within the answer"];
const MANNERS: readonly Manner[] = ["drop", "reset", "half-close"];
const ANSWERS: readonly Place[] = ["before the answer", "within the answer"];
const CUTS = [
  ...PLACES.flatMap((place) => MANNERS.map((manner) => ({ place, manner }))),
  ...ANSWERS.map((place) => ({ place, manner: "delay" as const })),
];

/** Wallets of a test of their own, since the database is everybody's. */
function customersOf(test: number) {
  const [acme, globex] = [`acme ${test}`, `globex ${test}`];
  return {
    acme: { customerId: acme, currency: "tokens" },
    globex: { customerId: globex, currency: "tokens" },
    use: { customerId: acme, feature: "chat", quantity: 7, idempotencyKey: "use" },
    move: { from: { customerId: acme }, to: { customerId: globex }, currency: "tokens", amount: 30 },
  } as const;
}

/** A network that fails between a store and its server. */
export function networkSuite(name: string, { fresh, targetAt, requests }: Given): void {
  describe(`a network that is cut, before ${name}`, () => {
    let database: Database;
    let proxy: Proxy;
    /** Beside the proxy: what is really stored. */
    let straight: Reached;
    let cut: Reached;
    let credits: Credits;
    /** For what nobody is told of: it ends by its deadline only. */
    let impatient: Credits;
    let truth: Credits;
    let tests = 0;
    let { acme, globex, use, move } = customersOf(tests);
    beforeAll(async () => {
      database = await fresh();
      straight = reach(targetAt(database.url));
      await straight.store.migrate();
    });
    afterAll(async () => {
      // Every test has wallets of its own, and leaves them as they were when it ended: one look is as good as many.
      expect(await checkStore(straight.store)).toEqual([]);
      await straight.end();
      await database.drop();
    });
    beforeEach(async () => {
      ({ acme, globex, use, move } = customersOf(++tests));
      proxy = await Proxy.to(database.url);
      cut = reach(targetAt(proxy.through(database.url)));
      truth = createCreditEngine({ catalog, store: straight.store });
      credits = createCreditEngine({ catalog, store: cut.store });
      impatient = createCreditEngine({ catalog, store: cut.store, timeoutMs: TIMEOUT_MS });
      await truth.grant({ ...acme, amount: 100, category: "promotional", idempotencyKey: "welcome" });
      // So that the first request that is cut is the one that the test means.
      await credits.withdraw({ ...use, quantity: 1, idempotencyKey: "warm" });
    });
    afterEach(async () => {
      await proxy.close();
      await cut.end();
    });

    /** What a caller is told within its time. */
    async function told<Value>(
      call: (engine: Credits) => Promise<Value>,
      manner: Manner = "hold",
    ): Promise<Value | CreditError> {
      const isTold = manner === "reset" || manner === "half-close";
      const began = performance.now();
      const answer = await call(isTold ? credits : impatient).catch((error: unknown) => error);
      const latestMs = isTold ? DEFAULT_TIMEOUT_MS + GRACE_MS : TIMEOUT_MS + GRACE_MS;
      expect(performance.now() - began).toBeLessThan(latestMs);
      if (answer instanceof Error && !CreditError.is(answer)) throw answer;
      return answer as Value | CreditError;
    }

    async function keys(): Promise<readonly string[]> {
      const { items } = await truth.audit({ customerId: acme.customerId, limit: 1_000 });
      return items.map(({ idempotencyKey }) => idempotencyKey);
    }

    /** An answer says what is stored, or that nobody knows. */
    async function expectTrue(answer: unknown, key: string): Promise<void> {
      const times = (await keys()).filter((each) => each === key).length;
      expect(times).toBeLessThanOrEqual(1);
      if (!CreditError.is(answer)) expect(times).toBe(1);
      else if (answer.code !== "store_unavailable" || saysNothingWasWritten(answer)) expect(times).toBe(0);
    }

    /** The pool has connections again, and the same key is applied once, however often it is asked. */
    async function expectRecovered(
      call: () => Promise<{ readonly id: string }>,
      left: number,
    ): Promise<void> {
      const first = await call();
      expect((await call()).id).toBe(first.id);
      expect((await credits.balance(acme)).available.toNumber()).toBe(left);
      expect((await truth.balance(acme)).available.toNumber()).toBe(left);
    }

    /** Who is told of a cut tries again, and is not late; who is not told waits for its deadline. */
    function expectAnswered(answer: unknown, manner: Manner): void {
      expect(proxy.cuts).toBe(1);
      if (manner === "drop" || manner === "delay")
        expect(answer).toMatchObject({ code: "store_unavailable" });
      else expect(answer).not.toBeInstanceOf(CreditError);
    }

    /** What was lost goes no further, and what was late comes at last. */
    function mend(manner: Manner): void {
      if (manner === "delay") proxy.release();
      // A server that nobody tells waits on with its locks, as long as it takes it to miss its client.
      if (manner === "drop") proxy.hangUp();
    }

    describe.each(CUTS)("$place, by $manner", ({ place, manner }) => {
      it("laws 2, 4 and 18: a withdrawal is applied once, and its answer is true", async () => {
        proxy.cutNext({ request: requests.commit, place, manner });
        const answer = await told((engine) => engine.withdraw(use), manner);
        expectAnswered(answer, manner);
        await expectTrue(answer, "use");
        if (manner === "delay") await expectTrue(await credits.withdraw(use), "use");
        mend(manner);
        await expectRecovered(() => credits.withdraw(use), 92);
      });

      it("a transfer moves both wallets once, or none", async () => {
        const transfer = { ...move, idempotencyKey: "move" };
        proxy.cutNext({ request: requests.endOfTransaction, place, manner });
        const answer = await told((engine) => engine.transfer(transfer), manner);
        expectAnswered(answer, manner);
        await expectTrue(answer, "move");
        mend(manner);
        await expectRecovered(() => credits.transfer(transfer), 69);
        expect((await truth.balance(globex)).available.toNumber()).toBe(30);
      });

      it("a denial is true, and nothing of it is applied", async () => {
        const tooMuch = { ...use, quantity: 500, idempotencyKey: "too much" };
        proxy.cutNext({ request: requests.read, place, manner });
        const answer = await told((engine) => engine.withdraw(tooMuch), manner);
        expect(proxy.cuts).toBe(1);
        expect(answer).toMatchObject({
          code: manner === "drop" || manner === "delay" ? "store_unavailable" : "insufficient_credits",
        });
        await expectTrue(answer, "too much");
        mend(manner);
        await expectRecovered(() => credits.withdraw(use), 92);
      });
    });

    it("an answer that is slow, and in time, is the true one; other processes go on meanwhile", async () => {
      proxy.cutNext({ request: requests.commit, place: "within the answer", manner: "delay" });
      const late = credits.withdraw(use);
      const welcome = { ...globex, amount: 5, category: "promotional", idempotencyKey: "welcome" } as const;
      await proxy.untilCut();
      expect((await truth.grant(welcome)).available.toNumber()).toBe(5);
      proxy.release();
      expect((await late).available.toNumber()).toBe(92);
      await expectRecovered(() => credits.withdraw(use), 92);
    });

    it("answers that come after their callers gave up are taken for nobody else's", async () => {
      const others = [1, 2, 3].map((quantity) => ({ ...use, quantity, idempotencyKey: `use ${quantity}` }));
      for (const other of others) {
        proxy.cutNext({ request: requests.commit, place: "before the answer", manner: "delay" });
        await expectTrue(await told((engine) => engine.withdraw(other), "delay"), other.idempotencyKey);
      }
      expect(proxy.cuts).toBe(3);
      const meanwhile = credits.withdraw(use);
      proxy.release();
      expect((await meanwhile).price.toNumber()).toBe(7);
      for (const other of others)
        expect((await credits.withdraw(other)).price.toNumber()).toBe(other.quantity);
      await expectRecovered(() => credits.withdraw(use), 86);
    });

    it("a request that reaches the server long after its caller was told is applied once", async () => {
      proxy.cutNext({ request: requests.commit, place: "before the request", manner: "hold" });
      const answer = await told((engine) => engine.withdraw(use));
      expect(answer).toMatchObject({ code: "store_unavailable" });
      expect(saysNothingWasWritten(answer as CreditError)).toBe(false);
      await expectTrue(answer, "use");
      proxy.release();
      await expectRecovered(() => credits.withdraw(use), 92);
    });

    if (!requests.commitsInOneStatement) return;

    it("a request that reaches the server after its repetition was applied changes nothing", async () => {
      proxy.cutNext({ request: requests.commit, place: "before the request", manner: "hold" });
      await told((engine) => engine.withdraw(use));
      const again = await impatient.withdraw(use);
      proxy.release();
      await expectTrue(again, "use");
      await expectRecovered(() => credits.withdraw(use), 92);
    });

    it("a denial after a lost answer is true, though the lost change lands after it", async () => {
      proxy.cutNext({ request: requests.commit, place: "before the request", manner: "hold" });
      const lost = { ...use, quantity: 60, idempotencyKey: "lost" };
      await told((engine) => engine.withdraw(lost));
      const big = { ...use, quantity: 99, idempotencyKey: "big" };
      const other = { ...use, quantity: 100, idempotencyKey: "other" };
      const denied = await told((engine) => engine.withdraw(other));
      expect(denied).toMatchObject({ code: "insufficient_credits", details: { available: "99" } });
      proxy.release();
      // What was denied was denied on a version that the lost change can no longer be applied to.
      expect((await credits.withdraw(big)).available.toNumber()).toBe(0);
      await expectTrue(denied, "other");
      expect(await keys()).not.toContain("lost");
    });
  });
}
