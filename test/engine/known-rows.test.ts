/** What a decision asks for beside the wallet is read once, all together, and known by kind afterwards. */
import { memoryStore } from "coffer/memory";
import { describe, expect, test } from "vitest";
import {
  type Asked,
  NOTHING_ASKED,
  askAlso,
  isSame,
  knownFrom,
  readOf,
} from "../../src/engine/known-rows.js";
import { publicId, walletKeyOf } from "../../src/engine/ids.js";
import { ACME, DAY, START, engineOn, gift, use } from "./support.js";

const FIELDS = ["grants", "reservations", "withdrawals", "operations"] as const;

describe("what is asked for", () => {
  test.each(FIELDS)("of %s adds up, and stands in the read", (field) => {
    const first = askAlso(NOTHING_ASKED, [{ [field]: ["a"] }, { [field]: ["b"] }, {}]);
    const both = askAlso(first, [{ [field]: ["b", "c"] }]);
    expect([...both[field]]).toEqual(["a", "b", "c"]);
    expect([isSame(NOTHING_ASKED, first), isSame(first, both), isSame(both, askAlso(both, []))]).toEqual([
      false,
      false,
      true,
    ]);
    for (const other of FIELDS) if (other !== field) expect(both[other].size).toBe(0);
  });

  test("goes back to the earliest instant that any needs", () => {
    const since = (...instants: number[]) =>
      askAlso(
        NOTHING_ASKED,
        instants.map((lapsedSince) => ({ lapsedSince })),
      ).lapsedSince;
    expect([since(), since(7), since(7, 3), since(3, 7), since(9, 0, 5)]).toEqual([null, 7, 3, 3, 0]);
    const seven: Asked = { ...NOTHING_ASKED, lapsedSince: 7 };
    expect(askAlso(seven, [{ lapsedSince: 8 }]).lapsedSince).toBe(7);
    expect(isSame(seven, askAlso(seven, [{ lapsedSince: 6 }]))).toBe(false);
  });

  test("is read by name, records by their kind", () => {
    const asked = askAlso(NOTHING_ASKED, [
      { grants: ["g"], reservations: ["r"], withdrawals: ["w"], operations: ["1-1"] },
    ]);
    const read = {
      grants: ["g"],
      records: [
        { kind: "reservation", id: "r" },
        { kind: "withdrawal", id: "w" },
      ],
      operations: ["1-1"],
    };
    expect(readOf(asked)).toEqual(read);
    expect(readOf({ ...asked, lapsedSince: 0 })).toEqual({ ...read, lapsedSince: 0 });
    expect(readOf(NOTHING_ASKED)).toEqual({ grants: [], records: [], operations: [] });
  });
});

test("what was read is known by kind, and an operation by all of its entries, in order", async () => {
  const store = memoryStore();
  let now = START;
  const credits = engineOn(store, () => now);
  const key = walletKeyOf({ ...ACME, scope: "" });
  const local = (id: string) => id.slice(publicId("gr", key, "").length);
  const grants = await Promise.all([
    gift(credits, 2),
    gift(credits, 3),
    gift(credits, 9, { expiresAt: START + DAY }),
  ]);
  await credits.setPolicy({ ...ACME, policy: { mode: "soft" } });
  const used = await use(credits, 12);
  await use(credits, 5);
  const { id: reservation } = await credits.reserve({
    ...ACME,
    amount: 0,
    expiresIn: { hours: 1 },
    idempotencyKey: "r",
  });
  now += 2 * DAY;
  await credits.grants(ACME);
  const [snapshot] = await store.load([
    {
      key,
      ...readOf(
        askAlso(NOTHING_ASKED, [
          {
            grants: grants.slice(0, 2).map(({ id }) => local(id)),
            reservations: [local(reservation)],
            withdrawals: [local(used.id)],
            operations: [local(used.id)],
            lapsedSince: START,
          },
        ]),
      ),
    },
  ]);
  if (snapshot === undefined) throw new Error("no snapshot");
  const known = knownFrom(snapshot, now);
  expect([...known.grants.keys()].sort()).toEqual(
    [...grants.slice(0, 2).map(({ id }) => local(id)), ...known.lapsed.map(({ id }) => id)].sort(),
  );
  expect([...known.reservations.keys()]).toEqual([local(reservation)]);
  expect([...known.operations.keys()]).toEqual([local(used.id)]);
  const draws = known.operations.get(local(used.id)) ?? [];
  expect(draws.length).toBeGreaterThan(1);
  expect(draws.map(({ seq }) => seq)).toEqual(draws.map(({ seq }) => seq).sort((a, b) => a - b));
  expect(draws.reduce((total, { amount }) => total - amount, 0n)).toBe(12_000_000n);
});
