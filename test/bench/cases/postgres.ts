import { postgresStore } from "coffer/postgres";
import { Pool } from "pg";
import { startPostgres } from "../../support/servers/postgres.js";
import { bareStore } from "../contenders/bare-store.js";
import { customers } from "../contenders/catalog.js";
import { type Load, coffer } from "../contenders/coffer.js";
import { naivePostgres } from "../contenders/naive-postgres.js";
import { type Contender, compare } from "../measure/compare.js";
import { table } from "../measure/report.js";
import type { Settings } from "../settings.js";

const CONNECTIONS = 10;
const BARE_OPERATIONS = 20_000;

/** On a server that is made for the case: durable commits, default settings. */
async function onPostgres(title: string, load: Load, rounds: number): Promise<string> {
  const server = await startPostgres();
  const pool = new Pool({ connectionString: server.url, max: CONNECTIONS });
  const storeIn = async (schema: string) => {
    const store = postgresStore({ pool, schema });
    await store.migrate();
    return store as never;
  };
  try {
    const naive = await naivePostgres(server.url, load);
    const bare = await bareStore("bare batched statement", await storeIn("bare"), {
      ...load,
      operations: BARE_OPERATIONS,
    });
    const contenders: Contender[] = [naive, bare, await coffer("coffer", await storeIn("coffer"), load)];
    const figures = await compare(contenders, rounds);
    await naive.end();
    return table(title, figures);
  } finally {
    await pool.end();
    await server.stop();
  }
}

export const hot =
  (callers: number) =>
  ({ rounds, ms }: Settings): Promise<string> =>
    onPostgres(`PostgreSQL, one wallet, ${callers} callers`, { callers, ms, customers: ["acme"] }, rounds);

const WALLETS = 10_000;
const MANY_CALLERS = 1_000;

export function uniform({ rounds, ms }: Settings): Promise<string> {
  const load = { callers: MANY_CALLERS, ms, customers: customers(WALLETS) };
  return onPostgres(`PostgreSQL, ${WALLETS} wallets, ${MANY_CALLERS} callers`, load, rounds);
}
