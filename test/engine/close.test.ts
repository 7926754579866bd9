/** Closing lets everything under way finish, refuses what comes after, and then closes the store. */
import { memoryStore } from "coffer/memory";
import { StoreError } from "coffer/store";
import { expect, test } from "vitest";
import { VERBS, call, stage } from "./bad-input/verbs.js";
import { scriptedStore } from "./concurrency/scripted-store.js";
import { ACME, START, engineOn, gift, newKey, refusal, refusedWith, use } from "./support.js";

/** A gate that a store's calls wait at. */
function gate() {
  let open: () => void = () => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  const waiting = async (run: () => Promise<unknown>): Promise<unknown> => {
    await passed;
    return run();
  };
  return { open: () => open(), waiting };
}

async function opened() {
  const beneath = memoryStore();
  const store = scriptedStore(beneath);
  const credits = engineOn(store, () => START);
  const { id } = await gift(credits, 100);
  let closed = 0;
  store.close = async () => {
    closed++;
  };
  return { beneath, store, credits, grantId: id, closings: () => closed };
}

test.each(["commit", "load", "transact"] as const)("what waits for a %s is finished", async (name) => {
  const { store, credits, grantId, beneath, closings } = await opened();
  const cold = engineOn(store, () => START);
  const { open, waiting } = gate();
  store.play({ [name]: Array.from({ length: 20 }, () => waiting) });
  const underWay = [
    use(credits, 1),
    use(credits, 2),
    credits.voidGrant({ grantId }),
    credits.transfer({ from: "acme", to: "beta", currency: "tokens", amount: 3, idempotencyKey: newKey() }),
    credits.balance(ACME),
    credits.ledger(ACME),
  ];
  const coldUse = cold.reserve({ ...ACME, amount: 0, expiresIn: { hours: 1 }, idempotencyKey: newKey() });
  const closing = Promise.all([credits.close(), cold.close()]);
  let isClosed = false;
  const watched = closing.then(() => (isClosed = true));
  await refusedWith(use(credits, 1), "unsupported");
  expect([isClosed, closings()]).toEqual([false, 0]);
  open();
  const settled = await Promise.allSettled([...underWay, coldUse]);
  expect(settled.filter(({ status }) => status === "rejected").length).toBeLessThanOrEqual(1);
  await watched;
  expect(closings()).toBe(2);
  expect(await engineOn(beneath, () => START).verifyLedger(ACME)).toMatchObject({ ok: true });
});

test.each(VERBS)("%s is refused afterwards", async (verb) => {
  const { credits, accepted } = await stage();
  await credits.close();
  const error = await refusedWith(call(credits, verb, accepted[verb]), "unsupported");
  expect(error.message).toContain("closed");
});

test("withdrawMany and tryWithdraw say so, each in its way", async () => {
  const { credits } = await opened();
  await credits.close();
  const request = { ...ACME, amount: 1, idempotencyKey: newKey() };
  const closed = { ok: false, error: { code: "unsupported" } };
  expect(await credits.tryWithdraw(request)).toMatchObject(closed);
  expect(await credits.withdrawMany([request, request])).toMatchObject([closed, closed]);
});

test("closing twice closes once, and both wait for it", async () => {
  const { credits, closings } = await opened();
  await Promise.all([credits.close(), credits.close()]);
  await credits.close();
  expect(closings()).toBe(1);
});

test("a failure under way does not keep it open", async () => {
  const { credits, store, closings } = await opened();
  store.play({ commit: [() => Promise.reject(new Error("defect"))] });
  const failing = use(credits, 1).catch((error: unknown) => error);
  await credits.close();
  expect(await failing).toMatchObject({ message: "defect" });
  expect(closings()).toBe(1);
});

test("a store that cannot be closed is said to be unavailable", async () => {
  const beneath = memoryStore();
  await beneath.close();
  const credits = engineOn(beneath, () => START);
  expect(await refusal(credits.balance(ACME))).toMatchObject({ code: "store_unavailable" });
});

test("a store that fails to close is said to be unavailable, and by whom", async () => {
  const { credits, store } = await opened();
  const cause = new StoreError("permanent", "the disk is gone.");
  store.close = () => Promise.reject(cause);
  const error = await refusedWith(credits.close(), "store_unavailable");
  expect(error.message).toContain("the disk is gone.");
  expect(error.cause).toBe(cause);
});
