/** Handlers in the process: told after the commit, in order per wallet, and never in anybody's way. */
import type { CreditEvent, CreditEventType } from "coffer";
import { memoryStore } from "coffer/memory";
import { StoreError } from "coffer/store";
import { manualClock } from "coffer/testing";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ACME, START, engineOn, gift, newKey, refusal, refusedWith, use, world } from "../support.js";
import { appStore } from "../transactions/app-store.js";

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Handlers are told in turns of their own. */
async function told(): Promise<void> {
  for (let turns = 0; turns < 5; turns++) await turn();
}

function gist({ type, customerId, sequence }: CreditEvent): string {
  return `${customerId} ${sequence} ${type.replace("credits.", "")}`;
}

test("hears what it asks for, after the caller has its answer, until it is off", async () => {
  const { credits } = world();
  const heard: string[] = [];
  const all: string[] = [];
  const off = credits.on("credits.grant.depleted", (event) => {
    heard.push(event.data.grant.grantId);
  });
  credits.on("*", (event) => {
    all.push(gist(event));
  });
  const grant = await gift(credits, 5);
  await use(credits, 5);
  expect(heard).toEqual([]);
  await told();
  expect(heard).toEqual([grant.id]);
  off();
  await gift(credits, 5);
  await use(credits, 5);
  await told();
  expect(heard).toHaveLength(1);
  expect(all).toEqual([
    "acme 1 granted",
    "acme 2 grant.depleted",
    "acme 3 balance.depleted",
    "acme 4 granted",
    "acme 5 balance.recovered",
    "acme 6 grant.depleted",
    "acme 7 balance.depleted",
  ]);
});

test("hears a wallet's events in order, however long each takes; other wallets go on meanwhile", async () => {
  const { credits } = world();
  const heard: string[] = [];
  let finish = () => {};
  const first = new Promise<void>((resolve) => {
    finish = resolve;
  });
  credits.on("credits.granted", async (event) => {
    if (event.customerId === "acme" && event.sequence === 1) await first;
    heard.push(gist(event));
  });
  await gift(credits, 1);
  await gift(credits, 2);
  await gift(credits, 3, { customerId: "beta" });
  await told();
  expect(heard).toEqual(["beta 1 granted"]);
  finish();
  await told();
  expect(heard).toEqual(["beta 1 granted", "acme 1 granted", "acme 2 granted"]);
});

test("hears both sides of a transfer, what a subscription brings, and what time did", async () => {
  const { credits, clock } = world();
  const heard: string[] = [];
  credits.on("*", (event) => {
    heard.push(gist(event));
  });
  await gift(credits, 10, { expiresAt: START + 1_000 });
  await credits.transfer({
    from: "acme",
    to: "beta",
    currency: "tokens",
    amount: 4,
    idempotencyKey: newKey(),
  });
  await credits.subscribe({ customerId: "gamma", plan: "pro", idempotencyKey: newKey() });
  clock.advance({ seconds: 1 });
  await credits.grants(ACME);
  await told();
  expect(heard.sort()).toEqual([
    "acme 1 granted",
    "acme 2 expired",
    "acme 3 balance.depleted",
    "beta 1 granted",
    "gamma 1 granted",
  ]);
});

