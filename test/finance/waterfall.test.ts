/** What is deferred, and when it is expected to become revenue. */
import { type WaterfallRow, waterfall } from "coffer/finance";
import { memoryStore } from "coffer/memory";
import { sqliteStore } from "coffer/sqlite";
import fc from "fast-check";
import { expect, test } from "vitest";
import { refusal } from "../engine/support.js";
import { runs, seed } from "../properties/settings.js";
import { APRIL, JANUARY, MARCH, sell, shop, total, use } from "./support.js";

function told(rows: readonly WaterfallRow[]): readonly string[] {
  return rows.map(({ month, opening, recognition, breakage, closing, expiring }) =>
    [
      month ?? "no end",
      ...[opening, recognition, breakage, closing, expiring].map((sum) => sum.toFixed()),
    ].join(" "),
  );
}

test("a grant's money is expected evenly over the days that are left to it", async () => {
  const { credits } = shop();
  // 31 days of January and 28 of February.
  await sell(credits, 100, "59.00", { expiresAt: MARCH });
  expect(told((await waterfall(credits)).rows)).toEqual(["2026-01 59 31 0 28 0", "2026-02 28 28 0 0 0"]);
});

test("the expected breakage falls at the grant's end", async () => {
  const { credits } = shop();
  await sell(credits, 100, "59.00", { expiresAt: MARCH - 1 });
  await use(credits, 50);
  const { rows } = await waterfall(credits, { breakageRate: "0.1" });
  expect(told(rows)).toEqual(["2026-01 29.5 13.95 0 15.55 0", "2026-02 15.55 12.6 2.95 0 29.5"]);
});

test("credits without an end have a row of their own, or a time that the app knows", async () => {
  const { credits } = shop();
  await sell(credits, 100, "30.00");
  expect(told((await waterfall(credits)).rows)).toEqual(["no end 30 0 0 30 0"]);
  const { rows } = await waterfall(credits, { monthsWithoutEnd: 3 });
  expect(rows.map(({ month, recognition }) => [month, recognition.toFixed()])).toEqual([
    ["2026-01", "10.33"],
    ["2026-02", "9.33"],
    ["2026-03", "10.34"],
  ]);
});

test("what lies beyond the months asked for is one row", async () => {
  const { credits } = shop();
  await sell(credits, 100, "90.00", { expiresAt: APRIL });
  expect(told((await waterfall(credits, { months: 1 })).rows)).toEqual([
    "2026-01 90 31 0 59 0",
    "later 59 59 0 0 90",
  ]);
});

test("a grant that begins later is expected from then on, and each customer may stand alone", async () => {
  const { credits } = shop();
  await sell(credits, 100, "31.00", { effectiveAt: MARCH, expiresAt: APRIL, customerId: "beta" });
  await sell(credits, 100, "31.00", { expiresAt: JANUARY + 31 * 86_400_000 });
  const { rows } = await waterfall(credits, { byCustomer: true });
  expect(
    rows.map(({ customer, month, recognition }) => `${customer} ${month} ${recognition.toFixed()}`),
  ).toEqual(["acme 2026-01 31", "beta 2026-01 0", "beta 2026-02 0", "beta 2026-03 31"]);
});

test.each([{ months: 0 }, { months: 121 }, { breakageRate: "1" }, { breakageRate: "-0.1" }, { year: 2026 }])(
  "refused: %j",
  async (request) => {
    const { credits } = shop();
    expect(await refusal(waterfall(credits, request as object))).toMatchObject({ code: "invalid_input" });
  },
);

const grant = fc.record({
  amount: fc.integer({ min: 1, max: 500 }),
  cents: fc.integer({ min: 0, max: 99_999 }),
  days: fc.option(fc.integer({ min: 1, max: 700 }), { nil: undefined }),
  used: fc.integer({ min: 0, max: 300 }),
});

test("nothing of what is deferred is lost or made, whatever is sold", async () => {
  const store = sqliteStore({ path: ":memory:" });
  await store.migrate();
  const onSqlite = shop(store);
  await sell(onSqlite.credits, 3, "1.00", { expiresAt: MARCH });
  expect(told((await waterfall(onSqlite.credits)).rows)).toEqual([
    "2026-01 1 0.52 0 0.48 0",
    "2026-02 0.48 0.48 0 0 0",
  ]);
  await store.close();
  await fc.assert(
    fc.asyncProperty(
      fc.array(grant, { minLength: 1, maxLength: 6 }),
      fc.constantFrom("0", "0.07", "0.5"),
      fc.constantFrom({}, { monthsWithoutEnd: 7 }),
      fc.integer({ min: 1, max: 24 }),
      async (grants, breakageRate, more, months) => {
        const { credits } = shop(memoryStore());
        for (const { amount, cents, days, used } of grants) {
          const ending = days === undefined ? {} : { expiresAt: JANUARY + days * 86_400_000 };
          await sell(credits, amount, (cents / 100).toFixed(2), ending);
          await use(credits, used, { partial: true }).catch(() => undefined);
        }
        const { rows } = await waterfall(credits, { breakageRate, months, ...more });
        const { closing = "0" } = await total(credits, { from: JANUARY, to: JANUARY + 1 });
        const [dated, undated] = [rows.filter(({ month }) => month !== null), rows.at(-1)];
        const without = undated?.month === null ? Number(undated.opening.times(100)) : 0;
        const spread = dated.reduce(
          (sum, row) => sum + Number(row.recognition.plus(row.breakage).times(100)),
          0,
        );
        expect(spread + without).toBe(Math.round(Number(closing) * 100));
        for (const { opening, recognition, breakage, closing: end } of dated) {
          expect(opening.minus(recognition).minus(breakage).toFixed()).toBe(end.toFixed());
          for (const sum of [opening, recognition, breakage, end]) expect(sum.isNegative()).toBe(false);
        }
        expect(dated.at(-1)?.closing.toFixed() ?? "0").toBe("0");
      },
    ),
    { numRuns: runs(40), seed: seed() },
  );
});
