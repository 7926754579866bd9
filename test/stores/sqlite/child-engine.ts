/** A process of its own that withdraws through an engine. */
import { createCreditEngine, CreditError } from "coffer";
import { sqliteStore } from "coffer/sqlite";
import { catalog } from "./catalog.js";
import { type Given, runChild, say } from "./child.js";

function engineOn({ path, driver }: Given) {
  const store = sqliteStore({ path, driver });
  return { store, credits: createCreditEngine({ catalog, store }) };
}

/** Withdraws one credit after the other until there are none; says how many it got. */
async function drain(given: Given): Promise<void> {
  const { credits, store } = engineOn(given);
  const until = given.forMs === 0 ? Infinity : performance.now() + given.forMs;
  let count = 0;
  while (performance.now() < until) {
    const idempotencyKey = `${given.name}-${count}`;
    const taken = await credits.tryWithdraw({
      customerId: "acme",
      feature: "chat",
      quantity: 1,
      idempotencyKey,
    });
    if (!taken.ok) {
      if (taken.error.code !== "insufficient_credits")
        throw new CreditError(taken.error.code, taken.error.message);
      break;
    }
    count += 1;
  }
  say(String(count));
  await store.close();
}

/** Every process withdraws under the same keys; says the ids of what it was told was withdrawn. */
async function retry(given: Given): Promise<void> {
  const { credits, store } = engineOn(given);
  const ids: string[] = [];
  for (let index = 0; index < 40; index++) {
    const idempotencyKey = `order-${index}`;
    const { id } = await credits.withdraw({
      customerId: "acme",
      feature: "chat",
      quantity: 1,
      idempotencyKey,
    });
    ids.push(id);
  }
  say(ids.join());
  await store.close();
}

await runChild({ drain, retry });
