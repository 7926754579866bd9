/**
 * A meter on the store beside this file, to see it run: `REDIS_URL=redis://localhost:6379 npx tsx
 * examples/redis-store/main.ts`. Run it again: the credits are still there.
 */
import { createClient } from "@redis/client";
import { createCreditEngine, defineCatalog } from "coffer";
import { redisStore } from "./store.js";

const catalog = defineCatalog({
  currencies: { tokens: { name: "AI tokens" } },
  features: { image: { currency: "tokens", rate: { credits: 40 } } },
});
const client = createClient({ url: process.env["REDIS_URL"] ?? "redis://localhost:6379" });
await client.connect();
const credits = createCreditEngine({ catalog, store: redisStore({ client, prefix: "coffer-example:" }) });

await credits.grant({
  customerId: "acme",
  currency: "tokens",
  amount: 1000,
  category: "promotional",
  idempotencyKey: "welcome",
});
const { available } = await credits.balance({ customerId: "acme", currency: "tokens" });
console.log(`${available.toString()} credits`);
const used = await credits.tryWithdraw({
  customerId: "acme",
  feature: "image",
  quantity: 1,
  idempotencyKey: `image at ${available.toString()}`,
});
console.log(used.ok ? `an image: ${used.value.available.toString()} left` : used.error.message);

await credits.close();
await client.close();
