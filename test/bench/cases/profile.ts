import { memoryStore } from "coffer/memory";
import type { CreditStore } from "coffer/store";
import { checkSpent, engineOn, fund, withdrawals } from "../contenders/coffer.js";
import { type Round, drive } from "../measure/drive.js";
import { profiled } from "../measure/profile.js";
import { type Report, round } from "../measure/report.js";
import { onPostgres } from "../on-postgres.js";
import type { Settings } from "../settings.js";

const CALLERS = 256;
const CUSTOMERS = ["acme"] as const;

/** The first that fits. */
const PARTS: readonly (readonly [part: string, files: RegExp])[] = [
  ["hashing", /^src\/engine\/ledger-hash/u],
  ["reading requests", /^src\/engine\/(parse|request-schemas|json-inputs)|^src\/catalog\/parse|\/zod\//u],
  ["pricing", /^src\/catalog\//u],
  ["deciding", /^src\/core\//u],
  ["rows and JSON", /^src\/engine\/(json|\w+-rows|present)\b/u],
  ["committing together", /^src\/engine\//u],
  ["checking rows before they are sent", /^src\/store\//u],
  ["the store", /^src\/stores\//u],
  ["the driver", /\/node_modules\/pg/u],
  ["the benchmark itself", /^test\/bench\//u],
];

function partOf(file: string): string | undefined {
  return PARTS.find(([, files]) => files.test(file))?.[0];
}

/** Microseconds of a withdrawal, by part. */
async function parts<Tx>(store: CreditStore<Tx>, ms: number): Promise<ReadonlyMap<string, number>> {
  const credits = engineOn(store);
  await fund(credits, CUSTOMERS);
  const call = withdrawals(credits, CUSTOMERS);
  const warm = await drive(CALLERS, ms, call);
  let measured: Round = { operations: 0, ms: 0, latenciesMs: [] };
  const times = await profiled(async () => {
    measured = await drive(CALLERS, ms, call);
  }, partOf);
  await checkSpent(credits, CUSTOMERS, warm.operations + measured.operations);
  return new Map([...times].map(([part, us]) => [part, us / measured.operations]));
}

/** Where the time of a withdrawal goes, in memory and on PostgreSQL. */
export function profile({ ms }: Settings): Promise<Report> {
  return onPostgres(async ({ storeIn, version }) => {
    const inMemory = await parts(memoryStore(), ms);
    const onServer = await parts(await storeIn("coffer"), ms);
    const total = (of: ReadonlyMap<string, number>) => [...of.values()].reduce((sum, us) => sum + us, 0);
    const cells = (of: ReadonlyMap<string, number>, part: string) => {
      const us = of.get(part) ?? 0;
      return [round(us), `${((100 * us) / total(of)).toFixed(0)} %`];
    };
    const names = [...new Set([...onServer.keys(), ...inMemory.keys()])];
    return {
      title: `A withdrawal by its parts, one wallet, ${CALLERS} callers`,
      columns: ["", "memory, µs", "share", "PostgreSQL, µs", "share"],
      rows: [
        ...names
          .toSorted((a, b) => (onServer.get(b) ?? 0) - (onServer.get(a) ?? 0))
          .map((part) => [part, ...cells(inMemory, part), ...cells(onServer, part)]),
        ["all", round(total(inMemory)), "", round(total(onServer)), ""],
      ],
      goals: [],
      notes: [
        "Time of the engine's own thread, sampled; libraries count to the part that called them. While it waits, the server works.",
        version,
      ],
      figures: { memoryUs: Object.fromEntries(inMemory), postgresUs: Object.fromEntries(onServer) },
    };
  });
}
