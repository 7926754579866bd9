import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keep } from "../support/servers/keep.js";
import { crashClient, crashServer, crashWriter } from "./cycles.js";
import type { Figures } from "./judge.js";

/** A few of what `npm run test:crash` does by the hundred. Each cycle fails by itself if it lost or doubled anything. */
const CYCLES = 2;
const SEED = 1;
const TIMEOUT_MS = 180_000;

function counted(
  crash: (run: { cycles: number; seed: number; done: (figures: Figures) => void }) => Promise<void>,
) {
  return async () => {
    const done: Figures[] = [];
    await crash({ cycles: CYCLES, seed: SEED, done: (figures) => done.push(figures) });
    expect(done).toHaveLength(CYCLES);
    for (const { acknowledged } of done) expect(acknowledged).toBeGreaterThan(0);
  };
}

describe("law 2: what was acknowledged is there once after a crash", { timeout: TIMEOUT_MS }, () => {
  let server: Awaited<ReturnType<typeof keep>>;
  beforeAll(async () => {
    server = await keep("postgres");
  });
  afterAll(() => server.stop());

  it(
    "of the PostgreSQL server",
    counted((run) => crashServer(server, run)),
  );
  it(
    "of a process that uses the server",
    counted((run) => crashClient(server.url, run)),
  );
  it(
    "of a process that writes a file by better-sqlite3",
    counted((run) => crashWriter("better-sqlite3", run)),
  );
  it(
    "of a process that writes a file by libsql",
    counted((run) => crashWriter("libsql", run)),
  );
});
