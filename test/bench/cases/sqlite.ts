import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sqliteStore } from "coffer/sqlite";
import { coffer } from "../contenders/coffer.js";
import { rawSqlite } from "../contenders/raw-sqlite.js";
import { compare } from "../measure/compare.js";
import type { Report } from "../measure/report.js";
import { speeds, speedup } from "../measure/speeds.js";
import type { Settings } from "../settings.js";

/** A file that is synced at each commit, against the driver alone that writes the same rows. */
async function onSqlite(
  title: string,
  callers: number,
  atLeast: number,
  { rounds, ms }: Settings,
): Promise<Report> {
  const folder = await mkdtemp(join(tmpdir(), "coffer-bench-"));
  const load = { callers, ms, customers: ["acme"] };
  const raw = await rawSqlite(join(folder, "raw.db"), load);
  const store = sqliteStore({ path: join(folder, "coffer.db"), driver: "better-sqlite3" });
  try {
    const figures = await compare([raw, await coffer("coffer", store, load)], rounds);
    const goals = [
      { what: "Against the driver alone", value: speedup(figures[1], figures[0]), unit: "%", atLeast },
    ] as const;
    return speeds(title, figures, goals, [
      "Both: better-sqlite3, WAL, `synchronous = FULL`. The driver alone writes what was decided beforehand: it reads nothing.",
    ]);
  } finally {
    raw.end();
    await store.close();
    await rm(folder, { recursive: true });
  }
}

const CALLERS = 256;

export function sqliteOne(settings: Settings): Promise<Report> {
  return onSqlite("SQLite, one wallet, one caller", 1, 0.9, settings);
}

export function sqliteBatched(settings: Settings): Promise<Report> {
  return onSqlite(`SQLite, one wallet, ${CALLERS} callers`, CALLERS, 0.6, settings);
}
