/** The benchmarks' own tools: what they are asked for, what they say, and where they write it. */
import { expect, test } from "vitest";
import { readProjectFile } from "../package/support.js";
import { readArgs } from "./args.js";
import { CASES } from "./cases/all.js";
import { lowPoints } from "./measure/heap.js";
import { flood } from "./measure/open-loop.js";
import { type Goal, isReached, markdown } from "./measure/report.js";
import { median, quantile } from "./measure/statistics.js";

const NAMES = ["memory", "uniform"];

test("without options all cases run, five rounds of three seconds", () => {
  expect(readArgs([], NAMES)).toMatchObject({ names: NAMES, settings: { rounds: 5, ms: 3_000 } });
});

test("what cannot be is refused by the name of its option", () => {
  expect(() => readArgs(["--only", "memory,fast"], NAMES)).toThrow(/--only: there is no case "fast"/u);
  for (const option of ["rounds", "ms", "entries", "most-waiting"])
    for (const text of ["x", "", "0", "-1", "1.5", "1e3", "Infinity"])
      expect(() => readArgs([`--${option}=${text}`], NAMES), text).toThrow(`--${option} must be`);
});

test("the page on performance has a command and a place for each case, and for no other", () => {
  const page = readProjectFile("docs/performance.md");
  const places = [...page.matchAll(/<!-- bench (\S+) -->/gu)].map(([, name]) => name);
  expect(new Set(places)).toEqual(new Set(CASES.keys()));
  for (const name of CASES.keys()) expect(page).toContain(`npm run bench -- --only ${name}`);
  expect(page.match(/<!-- end -->/gu)).toHaveLength(places.length);
});

test("a goal is reached at its bound, and missed beyond it", () => {
  const goal = (bound: Partial<Goal>): Goal => ({ what: "speed", value: 5, unit: "×", ...bound });
  expect(isReached(goal({ atLeast: 5 }))).toBe(true);
  expect(isReached(goal({ atLeast: 5.1 }))).toBe(false);
  expect(isReached(goal({ atMost: 5 }))).toBe(true);
  expect(isReached(goal({ atMost: 4.9 }))).toBe(false);
  expect(isReached(goal({ value: Number.NaN, atMost: 5 }))).toBe(false);
});

test("a report says its goals below its table", () => {
  const text = markdown({
    title: "A case",
    columns: ["", "per second"],
    rows: [["coffer", "1,000"]],
    goals: [{ what: "Against naive", value: 0.512, unit: "%", atLeast: 0.6 }],
    notes: ["On a server."],
    figures: {},
  });
  expect(text).toContain("| coffer | 1,000 |");
  expect(text).toContain("- Against naive: **51.2 %** (goal ≥ 60 %: missed)\n- On a server.");
});

test("a quantile is a value that was measured", () => {
  expect(median([5, 1, 3])).toBe(3);
  expect(quantile([4, 3, 2, 1], 0.99)).toBe(4);
  expect(median([])).toBeNaN();
});

test("garbage does not count: of each third of a run the heap's lowest point is told", () => {
  const samples = [5, 3, 9, 4, 8, 6].map((mib, second) => ({ atMs: second * 1_000, mib }));
  expect(lowPoints(samples)).toEqual([3, 4, 6]);
});

test("calls arrive by the clock, whether or not those before them are answered", async () => {
  let ms = 0;
  const clock = { now: () => ms, tick: () => Promise.resolve((ms += 7)) };
  const waiting: (() => void)[] = [];
  const call = () => {
    if (ms > 70) return Promise.reject(new Error("late"));
    // Nobody is answered before the time is nearly up.
    if (ms > 63) for (const answer of waiting) answer();
    return new Promise<void>((resolve) => void (ms > 63 ? resolve() : waiting.push(resolve)));
  };
  const { arrived, answered, refused } = await flood(500, 100, call, () => "refused", clock);
  expect({ arrived, answered, refused }).toEqual({
    arrived: 49,
    answered: 35,
    refused: new Map([["refused", 14]]),
  });
});
