/**
 * Every public function with every kind of hostile value, at any place of its argument: the documented error or none,
 * in time, and nothing changed. COFFER_FUZZ_RUNS and COFFER_FUZZ_SEED say how many calls, and which.
 */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { HOSTILE, type HostileKind, KINDS } from "./hostile.js";
import { type Target, targets } from "./targets.js";

const RUNS = Number(process.env["COFFER_FUZZ_RUNS"] ?? 1_500);
const SEED = Number(process.env["COFFER_FUZZ_SEED"] ?? 20_260_110);
/** What no call may take, even on a machine that is busy. */
const LONGEST_CALL_MS = 5_000;
const LONGEST_MESSAGE = 2_000;
const PATIENCE_MS = 3_600_000;

const { here, all } = await targets();
const NAMES = [...all.keys()];

const unhandled: unknown[] = [];
const note = (reason: unknown) => unhandled.push(reason);
beforeAll(() => void process.on("unhandledRejection", note));
afterAll(() => void process.off("unhandledRejection", note));

/** Where in a good argument the hostile value stands: at the root, or at the n-th place at each level. */
const placeArbitrary = fc.array(fc.nat(12), { maxLength: 4 });

function replaced(good: unknown, [step, ...rest]: readonly number[], value: unknown): unknown {
  if (step === undefined || typeof good !== "object" || good === null || good instanceof Error) return value;
  const names = Object.keys(good);
  const name = names[step % (names.length + 1)] ?? "stranger";
  const fields = good as Readonly<Record<string, unknown>>;
  const changed = { ...fields, [name]: replaced(fields[name], rest, value) };
  return Array.isArray(good) ? Object.values(changed) : changed;
}

interface Met {
  readonly refused: boolean;
  readonly complaint: string | null;
}

async function meet(target: Target, kind: HostileKind, place: readonly number[]): Promise<Met> {
  const given = replaced(target.good, place, HOSTILE[kind]());
  const before = here.store.dump();
  const started = performance.now();
  let refusal: { readonly error: unknown } | null = null;
  try {
    await target.call(given);
  } catch (error) {
    refusal = { error };
  }
  const took = performance.now() - started;
  if (took > LONGEST_CALL_MS) return { refused: true, complaint: `it took ${Math.round(took)} ms` };
  if (refusal === null) return { refused: false, complaint: null };
  const { error } = refusal;
  if (here.store.dump() !== before)
    return { refused: true, complaint: `it changed the store: ${String(error)}` };
  if (!target.mayThrow(error)) return { refused: true, complaint: `it threw ${String(error).slice(0, 300)}` };
  const { length } = (error as Error).message;
  return { refused: true, complaint: length > LONGEST_MESSAGE ? `its message has ${length} letters` : null };
}

const reached = new Map<string, number>();
let calls = 0;
let refusals = 0;

async function complaintOf(
  name: string,
  kind: HostileKind,
  place: readonly number[],
): Promise<string | null> {
  const target = all.get(name);
  if (target === undefined) throw new Error(`no target ${name}`);
  const { refused, complaint } = await meet(target, kind, place);
  calls++;
  if (refused) refusals++;
  for (const met of [name, kind]) reached.set(met, (reached.get(met) ?? 0) + 1);
  return complaint;
}

test("every function refuses every kind of hostile value as a whole", { timeout: PATIENCE_MS }, async () => {
  const complaints: string[] = [];
  for (const name of NAMES)
    for (const kind of KINDS) {
      const complaint = await complaintOf(name, kind, []);
      if (complaint !== null) complaints.push(`${name}, ${kind}: ${complaint}`);
    }
  expect(complaints).toEqual([]);
});

test("and at any place of a good argument", { timeout: PATIENCE_MS }, async () => {
  const scene = fc.record({
    name: fc.constantFrom(...NAMES),
    kind: fc.constantFrom(...KINDS),
    place: placeArbitrary,
  });
  await fc.assert(
    fc.asyncProperty(scene, async ({ name, kind, place }) => {
      expect(await complaintOf(name, kind, place)).toBeNull();
    }),
    { numRuns: RUNS, seed: SEED },
  );
  expect([...NAMES, ...KINDS].filter((each) => (reached.get(each) ?? 0) < 20)).toEqual([]);
  expect(refusals).toBeGreaterThan(calls / 2);
});

/** All the way down, but for what is no plain data: stores, catalogs' own objects, errors. */
function freeze<Value>(value: Value): Value {
  if (typeof value !== "object" || value === null) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== Array.prototype) return value;
  for (const part of Object.values(value)) freeze(part);
  return Object.freeze(value);
}

async function endOf({ call }: Target, given: unknown): Promise<string> {
  try {
    await call(given);
    return "accepted";
  } catch (error) {
    return String(error);
  }
}

test.each(NAMES)("%s takes an argument that cannot be changed as it takes any other", async (name) => {
  const target = all.get(name);
  if (target === undefined) throw new Error(`no target ${name}`);
  const end = await endOf(target, target.good);
  expect(await endOf(target, freeze(target.good))).toBe(end);
});

test("afterwards nothing is polluted, no rejection is loose, and the engine goes on", async () => {
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  expect(unhandled).toEqual([]);
  const { balance } = await here.credits.balance({ customerId: "acme", currency: "tokens" });
  expect(balance.isFinite()).toBe(true);
  expect(await here.credits.verifyLedger({ customerId: "acme", currency: "tokens" })).toMatchObject({
    ok: true,
  });
});
