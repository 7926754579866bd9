/** Breakage by ASC 606's proportional method, on top of what is booked. */
import type { RevenueReportRequest, RevenueRow } from "coffer/finance";
import { expect, test } from "vitest";
import { refusal } from "../engine/support.js";
import { APRIL, FEBRUARY, JANUARY, MARCH, report, sell, shop, use } from "./support.js";

const RATE = { breakageRate: "0.1" } as const;

/** opening, breakage, closing, deferred. */
function told({ proportional }: RevenueRow): readonly (string | undefined)[] {
  return [
    proportional?.opening.toFixed(),
    proportional?.breakage.toFixed(),
    proportional?.closing.toFixed(),
    proportional?.deferred.toFixed(),
  ];
}

test("$100 with 10 % expected breakage: each $9 of use earns $1 of it", async () => {
  const { credits, clock } = shop();
  await sell(credits, 100, "100.00", { expiresAt: MARCH });
  await use(credits, 45);
  clock.set(FEBRUARY);
  await use(credits, 36);
  clock.set(MARCH);
  const { rows, totals } = await report(credits, { groupBy: ["month"], ...RATE });
  expect(
    rows.map((row) => [row.month, row.recognised.toFixed(), row.breakage.toFixed(), ...told(row)]),
  ).toEqual([
    ["2026-01", "45", "0", "0", "5", "5", "50"],
    ["2026-02", "36", "0", "5", "4", "9", "10"],
    // At its end the 19 that were left break: 10 more than were expected so far.
    ["2026-03", "0", "19", "9", "10", "0", "0"],
  ]);
  expect(totals.map(told)).toEqual([["0", "19", "0", "0"]]);
});

test("where customers use more than expected, the estimate is taken back as they do", async () => {
  const { credits } = shop();
  await sell(credits, 100, "100.00");
  await use(credits, 95);
  const estimate = async (request: Partial<RevenueReportRequest> = {}) =>
    (await report(credits, { ...RATE, ...request })).totals.map(told);
  // 95 / 9 would be 10.55; no more than 5 is deferred.
  expect(await estimate()).toEqual([["0", "5", "5", "0"]]);
  await use(credits, 5);
  expect(await estimate()).toEqual([["0", "0", "0", "0"]]);
});

test("it is counted grant by grant, rounded down, and belongs to a grant's groups", async () => {
  const { credits, clock } = shop();
  await sell(credits, 10, "0.10", { source: "a", expiresAt: APRIL });
  await sell(credits, 10, "0.10", { source: "b" });
  await use(credits, 9);
  clock.set(FEBRUARY);
  await use(credits, 9);
  const rows = async (request: Partial<RevenueReportRequest>) =>
    (await report(credits, { ...RATE, ...request })).rows.map((row) => [row.source, ...told(row)]);
  expect(await rows({ groupBy: ["source"] })).toEqual([
    ["a", "0", "0", "0", "0"],
    ["b", "0", "0", "0", "0.02"],
  ]);
  expect(await rows({ groupBy: ["source"], from: FEBRUARY })).toEqual([
    ["a", "0.01", "-0.01", "0", "0"],
    ["b", "0", "0", "0", "0.02"],
  ]);
});

test("without a rate there is no estimate; a rate of everything is refused", async () => {
  const { credits } = shop();
  await sell(credits, 10, "1.00");
  expect((await report(credits)).totals[0]?.proportional).toBe(null);
  const none = (await report(credits, { breakageRate: 0 })).totals[0];
  expect(none && told(none)).toEqual(["0", "0", "0", "1"]);
  for (const breakageRate of ["1", "-0.01", "abc"])
    expect(await refusal(report(credits, { breakageRate, from: JANUARY }))).toMatchObject({
      code: "invalid_input",
    });
});
