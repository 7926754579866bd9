/**
 * What a withdrawal allocates: `allocations.ts`, or `allocations.ts URL` for PostgreSQL. The process must have so much
 * room for young objects that nothing is collected meanwhile: then the heap grows by what was allocated, exactly.
 */
import { PerformanceObserver } from "node:perf_hooks";
import { memoryStore } from "coffer/memory";
import { postgresStore } from "coffer/postgres";
import { type Engine, engineOn, fund, withdrawals } from "./contenders/coffer.js";
import { openPool } from "./pool.js";

const CALLERS = 256;
const WARM_UP = 20_000;
const OPERATIONS = 5_000;

async function work(call: () => Promise<unknown>, operations: number): Promise<void> {
  let left = operations;
  const caller = async () => {
    while (left-- > 0) await call();
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
}

/** Objects, and the memory of buffers beside them. */
function allocated(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function measure(credits: Engine): Promise<number> {
  await fund(credits, ["acme"]);
  const withdraw = withdrawals(credits, ["acme"]);
  await work(withdraw, WARM_UP);
  if (globalThis.gc === undefined) throw new Error("start it with --expose-gc");
  globalThis.gc();
  let collections = 0;
  const observer = new PerformanceObserver((list) => (collections += list.getEntries().length));
  // What happened before is told a turn later.
  await new Promise((resolve) => setImmediate(resolve));
  observer.observe({ entryTypes: ["gc"] });
  const before = allocated();
  await work(withdraw, OPERATIONS);
  const after = allocated();
  await new Promise((resolve) => setImmediate(resolve));
  observer.disconnect();
  if (collections > 0) throw new Error(`garbage was collected ${collections} times: give it more room`);
  return (after - before) / OPERATIONS;
}

const [, , connectionString] = process.argv;
if (connectionString === undefined) {
  console.log(await measure(engineOn(memoryStore())));
} else {
  const pool = openPool(connectionString, 10);
  const store = postgresStore({ pool, schema: "allocations" });
  await store.migrate();
  console.log(await measure(engineOn(store)));
  await pool.end();
}
