/** The laws are worth what they catch: each of these stores breaks one, and must be told by it. */
import { LAWS } from "coffer/store";
import { StoreLawsError, testStore } from "coffer/testing";
import type { LawNumber } from "coffer/testing";
import { afterAll, expect, test } from "vitest";
import { defects as locking } from "./broken/locking.js";
import { defects as reading } from "./broken/reading.js";
import { defects as refusing } from "./broken/refusing.js";
import { defects as reopening } from "./broken/reopening.js";
import { ALONE, CAPABILITIES, aloneUnder, under } from "./broken/shared-memory.js";
import type { Defect } from "./broken/shared-memory.js";
import { defects as streams } from "./broken/streams.js";
import { defects as values } from "./broken/values.js";
import { defects as writing } from "./broken/writing.js";

const DEFECTS = [...writing, ...reading, ...values, ...locking, ...streams, ...refusing, ...reopening];
const OF_ONE_PROCESS = new Set(reopening);

/** By the law alone that it breaks. */
async function violationsOf(defect: Defect): Promise<StoreLawsError["violations"]> {
  const { law, breaks } = defect;
  const isAlone = OF_ONE_PROCESS.has(defect);
  const tested = testStore({
    create: () => (isAlone ? aloneUnder(breaks) : under(breaks)),
    reopen: ({ connect }) => connect(),
    capabilities: isAlone ? ALONE : CAPABILITIES,
    laws: [law as LawNumber],
    histories: 10,
    contentionMs: 300,
    timeoutMs: 2_500,
  });
  const [outcome] = await Promise.allSettled([tested]);
  if (outcome.status === "fulfilled") return [];
  if (outcome.reason instanceof StoreLawsError) return outcome.reason.violations;
  throw outcome.reason;
}

const table: string[] = [];
afterAll(() => {
  process.stdout.write(`${table.join("\n")}\n`);
});

async function expectTold(defect: Defect): Promise<void> {
  const violations = await violationsOf(defect);
  const own = violations.filter(({ law }) => law === defect.law);
  table.push(
    `law ${String(defect.law).padStart(2)}  ${String(own.length).padStart(3)} cases  ${defect.name}`,
  );
  expect(own.length, violations.map(({ message }) => message).join("\n\n")).toBeGreaterThan(0);
  for (const { message } of own) expect(message).toContain(LAWS[defect.law as LawNumber]);
}

/** Who goes first is told by time: others beside it would tell, too. */
const FAIRNESS = 12;
const timeout = 120_000;
test.each(DEFECTS.filter(({ law }) => law === FAIRNESS))("law $law: $name", { timeout }, expectTold);
// The others wait, most of their time, for a deadline or for a lock that never comes.
test.concurrent.each(DEFECTS.filter(({ law }) => law !== FAIRNESS))(
  "law $law: $name",
  { timeout },
  expectTold,
);

test("every law has a store that breaks it", () => {
  const broken = new Set(DEFECTS.map(({ law }) => law));
  expect(Object.keys(LAWS).filter((law) => !broken.has(Number(law)))).toEqual([]);
});
