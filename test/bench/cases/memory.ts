import { memoryStore } from "coffer/memory";
import { coffer } from "../contenders/coffer.js";
import { memoryFloor } from "../contenders/memory-floor.js";
import { compare } from "../measure/compare.js";
import type { Report } from "../measure/report.js";
import { speeds, speedup } from "../measure/speeds.js";
import { median } from "../measure/statistics.js";
import type { Settings } from "../settings.js";

const CALLERS = 256;

/** One hot wallet in memory against the least that any counter does. */
export async function memory({ rounds, ms }: Settings): Promise<Report> {
  const load = { callers: CALLERS, ms, customers: ["acme"] };
  const floor = memoryFloor(load);
  const ours = await coffer("coffer, all of it", memoryStore(), load);
  const figures = await compare([floor, ours], rounds);
  const [least, full] = figures;
  return speeds(`Memory, one wallet, ${CALLERS} callers`, figures, [
    { what: "Against the floor", value: speedup(full, least), unit: "%", atLeast: 0.5 },
    { what: "Withdrawals", value: median(full.perSecond), unit: "per second", atLeast: 200_000 },
  ]);
}
