import type { Report } from "../measure/report.js";
import type { Settings } from "../settings.js";
import { mariadb } from "./mariadb.js";
import { memory } from "./memory.js";
import { sqliteBatched, sqliteOne } from "./sqlite.js";
import { bigGrants } from "./big-grants.js";
import { bigLedger } from "./big-ledger.js";
import { bulk } from "./bulk.js";
import { footprint } from "./footprint.js";
import { overload } from "./overload.js";
import { pairs } from "./pairs.js";
import { plot } from "./plot.js";
import { profile } from "./profile.js";
import { processes } from "./processes.js";
import { crowd, hot, uniform } from "./postgres.js";

export type Case = (settings: Settings) => Promise<Report>;

const HOT_CALLERS = [1, 32, 256, 1_000] as const;

/** In the order in which they run. */
export const CASES: ReadonlyMap<string, Case> = new Map<string, Case>([
  ["memory", memory],
  ...HOT_CALLERS.map((callers) => [`hot-${callers}`, hot(callers)] as const),
  ["crowd", crowd],
  ["uniform", uniform],
  ["processes", processes],
  ["pairs", pairs],
  ["bulk", bulk],
  ["big-grants", bigGrants],
  ["big-ledger", bigLedger],
  ["overload", overload],
  ["mariadb", mariadb],
  ["sqlite-1", sqliteOne],
  ["sqlite-batched", sqliteBatched],
  ["footprint", footprint],
  ["profile", profile],
  ["plot", plot],
]);
