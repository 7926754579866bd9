/** Whoever edits what is stored is found out: the first wrong entry, and what is wrong with it. */
import { memoryStore } from "coffer/memory";
import type { CreditStore } from "coffer/store";
import { beforeAll, describe, expect, test } from "vitest";
import { scriptedStore } from "../concurrency/scripted-store.js";
import { ACME, DAY, START, engineOn, gift, newKey, use, world } from "../support.js";

type Row = Record<string, unknown>;
interface Dumped {
  readonly parts: { readonly wallets: { readonly head: Row; readonly grants: Row[]; entries: Row[] }[] }[];
}

let dump: string;
beforeAll(async () => {
  const { credits, store, clock } = world();
  const who = { actor: "ann", reason: "because" };
  await gift(credits, 10, who);
  await credits.setPolicy({
    ...ACME,
    policy: { mode: "overage", price: { amount: "0.01", currency: "USD" } },
  });
  const dimensions = { team: 'the "red" \\ team' };
  await credits.withdraw({
    customerId: "acme",
    feature: "unit",
    quantity: 4,
    dimensions,
    ...who,
    idempotencyKey: newKey(),
  });
  clock.advance({ days: 1 });
  await use(credits, 9);
  await gift(credits, 5, { category: "paid", cost: { amount: 3, currency: "USD" } });
  dump = store.dump();
});

/** The verdict on the ledger after somebody has edited it. */
async function verdict(edit: (entries: Row[], head: Row) => Row[] | undefined) {
  const dumped = JSON.parse(dump) as Dumped;
  const wallet = dumped.parts[0]?.wallets[0];
  if (wallet === undefined) throw new Error("no wallet");
  wallet.entries = edit(wallet.entries, wallet.head) ?? wallet.entries;
  const store = memoryStore({ restore: JSON.stringify(dumped) });
  const before = store.dump();
  const verification = await engineOn(store, () => START + 2 * DAY).verifyLedger(ACME);
  expect(store.dump()).toBe(before);
  return verification;
}

/** Changes one entry. */
function editing(seq: number, changes: Row) {
  return (entries: Row[]) => {
    const entry = entries.find((row) => row["seq"] === seq);
    if (entry === undefined) throw new Error(`no entry ${seq}`);
    Object.assign(entry, changes);
    return undefined;
  };
}

const bigint = (value: string) => ({ $bigint: value });

test("an untouched ledger is in order, up to its head", async () => {
  const verification = await verdict(() => undefined);
  expect(verification).toEqual({
    ok: true,
    entries: 5,
    head: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
  });
});

test.each<readonly [what: string, seq: number, changes: Row]>([
  ["its amount", 2, { amount: bigint("-4000001") }],
  ["its amount and its balance", 2, { amount: bigint("-3000000"), balanceAfter: bigint("7000000") }],
  ["its balance", 3, { balanceAfter: bigint("1") }],
  ["its hash", 2, { hash: { $bytes: "00".repeat(32) } }],
  ["its type", 1, { type: "adjusted" }],
  ["its account", 4, { account: "grant" }],
  ["its grant", 2, { grantId: "another" }],
  ["its operation", 2, { operationId: "1-1" }],
  ["its reservation", 2, { reservationId: "r" }],
  ["its feature", 2, { feature: "chat" }],
  ["its money", 5, { cost: bigint("299") }],
  ["its money's currency", 5, { costCurrency: "EUR" }],
  ["when it was used", 3, { occurredAt: START + 1 }],
  ["who did it", 2, { actor: "bob" }],
  ["why", 2, { reason: "another reason" }],
  ["a reason where there was none", 3, { reason: "added" }],
  ["an actor where there was none", 3, { actor: "added" }],
  ["its details: gone", 2, { detail: null }],
  ["its details: the quantity", 2, { detail: '{"quantity":{"$n":"5"}}' }],
  ["its details: no JSON", 2, { detail: "{" }],
  ["its details: nothing where there was nothing", 5, { detail: "{}" }],
  ["its details: something where there was nothing", 5, { detail: '{"note":"paid"}' }],
  ["the price of overage", 4, { detail: '{"price":{"amount":"0.02","currency":"USD"}}' }],
])("%s was changed", async (_, seq, changes) => {
  const verification = await verdict(editing(seq, changes));
  expect(verification).toMatchObject({ ok: false, entries: seq - 1, wrong: { seq } });
});

