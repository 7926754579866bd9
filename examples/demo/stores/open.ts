import type { CreditStore } from "coffer/store";
import type { StoreChoice } from "./choose.js";

/** A store that is ready, with nothing in it. */
export interface OpenStore {
  readonly store: CreditStore;
  /** Where the credits are kept and how to be rid of them, for a person. */
  readonly place: string;
  readonly close: () => Promise<void>;
}

/** Opens what was chosen. A driver is loaded only where it is needed. */
export async function openStore(choice: StoreChoice): Promise<OpenStore> {
  switch (choice.kind) {
    case "memory":
      return (await import("./memory.js")).openMemory();
    case "sqlite":
      return (await import("./sqlite.js")).openSqlite(choice.path);
    case "postgres":
      return (await import("./postgres.js")).openPostgres(choice.url);
    case "mysql":
      return (await import("./mysql.js")).openMysql(choice.url);
  }
}
