import type { SqlRow } from "../sql/statement.js";
import { type PostgresDriver, beginText } from "./driver.js";

/** What is used of a reserved connection of postgres.js. */
export interface PostgresJsReserved {
  unsafe(text: string, values?: never[]): PromiseLike<unknown>;
  release(): void;
}

/** What is used of postgres.js. */
export interface PostgresJs {
  reserve(): Promise<PostgresJsReserved>;
  unsafe(text: string, values?: never[]): PromiseLike<unknown>;
}

export function postgresJs(sql: PostgresJs): PostgresDriver {
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
      return {
        run: ({ text, values }) =>
          follow(
            Promise.resolve(connection.unsafe(text, [...values] as never[])) as Promise<readonly SqlRow[]>,
          ),
        begin: (isolation, timeoutMs) => follow(control(beginText(isolation, timeoutMs))),
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
