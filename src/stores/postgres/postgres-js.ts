import { StoreError } from "../../store/errors.js";
import type { SqlRow, Statement } from "../sql/statement.js";
import { type PostgresDriver, beginText } from "./driver.js";
import { PreparedStatements } from "./prepared.js";

/** What is used of a reserved connection of postgres.js. */
export interface PostgresJsReserved {
  unsafe(text: string, values?: never[], options?: { readonly prepare: boolean }): PromiseLike<unknown>;
  release(): void;
}

/** What is used of postgres.js. */
export interface PostgresJs {
  reserve(): Promise<PostgresJsReserved>;
  unsafe(text: string, values?: never[]): PromiseLike<unknown>;
  readonly options?: {
    readonly fetch_types?: unknown;
    readonly prepare?: unknown;
    readonly transform?: object;
  };
}

/** Options with which it would hang, or hand over other rows than the server sent. */
function checkOptions({ options }: PostgresJs): void {
  const transform = Object.values(options?.transform ?? {}) as readonly ({
    readonly from?: unknown;
  } | null)[];
  if (options?.fetch_types === false)
    throw refusal("`fetch_types: false`: with it, `reserve()` of a new connection never answers");
  if (transform.some((one) => typeof one?.from === "function"))
    throw refusal("`transform`: it would rename the store's columns");
}

function refusal(why: string): StoreError {
  return new StoreError("unsupported", `postgresStore: give it a \`sql\` of postgres.js without ${why}.`);
}

export function postgresJs(sql: PostgresJs): PostgresDriver {
  checkOptions(sql);
  const prepared = new PreparedStatements();
  const isPreparing = sql.options?.prepare !== false;
  return {
    connect: async () => {
      const connection = await sql.reserve();
      const control = async (text: string) => {
        await connection.unsafe(text);
      };
      /** What is still under way: a reserved connection cannot be closed, only given back when it is idle. */
      let last: Promise<unknown> = Promise.resolve();
      const follow = <Value>(promise: Promise<Value>): Promise<Value> => {
        last = promise.catch(() => undefined);
        return promise;
      };
      let isInTransaction = false;
      const run = async ({ text, values }: Statement, prepare: boolean) =>
        (await connection.unsafe(text, [...values] as never[], { prepare })) as readonly SqlRow[];
      const ways = {
        named: (statement: Statement) => run(statement, isPreparing),
        unnamed: (statement: Statement) => run(statement, false),
      };
      return {
        run: (statement) => follow(prepared.run(statement, isInTransaction, ways)),
        begin: (isolation, timeoutMs) => {
          isInTransaction = true;
          return follow(control(beginText(isolation, timeoutMs)));
        },
        commit: () => follow(control("commit")),
        rollback: () => follow(control("rollback")),
        release: (isBroken) => {
          if (!isBroken) return connection.release();
          void last
            .then(() => control("rollback"))
            .catch(() => undefined)
            .finally(() => connection.release());
        },
      };
    },
  };
}
