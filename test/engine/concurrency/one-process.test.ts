/** Many at once on one wallet: credits are spent once, exactly, and nobody waits for ever. */
import type { Attempt, Withdrawal } from "coffer";
import { memoryStore } from "coffer/memory";
import type { Change } from "coffer/store";
import { manualClock } from "coffer/testing";
import { describe, expect, test } from "vitest";
import {
  ACME,
  DAY,
  type Engine,
  START,
  engineOn,
  expectSound,
  gift,
  newKey,
  refusedWith,
  use,
  world,
} from "../support.js";
import { scriptedStore, times } from "./scripted-store.js";

const one = () => ({ ...ACME, amount: 1, idempotencyKey: newKey() });

function tally(attempts: readonly Attempt<Withdrawal>[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const attempt of attempts) {
    const outcome = attempt.ok ? "ok" : attempt.error.code;
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
}

test("1,000 withdrawals on a wallet of 617 credits: 617 pass", async () => {
  const { credits, store } = world();
  await gift(credits, 400);
  await gift(credits, 217);
  const attempts = await Promise.all(Array.from({ length: 1_000 }, () => credits.tryWithdraw(one())));
  expect(tally(attempts)).toEqual({ ok: 617, insufficient_credits: 383 });
  expect((await credits.balance(ACME)).available.toString()).toBe("0");
  expect(await credits.verifyLedger(ACME)).toMatchObject({ ok: true, entries: 619 });
  await expectSound(store);
});

test("two engines on one store spend no more between them, and both get their share", async () => {
  const { store, clock, credits } = world();
  const other = engineOn(store, clock);
  await gift(credits, 617);
  const attempts = await Promise.all(
    Array.from({ length: 1_000 }, (_, n) => (n % 2 === 0 ? credits : other).tryWithdraw(one())),
  );
  expect(tally(attempts)).toEqual({ ok: 617, insufficient_credits: 383 });
  await expectSound(store);
});

test("three engines that call one by one are all served", async () => {
  const { store, clock, credits } = world();
  await gift(credits, 300);
  const engines = [credits, engineOn(store, clock), engineOn(store, clock)];
  const served = await Promise.all(
    engines.map(async (engine) => {
      for (let count = 0; count < 100; count++) await engine.withdraw(one());
      return "all";
    }),
  );
  expect(served).toEqual(["all", "all", "all"]);
  expect((await credits.balance(ACME)).available.toString()).toBe("0");
  await expectSound(store);
});

test("one key, a hundred times, from two engines: charged once", async () => {
  const { store, clock, credits } = world();
  const other = engineOn(store, clock);
  await gift(credits, 100);
  const uses = await Promise.all(
    Array.from({ length: 100 }, (_, n) => use(n % 2 === 0 ? credits : other, 7, "k")),
  );
  expect(new Set(uses.map(({ id }) => id)).size).toBe(1);
  expect(uses.filter(({ replayed }) => !replayed)).toHaveLength(1);
  expect((await credits.balance(ACME)).available.toString()).toBe("93");
});

test("transfers to and fro between busy wallets neither lose nor make a credit", async () => {
  const { store, clock, credits } = world();
  const other = engineOn(store, clock);
  await gift(credits, 50);
  await gift(credits, 50, { customerId: "beta" });
  const moves = Array.from({ length: 60 }, (_, n) => {
    const [from, to] = n % 2 === 0 ? (["acme", "beta"] as const) : (["beta", "acme"] as const);
    const engine = n % 3 === 0 ? other : credits;
    return [
      engine.transfer({ from, to, currency: "tokens", amount: (n % 7) + 1, idempotencyKey: newKey() }),
      engine.tryWithdraw({ ...one(), customerId: from }),
    ];
  });
  const settled = await Promise.allSettled(moves.flat());
  const spent = settled.filter(
    ({ status, ...rest }) =>
      status === "fulfilled" && "value" in rest && (rest.value as { ok?: boolean }).ok === true,
  );
  const total = async (engine: Engine) => {
    const [acme, beta] = [await engine.balance(ACME), await engine.balance({ ...ACME, customerId: "beta" })];
    return acme.balance.plus(beta.balance).toNumber();
  };
  expect(await total(credits)).toBe(100 - spent.length);
  expect(await total(other)).toBe(100 - spent.length);
  await expectSound(store);
});

describe("a cache that is behind", () => {
  async function two(): Promise<readonly [Engine, Engine]> {
    const { store, clock, credits } = world();
    const other = engineOn(store, clock);
    await gift(credits, 10);
    await use(other, 1);
    await use(credits, 1);
    return [credits, other];
  }

  test("does not deny what another engine's top-up has made possible", async () => {
    const [credits, other] = await two();
    await gift(other, 100);
    expect((await use(credits, 50)).available.toString()).toBe("58");
    await gift(other, 100);
    const hold = await credits.reserve({
      ...ACME,
      amount: 150,
      expiresIn: { hours: 1 },
      idempotencyKey: newKey(),
    });
    expect(hold.held.toString()).toBe("150");
  });

  test("does not allow what another engine has spent", async () => {
    const [credits, other] = await two();
    await use(other, 8);
    await refusedWith(use(credits, 1), "insufficient_credits");
    await refusedWith(
      credits.transfer({ from: "acme", to: "b", currency: "tokens", amount: 1, idempotencyKey: newKey() }),
      "insufficient_credits",
    );
  });

  test("shows nobody a balance that is no more", async () => {
    const [credits, other] = await two();
    await gift(other, 5);
    expect((await credits.balance(ACME)).available.toString()).toBe("13");
    expect((await credits.check({ ...ACME, amount: 13 })).allowed).toBe(true);
    await use(other, 13);
    expect((await credits.check({ ...ACME, amount: 1 })).allowed).toBe(false);
  });

  test("knows another engine's policy, voids and holds", async () => {
    const [credits, other] = await two();
    await other.setPolicy({ ...ACME, policy: { mode: "soft", limit: 5 } });
    expect((await use(credits, 10)).overdraft.toString()).toBe("2");
    const hold = await other.reserve({
      ...ACME,
      amount: 3,
      expiresIn: { hours: 1 },
      idempotencyKey: newKey(),
    });
    await refusedWith(use(credits, 1), "insufficient_credits");
    await credits.release({ reservationId: hold.id });
    expect((await use(other, 3)).overdraft.toString()).toBe("3");
  });
});

test("reads that write what is due, of one wallet and at once, do not get in each other's way", async () => {
  const beneath = memoryStore();
  const clock = manualClock(START);
  const store = scriptedStore(beneath);
  const credits = engineOn(store, clock);
  for (const customerId of ["acme", "beta"]) await gift(credits, 5, { customerId, expiresAt: START + DAY });
  clock.advance({ days: 2 });
  const beta = { ...ACME, customerId: "beta" };
  const reads = await Promise.all([
    gift(credits, 1, { customerId: "beta" }),
    credits.grants(ACME),
    credits.ledger(ACME),
    credits.verifyLedger(ACME),
    credits.balance({ ...ACME, at: START }),
    credits.grants(beta),
    gift(credits, 1),
  ]);
  expect(reads[1].items[0]).toMatchObject({ status: "expired" });
  expect(reads[3]).toMatchObject({ ok: true });
  await expectSound(beneath);
});

test("a commit holds one change of a wallet at most, those of others beside it", async () => {
  const store = scriptedStore(memoryStore());
  const clock = manualClock(START);
  const credits = engineOn(store, clock);
  for (const customerId of ["acme", "beta"]) await gift(credits, 5, { customerId, expiresAt: START + DAY });
  clock.advance({ days: 2 });
  const commits: string[][] = [];
  const noted: (run: () => Promise<unknown>, changes: readonly Change[]) => Promise<unknown> = (
    run,
    changes,
  ) => {
    commits.push(changes.map(({ key }) => key.id));
    return run();
  };
  store.play({ commit: times(50, noted) });
  await Promise.all([
    gift(credits, 1, { customerId: "gamma" }),
    ...Array.from({ length: 5 }, () => credits.grants(ACME)),
    ...Array.from({ length: 5 }, () => credits.ledger({ ...ACME, customerId: "beta" })),
  ]);
  expect(commits.length).toBeGreaterThan(1);
  expect(Math.max(...commits.map((ids) => ids.length))).toBeGreaterThan(1);
  for (const ids of commits) expect(new Set(ids).size).toBe(ids.length);
});

test("wallets do not wait for each other's turn: they travel in one commit", async () => {
  const store = scriptedStore(memoryStore());
  const credits = engineOn(store, () => START);
  await Promise.all(Array.from({ length: 200 }, (_, n) => gift(credits, 1, { customerId: `c${n}` })));
  expect(store.calls.filter((call) => call === "commit").length).toBeLessThan(5);
  const before = store.calls.length;
  await Promise.all(Array.from({ length: 500 }, () => gift(credits, 1)));
  expect(store.calls.slice(before).filter((call) => call === "commit").length).toBeLessThan(5);
});
