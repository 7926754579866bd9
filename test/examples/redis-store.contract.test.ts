import { createClient } from "@redis/client";
import { afterAll } from "vitest";
import { redisStore } from "../../examples/redis-store/store.js";
import { contractSuite } from "../stores/contract/suite.js";
import { startRedis } from "../support/servers/redis.js";

const server = await startRedis();
const clients = [createClient({ url: server.url }), createClient({ url: server.url })];
for (const client of clients) await client.connect();
const [own, others] = clients as [(typeof clients)[0], (typeof clients)[0]];
afterAll(async () => {
  for (const client of clients) client.destroy();
  await server.stop();
});

contractSuite("a store in Redis", {
  capabilities: { isShared: true, hasRowLocks: false, joinsTransactions: false },
  open: () => {
    const store = redisStore({ client: own });
    return Promise.resolve({
      store,
      another: () => Promise.resolve(redisStore({ client: others })),
      dispose: async () => {
        await store.close();
        await own.sendCommand(["FLUSHALL"]);
      },
    });
  },
});