test("it is said what is wrong", async () => {
  const problemOf = async (...edit: Parameters<typeof verdict>) => {
    const verification = await verdict(...edit);
    return verification.ok ? null : verification.wrong.problem;
  };
  expect(await problemOf(editing(2, { amount: bigint("-4000001") }))).toBe(
    "its balance is not the one before and its amount",
  );
  expect(await problemOf(editing(2, { balanceAfter: bigint("1"), reason: "no" }))).toBe(
    "its balance is not the one before and its amount",
  );
  expect(await problemOf(editing(2, { reason: "no" }))).toBe("its hash does not cover what it says");
  expect(await problemOf((entries) => entries.slice(0, 4))).toBe(
    "the wallet counts 5 entries, the ledger ends before",
  );
  const withHead = (field: string, value: unknown) => (_: Row[], head: Row) => {
    head[field] = value;
    return undefined;
  };
  expect(await problemOf(withHead("balance", bigint("1")))).toBe(
    "the wallet's balance or hash is not that of its last entry",
  );
  const beyond = (entries: Row[]) => [...entries, { ...entries.at(-1), seq: 6, recordedAt: START + DAY + 1 }];
  expect(await problemOf(beyond)).toBe("the wallet counts 5 entries, this one stands after them");
  expect(await problemOf((entries) => entries.filter((row) => row["seq"] !== 2))).toBe("number 3 follows 1");
});

test("a wallet that is not there has an empty ledger, and it is in order", async () => {
  const { credits } = world();
  expect(await credits.verifyLedger(ACME)).toMatchObject({ ok: true, entries: 0 });
});

describe("entries that are", () => {
  test("missing in the middle", async () => {
    for (const seq of [1, 2, 3, 4])
      expect(await verdict((entries) => entries.filter((row) => row["seq"] !== seq))).toMatchObject({
        ok: false,
        entries: seq - 1,
        wrong: { seq: seq + 1, problem: expect.stringContaining("follows") as string },
      });
  });

  test("missing at the end", async () => {
    for (const kept of [4, 1, 0])
      expect(await verdict((entries) => entries.slice(0, kept))).toMatchObject({
        ok: false,
        entries: kept,
        wrong: { seq: kept + 1, entryId: null },
      });
  });

  test("in another order", async () => {
    const swapped = await verdict((entries) => {
      const [first, second, ...rest] = entries;
      if (first === undefined || second === undefined) return entries;
      return [{ ...second, seq: 1 }, { ...first, seq: 2 }, ...rest];
    });
    expect(swapped).toMatchObject({ ok: false, entries: 0 });
  });

  test("moved in time", async () => {
    expect(await verdict(editing(3, { recordedAt: START + DAY + 1 }))).toMatchObject({ ok: false });
    expect(await verdict(editing(1, { recordedAt: START - 1 }))).toMatchObject({
      ok: false,
      wrong: { seq: 1 },
    });
  });

  test("shown before those that they follow, whatever the store sorts by", async () => {
    const store = memoryStore({ restore: dump });
    const setBack: CreditStore = {
      ...scriptedStore(store),
      list: async (query) => {
        const page = await store.list(query);
        const items = page.items.map((row) =>
          "seq" in row && row.seq === 3 ? { ...row, recordedAt: 0 } : row,
        );
        return { ...page, items };
      },
    };
    expect(await engineOn(setBack, () => START + 2 * DAY).verifyLedger(ACME)).toMatchObject({
      ok: false,
      entries: 2,
      wrong: { seq: 3, problem: "it was recorded before the entry that it follows" },
    });
  });

  test("another wallet's, though they are in order among themselves", async () => {
    const { credits, store } = world();
    await gift(credits, 10, { customerId: "eve" });
    const dumped = JSON.parse(store.dump()) as Dumped;
    const stolen = dumped.parts[0]?.wallets[0]?.entries ?? [];
    expect(await verdict(() => stolen)).toMatchObject({ ok: false, entries: 0 });
  });
});

