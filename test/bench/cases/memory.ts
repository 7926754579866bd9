import { memoryStore } from "coffer/memory";
import { coffer } from "../contenders/coffer.js";
import { memoryFloor } from "../contenders/memory-floor.js";
import { compare } from "../measure/compare.js";
import { table } from "../measure/report.js";
import type { Settings } from "../settings.js";

const CALLERS = 256;

/** One hot wallet in memory against the least that any counter does. */
export async function memory({ rounds, ms }: Settings): Promise<string> {
  const load = { callers: CALLERS, ms, customers: ["acme"] };
  const contenders = [memoryFloor(load), await coffer("coffer, all of it", memoryStore(), load)];
  return table(`Memory, one wallet, ${CALLERS} callers`, await compare(contenders, rounds));
}
