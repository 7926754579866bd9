/** Stores take so much at a time; the engine cuts its work to that, and what cannot be cut it refuses. */
import { describe, expect, test } from "vitest";
import {
  ACME,
  DAY,
  START,
  type World,
  expectSound,
  gift,
  newKey,
  refusedWith,
  use,
  world,
} from "../support.js";

async function many(here: World, count: number, expiresAt: number | null = null): Promise<void> {
  await Promise.all(Array.from({ length: count }, () => gift(here.credits, 1, { expiresAt })));
}

test("one change a commit is enough for many wallets", async () => {
  const { credits, store } = world({ changesPerCommit: 1 });
  await Promise.all(Array.from({ length: 50 }, (_, n) => gift(credits, 1, { customerId: `c${n}` })));
  for (let n = 0; n < 50; n++)
    expect((await credits.balance({ ...ACME, customerId: `c${n}` })).balance.toString()).toBe("1");
  await expectSound(store);
});

test("a batch of a wallet is cut to the rows that are taken", async () => {
  const here = world({ rowsPerChange: 12 });
  await many(here, 40);
  await Promise.all(Array.from({ length: 40 }, () => use(here.credits, 1)));
  expect((await here.credits.balance(ACME)).balance.toString()).toBe("0");
  await expectSound(here.store);
});

test("a withdrawal that draws on more grants than fit is over_limit, and smaller ones pass", async () => {
  const here = world({ rowsPerChange: 12 });
  await many(here, 20);
  const before = here.store.dump();
  const error = await refusedWith(use(here.credits, 20), "over_limit");
  expect(error.details).toEqual({ rowsPerChange: 12 });
  expect(error.message).toContain("Ask for less");
  expect(here.store.dump()).toBe(before);
  for (let count = 0; count < 10; count++) await use(here.credits, 2);
  await expectSound(here.store);
});

test("its key is looked up all the same", async () => {
  const here = world({ rowsPerChange: 12 });
  await gift(here.credits, 20);
  const first = await use(here.credits, 20, "k");
  await many(here, 20);
  expect(await use(here.credits, 20, "k")).toMatchObject({ replayed: true, id: first.id });
});

describe("many grants that expire at once", () => {
  test.each([9, 12, 40, 200])("go in portions of a store that takes %s rows", async (rowsPerChange) => {
    const here = world({ rowsPerChange });
    await many(here, 100, START + DAY);
    await gift(here.credits, 5);
    here.clock.advance({ days: 2 });
    expect((await here.credits.balance(ACME)).balance.toString()).toBe("5");
    expect((await use(here.credits, 1)).available.toString()).toBe("4");
    const { items } = await here.credits.ledger({ ...ACME, types: ["expired"], limit: 1_000 });
    expect(items).toHaveLength(100);
    expect(new Set(items.map(({ recordedAt }) => recordedAt.getTime()))).toEqual(new Set([START + DAY]));
    expect(await here.credits.verifyLedger(ACME)).toMatchObject({ ok: true });
    await expectSound(here.store);
  });

  test("go before a transfer, a listing and a denial, too", async () => {
    const story = async (act: (here: World) => Promise<unknown>) => {
      const here = world({ rowsPerChange: 9 });
      await many(here, 30, START + DAY);
      await gift(here.credits, 5);
      here.clock.advance({ days: 2 });
      await act(here);
      expect((await here.credits.balance(ACME)).held.toString()).toBe("0");
      await expectSound(here.store);
    };
    const transfer = {
      from: "acme",
      to: "beta",
      currency: "tokens",
      amount: 2,
      idempotencyKey: "t",
    } as const;
    await story(({ credits }) => credits.transfer(transfer));
    await story(async ({ credits }) =>
      expect((await credits.grants({ ...ACME, status: "expired" })).items).toHaveLength(30),
    );
    await story(({ credits }) => refusedWith(use(credits, 6), "insufficient_credits"));
  });

  test("leave room for what fits beside nothing else", async () => {
    const here = world({ rowsPerChange: 24 });
    await many(here, 6);
    await many(here, 3, START + DAY);
    here.clock.advance({ days: 2 });
    expect((await use(here.credits, 6)).available.toString()).toBe("0");
  });
});

describe("bytes", () => {
  const heavy = () => ({
    customerId: "acme",
    items: Array.from({ length: 20 }, (_, item) => ({
      feature: "unit" as const,
      quantity: 1,
      dimensions: { text: `${item}${"x".repeat(240)}` },
    })),
    idempotencyKey: newKey(),
  });

  test("what is too much for one commit together fits apart", async () => {
    const here = world({ bytesPerCommit: 60_000 });
    await gift(here.credits, 1_000);
    const outcomes = await here.credits.withdrawMany(Array.from({ length: 24 }, heavy));
    expect(outcomes.every(({ ok }) => ok)).toBe(true);
    expect((await here.credits.balance(ACME)).balance.toString()).toBe("520");
    await expectSound(here.store);
  });

  test("what is too much by itself is over_limit, and its neighbours pass", async () => {
    const here = world({ bytesPerCommit: 12_000 });
    await gift(here.credits, 1_000);
    const [first, second, third] = await Promise.allSettled([
      use(here.credits, 1),
      here.credits.withdraw(heavy()),
      use(here.credits, 1),
    ]);
    expect([first?.status, second?.status, third?.status]).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(second).toMatchObject({ reason: { code: "over_limit" } });
    expect((await here.credits.balance(ACME)).balance.toString()).toBe("998");
  });
});

test("a store that cannot write two wallets at once refuses transfers, and nothing else", async () => {
  const here = world({ transactAcrossParts: false });
  await gift(here.credits, 5);
  const move = { currency: "tokens", amount: 1, idempotencyKey: "t" } as const;
  await refusedWith(here.credits.transfer({ ...move, from: "acme", to: "beta" }), "unsupported");
  const within = { ...move, from: "acme", to: { customerId: "acme", scope: "pool" } };
  expect((await here.credits.transfer(within)).available.toString()).toBe("4");
});
