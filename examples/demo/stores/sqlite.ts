import { mkdtemp, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { sqliteStore } from "coffer/sqlite";
import type { OpenStore } from "./open.js";
import { StoreRefusal } from "./refusal.js";

/** By libsql, whose binaries come with it: nothing has to be compiled. */
export async function openSqlite(path: string | undefined): Promise<OpenStore> {
  const file = path === undefined ? await freshFile() : await ownFile(path);
  const store = sqliteStore({ path: file, driver: "libsql" });
  try {
    await store.migrate();
  } catch (error) {
    throw new StoreRefusal(`${file}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  return {
    store,
    place: `Kept in ${file} (SQLite). Look at it as docs/demo.md shows; delete it when you like.`,
    close: () => store.close(),
  };
}

async function freshFile(): Promise<string> {
  return join(await mkdtemp(join(tmpdir(), "coffer-demo-")), "credits.db");
}

/** Another run's credits, or the user's own file, are left alone. */
async function ownFile(path: string): Promise<string> {
  const file = resolve(path);
  const found = await stat(file).catch(() => undefined);
  if (found !== undefined)
    throw new StoreRefusal(`${file} is there already. Name a file that is not, or delete it first.`);
  return file;
}
