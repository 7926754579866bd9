import { coffer } from "../contenders/coffer.js";
import { pairs as pairsOf } from "../contenders/pairs.js";
import { compare } from "../measure/compare.js";
import type { Report } from "../measure/report.js";
import { speeds, speedup } from "../measure/speeds.js";
import { onPostgres } from "../on-postgres.js";
import type { Settings } from "../settings.js";

const CALLERS = 256;

export function pairs({ rounds, ms }: Settings): Promise<Report> {
  const load = { callers: CALLERS, ms, customers: ["acme"] };
  return onPostgres(async ({ storeIn, version }) => {
    const plain = await coffer("withdraw", await storeIn("plain"), load);
    const both = await pairsOf("reserve, then capture", await storeIn("pairs"), load);
    const figures = await compare([plain, both], rounds);
    const goals = [
      { what: "Pairs against withdrawals", value: speedup(figures[1], figures[0]), unit: "%", atLeast: 0.4 },
    ] as const;
    return speeds(`PostgreSQL, one wallet, ${CALLERS} callers, holds`, figures, goals, [version]);
  });
}
