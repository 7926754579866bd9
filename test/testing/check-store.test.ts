/** What somebody with access to the tables may do, and checkStore must see. */
import BetterSqlite3 from "better-sqlite3";
import { sqliteStore } from "coffer/sqlite";
import { type WalletViolation, checkStore, manualClock } from "coffer/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ACME, START, engineOn, gift, newKey, use } from "../engine/support.js";

let database: BetterSqlite3.Database;
let store: ReturnType<typeof sqliteStore>;

beforeEach(async () => {
  database = new BetterSqlite3(":memory:");
  store = sqliteStore({ database });
  await store.migrate();
  const credits = engineOn(store, manualClock(START));
  await gift(credits, 100);
  await use(credits, 30, newKey());
  await credits.reserve({ ...ACME, amount: 20, expiresIn: { hours: 1 }, idempotencyKey: newKey() });
});
afterEach(async () => {
  await store.close();
  database.close();
});

async function found(sql: string): Promise<readonly WalletViolation[]> {
  expect(await checkStore(store)).toEqual([]);
  expect(database.prepare(sql).run().changes).toBe(1);
  return checkStore(store);
}

describe("checkStore sees", () => {
  it("a grant that holds credits and is marked as closed", async () => {
    const violations = await found("update coffer_grant set open = 0");
    expect(violations).toHaveLength(1);
    expect(violations[0]).toMatchObject({ law: 1, customerId: "acme" });
    expect(violations[0]?.what).toMatch(/^grant .* is marked as closed, and is not$/);
  });

  it("a reservation that holds credits and is marked as closed", async () => {
    const violations = await found("update coffer_record set open = 0 where kind = 'reservation'");
    expect(violations.map(({ what }) => what)).toEqual([
      expect.stringMatching(/^reservation .* is marked as closed, and is not$/),
    ]);
  });

  it("a withdrawal that owes and is marked as closed", async () => {
    const credits = engineOn(store, manualClock(START));
    await credits.setPolicy({ ...ACME, policy: { mode: "soft" } });
    await use(credits, 60, newKey());
    const violations = await found("update coffer_record set open = 0 where kind = 'withdrawal'");
    expect(violations.map(({ what }) => what)).toEqual([
      expect.stringMatching(/^withdrawal .* is marked as closed, and is not$/),
    ]);
  });

  it("a grant that is used up and is marked as open", async () => {
    await use(engineOn(store, manualClock(START)), 50, newKey());
    const credits = engineOn(store, manualClock(START));
    await gift(credits, 5, { customerId: "globex" });
    await credits.withdraw({ ...ACME, customerId: "globex", amount: 5, idempotencyKey: newKey() });
    const violations = await found("update coffer_grant set open = 1 where open = 0");
    expect(violations).toMatchObject([
      { customerId: "globex", what: expect.stringMatching(/is marked as open, and is not$/) as string },
    ]);
  });

  it("a wallet whose row is gone, by all that stands without it", async () => {
    const violations = await found("delete from coffer_wallet");
    expect(violations.map(({ what }) => what.replace(/wallet .*,/, "wallet …,"))).toEqual(
      ["events", "grants", "records", "entries", "receipts"].map(
        (kind) => `${kind} stand in wallet …, which has no row`,
      ),
    );
  });

  it("an event that is gone from the middle, or from the end, and one that was never counted", async () => {
    const credits = engineOn(store, manualClock(START));
    for (let count = 0; count < 3; count++) await gift(credits, 1);
    const inside = await found("delete from coffer_event where event_no = 2");
    expect(inside).toMatchObject([{ law: 6, customerId: "acme", what: "event 1 stands at place 2" }]);
    database.prepare("delete from coffer_event where event_no = 1").run();
    const last = await found("delete from coffer_event where event_no = 4");
    expect(last.map(({ what }) => what)).toEqual(["event 3 stands at place 4"]);
  });

  it("an entry that was never booked, of whatever number", async () => {
    const columns = (database.pragma("table_info(coffer_entry)") as { name: string }[]).map(
      ({ name }) => name,
    );
    const given = columns.map((name) => (name === "seq" ? "-1" : `"${name}"`)).join(", ");
    const violations = await found(
      `insert into coffer_entry select ${given} from coffer_entry where seq = 1`,
    );
    expect(violations).toContainEqual(
      expect.objectContaining({ what: "entry -1: its hash does not cover what it says" }),
    );
  });

  it("a budget that counts other than what was drawn and is held", async () => {
    const credits = engineOn(store, manualClock(START));
    await credits.setBudget({ ...ACME, dimension: "user", value: "ann", limit: 9, every: { months: 1 } });
    const unit = { customerId: "acme", feature: "unit", dimensions: { user: "ann" } } as const;
    await credits.withdraw({ ...unit, quantity: 4, idempotencyKey: newKey() });
    const hold = { ...unit, quantity: 3, expiresIn: { hours: 1 }, idempotencyKey: newKey() };
    await credits.reserve(hold);
    const change = (from: string, to: string) =>
      `update coffer_record set data = replace(data, '${from}', '${to}') where kind = 'budget'`;
    const ofJanuary = `the budget of user "ann" in the period from ${Date.UTC(2026, 0, 1)}`;
    const used = await found(change('"used":{"$n":"4000000"}', '"used":{"$n":"1000000"}'));
    expect(used).toMatchObject([
      { law: 8, customerId: "acme", what: `${ofJanuary} has 1000000 used, but the ledger says 4000000` },
    ]);
    database.prepare(change('"used":{"$n":"1000000"}', '"used":{"$n":"4000000"}')).run();
    const held = await found(change('"held":{"$n":"3000000"}', '"held":{"$n":"0"}'));
    expect(held.map(({ what }) => what)).toEqual([`${ofJanuary} has 0 held, but reservations hold 3000000`]);
  });
});
