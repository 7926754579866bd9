import { fromPg, fromPostgresJs, postgresStore } from "coffer/postgres";
import pg from "pg";
import postgres from "postgres";
import { afterAll, beforeAll } from "vitest";
import type { Database } from "../../support/databases.js";
import { AppTransactions } from "../contract/app-transactions.js";
import type { AppTransaction, Harness } from "../contract/harness.js";
import { PostgresSchema } from "../contract/postgres-schema.js";
import { contractSuite } from "../contract/suite.js";

export interface Place {
  readonly fresh: () => Promise<Database>;
  /** Random histories to play, where it is not as many as elsewhere. */
  readonly histories?: number;
}

/** A client as the suite uses it. */
interface Client<Pool> {
  readonly connect: (url: string, max: number) => Pool;
  readonly end: (pool: Pool) => Promise<void>;
  readonly begin: (pool: Pool, open: AppTransactions) => Promise<AppTransaction>;
  readonly names: (pool: Pool, text: string) => Promise<readonly { readonly name: string }[]>;
}

const nodePostgres: Client<pg.Pool> = {
  connect: (connectionString, max) => new pg.Pool({ connectionString, max }),
  end: (pool) => pool.end(),
  begin: async (pool, open) => {
    const client = await pool.connect();
    await client.query("BEGIN");
    return open.add(fromPg(client), async (how) => {
      await client.query(how);
      client.release();
    });
  },
  names: async (pool, text) => (await pool.query<{ name: string }>(text)).rows,
};

const postgresJs: Client<postgres.Sql> = {
  connect: (url, max) => postgres(url, { max, onnotice: () => undefined }),
  end: (sql) => sql.end(),
  begin: async (sql, open) => {
    const connection = await sql.reserve();
    await connection.unsafe("BEGIN");
    return open.add(fromPostgresJs(connection), async (how) => {
      await connection.unsafe(how);
      connection.release();
    });
  },
  names: (sql, text) => sql.unsafe<{ name: string }[]>(text),
};

/** The laws on a server, through node-postgres. */
export function lawsThroughPg(name: string, place: Place): void {
  contractSuite(`${name} through pg`, inDatabase(nodePostgres, place));
}

/** The laws on a server, through postgres.js. */
export function lawsThroughPostgresJs(name: string, place: Place): void {
  contractSuite(`${name} through postgres.js`, inDatabase(postgresJs, place));
}

function inDatabase<Pool extends pg.Pool | postgres.Sql>(
  client: Client<Pool>,
  { fresh, ...rest }: Place,
): Harness {
  let database: Database;
  let own: Pool;
  /** Connections of their own, as other processes have. */
  let others: Pool;
  beforeAll(async () => {
    database = await fresh();
    own = client.connect(database.url, 20);
    others = client.connect(database.url, 10);
  });
  afterAll(async () => {
    await Promise.all([client.end(own), client.end(others)]);
    await database.drop();
  });
  const schema = new PostgresSchema("credits", (text) => client.names(own, text));
  return {
    ...rest,
    isLasting: true,
    capabilities: { isShared: true, hasRowLocks: true, joinsTransactions: true },
    open: async () => {
      const store = postgresStore({ pool: own, schema: schema.name });
      const open = new AppTransactions();
      const pools: Pool[] = [];
      await schema.prepare(() => store.migrate());
      return {
        store,
        another: () => Promise.resolve(postgresStore({ pool: others, schema: schema.name })),
        reopen: () => {
          const pool = client.connect(database.url, 2);
          pools.push(pool);
          return Promise.resolve(postgresStore({ pool, schema: schema.name }));
        },
        begin: () => client.begin(own, open),
        dispose: async () => {
          await open.rollbackAll();
          await store.close();
          await Promise.all(pools.map((pool) => client.end(pool)));
          await schema.empty();
        },
      };
    },
  };
}
