/** Meter work whose size is known only afterwards: hold credits before a model is called, charge what it used. */
import { createCreditEngine, defineCatalog, type Withdrawal } from "coffer";
import { memoryStore } from "coffer/memory";
import { manualClock } from "coffer/testing";

const catalog = defineCatalog({
  currencies: { credits: { name: "Credits", scale: 3 } },
  features: {
    input: { currency: "credits", rate: { credits: 1, per: 1000 } },
    output: { currency: "credits", rate: { credits: 5, per: 1000 } },
  },
});

let made = 0;
const clock = manualClock("2026-01-01T00:00:00Z");
const credits = createCreditEngine({
  catalog,
  store: memoryStore(),
  clock,
  ids: () => String(++made).padStart(6, "0"),
});
const wallet = { customerId: "acme", currency: "credits" } as const;

async function show(what: string): Promise<void> {
  const { available, held } = await credits.balance(wallet);
  console.log(`${what.padEnd(42)} available ${available.toFixed(3).padStart(7)}, held ${held.toFixed(3)}`);
}

/** Both features in one hold: the input is known, the output is a guess. */
function hold(request: string, input: number, mostOutput: number) {
  return credits.reserve({
    customerId: wallet.customerId,
    items: [
      { feature: "input", quantity: input },
      { feature: "output", quantity: mostOutput },
    ],
    expiresIn: { minutes: 10 },
    idempotencyKey: `${request}:reserve`,
  });
}

function charge(request: string, reservationId: string, input: number, output: number): Promise<Withdrawal> {
  return credits.capture({
    reservationId,
    items: [
      { feature: "input", quantity: input },
      { feature: "output", quantity: output },
    ],
    idempotencyKey: `${request}:capture`,
  });
}

await credits.grant({ ...wallet, amount: 20, category: "promotional", idempotencyKey: "welcome" });
await show("20 credits granted");

// The model says less than was held: the rest is freed.
const first = await hold("req_1", 2000, 1500);
await show(`req_1 holds ${first.held.toString()}`);
const used = await charge("req_1", first.id, 2000, 900);
await show(`req_1 used ${used.amount.toString()}`);

// The call fails: nothing is charged.
const second = await hold("req_2", 1000, 1500);
await show(`req_2 holds ${second.held.toString()}`);
await credits.release({ reservationId: second.id });
await show("req_2 failed and was released");

// The model says more than was held: the excess is charged to what else there is.
const third = await hold("req_3", 1000, 1000);
await show(`req_3 holds ${third.held.toString()}`);
const over = await charge("req_3", third.id, 1000, 1400);
await show(`req_3 used ${over.amount.toString()}`);

// A stream is charged in parts. Each part is priced on the running sum, so splitting it changes no price.
const fourth = await credits.reserve({
  customerId: wallet.customerId,
  feature: "output",
  quantity: 500,
  expiresIn: { minutes: 10 },
  idempotencyKey: "req_4:reserve",
});
for (const part of [1, 2, 3])
  await credits.capture({
    reservationId: fourth.id,
    quantity: 100,
    final: part === 3,
    idempotencyKey: `req_4:capture:${part}`,
  });
await show("req_4 used 1.5 in three parts");

// Nobody comes back for this one: it times out by itself. No job runs for that.
const fifth = await hold("req_5", 1000, 200);
await show(`req_5 holds ${fifth.held.toString()}`);
clock.advance({ minutes: 10 });
await show("ten minutes later");

// The work was done after all. A late capture still takes what is there, and says what is not.
const late = await charge("req_5", fifth.id, 1000, 700);
await show(
  `req_5 cost ${late.price.toString()}, took ${late.amount.toString()}, lacked ${late.shortfall.toString()}`,
);
await credits.close();
