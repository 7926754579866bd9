import { StoreError } from "../../store/errors.js";
import { classifySqlite } from "../sql/failures/sqlite.js";
import { storeErrorFor } from "../sql/failures/store-error.js";
import { DRIVERS, type SqliteDatabase, type SqliteDriver } from "./driver.js";

type Open = (path: string) => SqliteDatabase;

/** Opens a file, and makes it if it is not there. */
export async function openDatabase(path: string, driver: SqliteDriver | undefined): Promise<SqliteDatabase> {
  const open = driver === undefined ? await firstInstalled() : await load(driver);
  try {
    return open(path);
  } catch (error) {
    throw storeErrorFor(classifySqlite(error), "connect", error, true);
  }
}

async function firstInstalled(): Promise<Open> {
  const failures: StoreError[] = [];
  for (const driver of DRIVERS) {
    try {
      return await load(driver);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      failures.push(error);
    }
  }
  const tried = failures.map(({ message }) => message).join("; ");
  throw new StoreError(
    "unsupported",
    `No driver for SQLite was found: \`npm install better-sqlite3\` or \`npm install libsql\`, ` +
      `or run on Node 22.13 or later, which has node:sqlite. Tried: ${tried}`,
    { cause: failures[0]?.cause },
  );
}

/** A driver that works: of one whose binary was not built, only opening a database shows it. */
async function load(driver: SqliteDriver): Promise<Open> {
  try {
    const open = opener(await imported(driver));
    open(":memory:").close();
    return open;
  } catch (error) {
    const [firstLine] = String(error).split("\n");
    throw new StoreError("unsupported", `${driver} does not load: ${firstLine}`, { cause: error });
  }
}

/** The name is no literal, so that bundlers leave the import of what may not be installed as it is. */
async function imported(name: string): Promise<Readonly<Record<string, unknown>>> {
  return (await import(name)) as Readonly<Record<string, unknown>>;
}

type Constructor = new (path: string) => SqliteDatabase;

/** The class is the CommonJS drivers' whole module, which an import shows as `default`. */
function opener(module: Readonly<Record<string, unknown>>): Open {
  const found = module["DatabaseSync"] ?? module["default"];
  if (typeof found !== "function") throw new TypeError("it exports no class of databases");
  const Database = found as Constructor;
  return (path) => new Database(path);
}
