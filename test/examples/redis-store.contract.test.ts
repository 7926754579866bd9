import { createClient } from "@redis/client";
import { LAWS } from "coffer/store";
import { type LawNumber, registerStoreLaws } from "coffer/testing";
import { afterAll, beforeAll, describe, it } from "vitest";
import { redisStore } from "../../examples/redis-store/store.js";
import { hasRedis, startRedis } from "../support/servers/redis.js";

async function connect(url: string) {
  const client = createClient({ url });
  await client.connect();
  return client;
}

const UNFAIR = 12;
const LAWS_IT_PROMISES = Object.keys(LAWS)
  .map((law) => Number(law) as LawNumber)
  .filter((law) => law !== UNFAIR);

/** The example's own test, as an integrator writes it: the laws, on a real server. */
function lawsOnRedis(): void {
  const clients: Awaited<ReturnType<typeof connect>>[] = [];
  let server: Awaited<ReturnType<typeof startRedis>>;
  beforeAll(async () => {
    server = await startRedis();
    for (let at = 0; at < 2; at++) clients.push(await connect(server.url));
  });
  afterAll(async () => {
    for (const client of clients) client.destroy();
    await server.stop();
  });
  const client = (at: 0 | 1) => {
    const connected = clients[at];
    if (connected === undefined) throw new Error("Redis is not there yet");
    return connected;
  };

  /** By a connection of its own, which nothing was written through. */
  const reconnect = async () => {
    client(0).destroy();
    clients[0] = await connect(server.url);
  };

  registerStoreLaws(
    { describe, it },
    {
      capabilities: { isShared: true, hasRowLocks: false, joinsTransactions: false },
      create: () => ({
        store: redisStore({ client: client(0) }),
        another: () => Promise.resolve(redisStore({ client: client(1) })),
      }),
      reopen: async () => {
        await reconnect();
        return redisStore({ client: client(0) });
      },
      destroy: async ({ store }) => {
        await store.close();
        await client(0).sendCommand(["FLUSHALL"]);
      },
      // It promises all but law 12: without locks, who is quicker wins.
      laws: LAWS_IT_PROMISES,
      contentionMs: 1_500,
    },
  );
}

const isRequired = process.env["COFFER_REQUIRE_SERVERS"]?.split(" ").includes("redis") === true;
if (!hasRedis() && isRequired) throw new Error("redis-server is not installed");

describe("a store in Redis holds the laws", () => {
  if (hasRedis()) return lawsOnRedis();
  console.warn(
    "NOT RUN: the store in Redis, as redis-server is not installed (Debian and Ubuntu: apt install redis-server)",
  );
  it("is left out", () => undefined);
});
