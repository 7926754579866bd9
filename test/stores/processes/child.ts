/** A process of its own that works on stores: it says `ready`, takes orders as lines, and answers in lines. */
import { createInterface } from "node:readline";
import { createCreditEngine, CreditError } from "coffer";
import { catalog } from "./catalog.js";
import type { Order } from "./children.js";
import { REFILLED_AT } from "./refills.js";
import { commitRounds } from "./rounds.js";
import { type Reached, storeAt } from "./store-at.js";

type Work = (reached: Reached, name: string, forMs: number) => Promise<void>;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Callers in flight at once: as many as a busy process has. */
const CALLERS = 8;

/** Withdraws one credit after the other until there are none, or for so long; says how many it got. */
const drain: Work = async ({ store }, name, forMs) => {
  const credits = createCreditEngine({ catalog, store });
  const until = forMs === 0 ? Infinity : performance.now() + forMs;
  let count = 0;
  const call = async (caller: number) => {
    for (let turn = 0; performance.now() < until; turn++) {
      const idempotencyKey = `${name}-${caller}-${turn}`;
      const use = { customerId: "acme", feature: "chat", quantity: 1, idempotencyKey } as const;
      const taken = await credits.tryWithdraw(use);
      if (taken.ok) count += 1;
      else if (taken.error.code === "insufficient_credits") return;
      else throw new CreditError(taken.error.code, taken.error.message);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, (_, caller) => call(caller)));
  say(String(count));
};

/** Every process withdraws under the same keys; says the ids of what it was told was withdrawn. */
const retry: Work = async ({ store }) => {
  const credits = createCreditEngine({ catalog, store });
  const uses = Array.from({ length: 40 }, (_, index) => `order-${index}`).map((idempotencyKey) =>
    credits.withdraw({ customerId: "acme", feature: "chat", quantity: 1, idempotencyKey }),
  );
  say((await Promise.all(uses)).map(({ id }) => id).join());
};

/** Commits until it is killed; says each round that was acknowledged. */
const commit: Work = ({ store }) => commitRounds(store, (round) => say(String(round)));

/** Makes the tables while others do. */
const migrate: Work = async ({ store }) => {
  await store.migrate();
  say("migrated");
};

/** A year later everybody comes at once: to run, to read, to spend. Says how many credits it saw. */
const refill: Work = async ({ store }, name) => {
  const credits = createCreditEngine({ catalog, store, clock: () => REFILLED_AT });
  const [, { available }] = await Promise.all([
    credits.runDue(),
    credits.balance({ customerId: "acme", currency: "tokens" }),
    credits.withdraw({ customerId: "acme", feature: "chat", quantity: 1, idempotencyKey: name }),
  ]);
  say(available.toString());
};

const WORK: Readonly<Record<string, Work>> = { drain, retry, commit, migrate, refill };

say("ready");
for await (const line of createInterface(process.stdin)) {
  const { work, url, name, forMs } = JSON.parse(line) as Order;
  const reached = storeAt(url);
  await WORK[work]?.(reached, name, forMs);
  await reached.end();
}