test.each([
  ["balance", bigint("1")],
  ["ledgerHash", { $bytes: "00".repeat(32) }],
  ["seq", 6],
])("the wallet's own %s was changed", async (field, value) => {
  const verification = await verdict((_, head) => {
    head[field] = value;
    return undefined;
  });
  expect(verification).toMatchObject({ ok: false, wrong: { entryId: null } });
});

test("every entry after a changed one would have to be changed as well: even the last hash is no way out", async () => {
  const verification = await verdict((entries, head) => {
    const last = entries.at(-1);
    if (last === undefined) return entries;
    last["amount"] = bigint("500000000");
    last["balanceAfter"] = bigint("500000000");
    head["balance"] = bigint("500000000");
    return undefined;
  });
  expect(verification).toMatchObject({ ok: false, entries: 4, wrong: { seq: 5 } });
});

describe("details that say", () => {
  const detailed = (edit: (detail: string) => string) =>
    verdict((entries) => {
      const entry = entries.find((row) => row["seq"] === 2);
      if (entry !== undefined) entry["detail"] = edit(String(entry["detail"]));
      return undefined;
    });

  test.each<readonly [what: string, edit: (detail: string) => string]>([
    ["more than was written", (detail) => detail.replace("{", '{"note":"paid",')],
    ["something twice", (detail) => detail.replace("{", '{"quantity":{"$n":"9000000000000"},')],
    ["the same number otherwise", (detail) => detail.replace('"$n":"4', '"$n":"04')],
    ["a plain number of the same digits", (detail) => detail.replace(/\{"\$n":"(\d+)"\}/, "$1")],
    ["a digest of another type", (detail) => detail.replace(/("actor":)("\w+")/, "$1[$2]")],
    ["another digest of a text that is there", (detail) => detail.replace(/("actor":")./, "$1x")],
    ["a space more in a text that is there", (detail) => detail.replace("red", " red")],
    ["no digest of a text that is there", (detail) => detail.replace(/"digests":\{.*?\}/, '"digests":{}')],
  ])("%s are found", async (_, edit) => {
    expect(await detailed(edit)).toMatchObject({ ok: false, entries: 1, wrong: { seq: 2 } });
  });

  test("the same with other spaces and another order of keys are in order", async () => {
    const verification = await detailed((detail) =>
      JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(detail) as Row).reverse()), null, 2),
    );
    expect(verification).toMatchObject({ ok: true });
  });
});

test("an entry beyond the wallet's last one is found", async () => {
  const verification = await verdict((entries) => {
    const last = entries.at(-1);
    return [...entries, { ...last, seq: 6, recordedAt: START + DAY + 1 }];
  });
  expect(verification).toMatchObject({ ok: false, entries: 5, wrong: { seq: 6 } });
});

describe("texts that people wrote may be erased", () => {
  test.each<Row>([{ actor: null }, { reason: null }, { actor: null, reason: null }])(
    "%j",
    async (changes) => {
      for (const seq of [1, 2])
        expect(await verdict(editing(seq, changes))).toMatchObject({ ok: true, entries: 5 });
    },
  );

  test("dimensions, too", async () => {
    const verification = await verdict((entries) => {
      const entry = entries.find((row) => row["seq"] === 2);
      const { dimensions, ...rest } = JSON.parse(String(entry?.["detail"])) as Row;
      expect(JSON.parse(String(dimensions))).toEqual({ team: 'the "red" \\ team' });
      if (entry !== undefined) entry["detail"] = JSON.stringify(rest);
      return undefined;
    });
    expect(verification).toMatchObject({ ok: true });
  });

  test("but their digests may not", async () => {
    const verification = await verdict((entries) => {
      const entry = entries.find((row) => row["seq"] === 2);
      const { digests, ...rest } = JSON.parse(String(entry?.["detail"])) as Row;
      expect(digests).toBeDefined();
      if (entry !== undefined)
        Object.assign(entry, { detail: JSON.stringify(rest), reason: null, actor: null });
      return undefined;
    });
    expect(verification).toMatchObject({ ok: false, wrong: { seq: 2 } });
  });
});
