import { randomBytes } from "node:crypto";
import { postgresStore } from "coffer/postgres";
import type { OpenStore } from "./open.js";
import { notReached, parseUrl, shown } from "./refusal.js";

const EXAMPLE = "postgres://user:password@localhost:5432/database";

/** In a schema of the run's own, so nothing that the database holds is touched. */
export async function openPostgres(text: string): Promise<OpenStore> {
  const url = parseUrl(text, EXAMPLE);
  const { Pool } = (await import("pg")).default;
  const pool = new Pool({ connectionString: text, max: 4 });
  // Of a connection that breaks while nobody uses it; the next call says what is wrong.
  pool.on("error", () => {});
  const schema = `coffer_demo_${randomBytes(4).toString("hex")}`;
  const store = postgresStore({ pool, schema });
  const close = async (): Promise<void> => {
    await store.close();
    await pool.end();
  };
  try {
    await store.migrate();
  } catch (error) {
    await close();
    throw notReached(url, error);
  }
  return {
    store,
    place: `Kept in the schema ${schema} of ${shown(url)}. To be rid of it: DROP SCHEMA ${schema} CASCADE;`,
    close,
  };
}