describe("a handler that fails", () => {
  const warnings: { readonly message: unknown; readonly options: unknown }[] = [];
  beforeEach(() => {
    warnings.length = 0;
    vi.spyOn(process, "emitWarning").mockImplementation((message: unknown, options: unknown) => {
      warnings.push({ message, options });
    });
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test("fails nobody: it is warned of, and hears the next event all the same", async () => {
    const { credits } = world();
    const heard: number[] = [];
    credits.on("*", () => {
      throw new Error("boom");
    });
    credits.on("*", (event) => {
      heard.push(event.sequence);
      return Promise.reject(new Error("late boom"));
    });
    await gift(credits, 1);
    await gift(credits, 1);
    await told();
    expect(heard).toEqual([1, 2]);
    expect(warnings).toHaveLength(4);
    expect(String(warnings[0]?.message)).toMatch(
      /^A handler of "credits.granted" failed at event ev_\S+_1: Error: boom/,
    );
    expect(warnings[0]?.options).toMatchObject({ code: "COFFER_EVENT_HANDLER" });
  });
});

test("hears nothing of what was not committed, or was only a replay", async () => {
  const { credits } = world();
  const heard: string[] = [];
  await gift(credits, 5, { idempotencyKey: "once" });
  credits.on("*", (event) => {
    heard.push(gist(event));
  });
  await gift(credits, 5, { idempotencyKey: "once" });
  await refusedWith(use(credits, 6), "insufficient_credits");
  await told();
  expect(heard).toEqual([]);
});

test("of two changes of a wallet whose answers cross hears the earlier first", async () => {
  const store = memoryStore();
  const answers: (() => void)[] = [];
  const slow = {
    ...store,
    limits: store.limits,
    commit: async (changes: Parameters<typeof store.commit>[0]) => {
      const outcomes = await store.commit(changes);
      await new Promise<void>((resolve) => answers.push(resolve));
      return outcomes;
    },
    load: store.load.bind(store),
    transact: store.transact.bind(store),
    list: store.list.bind(store),
    close: store.close.bind(store),
  } as typeof store;
  const credits = engineOn(slow, manualClock(START));
  const heard: string[] = [];
  credits.on("*", (event) => {
    heard.push(gist(event));
  });
  const granted = gift(credits, 5);
  while (answers.length === 0) await turn();
  await credits.transfer({
    from: "acme",
    to: "beta",
    currency: "tokens",
    amount: 5,
    idempotencyKey: newKey(),
  });
  await told();
  expect(heard).toEqual(["beta 1 granted"]);
  for (const answer of answers) answer();
  await granted;
  await told();
  expect(heard).toEqual(["beta 1 granted", "acme 1 granted", "acme 2 balance.depleted"]);
});

test("of a commit that failed hears nothing, and of the next that did not", async () => {
  const store = memoryStore();
  let failures = 1;
  const failing = {
    ...store,
    limits: store.limits,
    commit: (changes: Parameters<typeof store.commit>[0]) =>
      failures-- > 0 ? Promise.reject(new StoreError("permanent", "broken")) : store.commit(changes),
    load: store.load.bind(store),
    transact: store.transact.bind(store),
    list: store.list.bind(store),
    close: store.close.bind(store),
  } as typeof store;
  const credits = engineOn(failing, manualClock(START));
  const heard: string[] = [];
  credits.on("*", (event) => {
    heard.push(gist(event));
  });
  await refusal(gift(credits, 5));
  await gift(credits, 6);
  await told();
  expect(heard).toEqual(["acme 1 granted"]);
});

describe("within a transaction of the app", () => {
  test.each([
    ["committed", "commit", ["acme 2 granted", "acme 3 granted"]],
    ["rolledBack", "rollback", []],
  ] as const)("hears of it once it is said to be %s", async (end, how, expected) => {
    const store = appStore();
    const credits = engineOn(store, manualClock(START));
    await gift(credits, 1);
    const heard: string[] = [];
    credits.on("*", (event) => {
      heard.push(gist(event));
    });
    const tx = store.begin();
    const scoped = credits.withTransaction(tx);
    await gift(scoped, 5);
    await gift(scoped, 6);
    await told();
    expect(heard).toEqual([]);
    await store.end(tx, how);
    await told();
    expect(heard).toEqual([]);
    scoped[end]();
    await told();
    expect(heard).toEqual(expected);
  });
});

test("a type that there is not, or no function, is refused", async () => {
  const { credits } = world();
  const wild = credits.on as (type: unknown, handler?: unknown) => () => void;
  expect(await refusal(() => wild("credits.gone", () => {}))).toMatchObject({ code: "invalid_input" });
  const type: CreditEventType = "credits.granted";
  expect(await refusal(() => wild(type))).toMatchObject({ code: "invalid_input" });
});
