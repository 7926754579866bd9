/**
 * Whatever is lost on the way to Stripe and back, money moves once. Each call of each operation fails in each way, and the
 * operation is repeated with its key, at once, after hours, and when Stripe has forgotten the key.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Misfortune, StripeServer } from "./server/server.js";
import { HOUR, MISFORTUNES, type Shop, shop, signal, untilAnswered } from "./support.js";

interface Operation {
  readonly name: string;
  readonly open: (server: StripeServer) => Promise<Shop>;
  readonly run: (shop: Shop) => Promise<unknown>;
  /** What must be true after it, and its answer. */
  readonly expectOnce: (shop: Shop, answer: unknown) => void;
}

const period = { periodStart: new Date("2026-01-01T00:00:00Z"), periodEnd: new Date("2026-02-01T00:00:00Z") };
const USD = (amount: string) => ({ amount, currency: "USD" });

const PAID = { status: "succeeded", total: USD("85.00"), refunded: USD("0.00") };

const OPERATIONS: readonly Operation[] = [
  {
    name: "a charge of the saved card",
    open: (server) => shop({ saved: "pm_card" }, server),
    run: ({ charge }) => charge(),
    expectOnce: ({ account }, answer) => {
      expect(answer).toMatchObject(PAID);
      expect(account.taken()).toBe(8_500);
      expect(account.intents.size).toBe(1);
    },
  },
  {
    name: "a charge with tax",
    open: async (server) => {
      const made = await shop({ saved: "pm_card", automaticTax: true }, server);
      made.account.addressed.add(made.acme);
      return made;
    },
    run: ({ charge }) => charge(),
    expectOnce: ({ account }, answer) => {
      expect(answer).toMatchObject({ status: "succeeded", tax: USD("8.50"), total: USD("93.50") });
      expect(account.taken()).toBe(9_350);
    },
  },
  {
    name: "a charge of a card without money",
    open: (server) => shop({ saved: "pm_empty" }, server),
    run: ({ charge }) => charge(),
    expectOnce: ({ account }, answer) => {
      expect(answer).toMatchObject({ status: "failed", reason: "insufficient_funds" });
      expect([...account.intents.values()]).toMatchObject([{ status: "canceled" }]);
    },
  },
  {
    name: "a charge that the bank asks about",
    open: (server) => shop({ saved: "pm_asks" }, server),
    run: ({ charge }) => charge(),
    expectOnce: ({ account }, answer) => {
      const [intent] = [...account.intents.values()];
      expect(answer).toMatchObject({
        status: "requires_action",
        actionUrl: `https://hooks.stripe.test/3ds/${intent?.id}`,
      });
      account.authenticate(String(intent?.id), true);
      expect(account.taken()).toBe(8_500);
    },
  },
  {
    name: "a charge of a customer without a card",
    open: (server) => shop({}, server),
    run: ({ charge }) => charge(),
    expectOnce: ({ account }, answer) => {
      expect(answer).toMatchObject({ status: "failed", reason: "no_payment_method" });
      expect([...account.intents.values()]).toMatchObject([{ status: "canceled" }]);
    },
  },
  {
    name: "a page to pay at",
    open: (server) => shop({}, server),
    run: ({ charge }) => charge({ offSession: false }),
    expectOnce: ({ account }, answer) => {
      const [session, ...others] = [...account.sessions.values()];
      expect(others).toEqual([]);
      expect(answer).toMatchObject({ id: session?.id, status: "pending", actionUrl: session?.url });
    },
  },
  {
    name: "a refund",
    open: async (server) => {
      const made = await shop({ saved: "pm_card" }, server);
      await made.charge();
      made.server.calls.length = 0;
      return made;
    },
    run: ({ refund }) => refund("30.00", "pi_0002"),
    expectOnce: ({ account }, answer) => {
      expect(answer).toMatchObject({ status: "succeeded" });
      expect(account.givenBack()).toBe(3_000);
    },
  },
  {
    name: "an invoice",
    open: (server) => shop({}, server),
    run: ({ billing }) =>
      billing.invoice({
        key: "acme:2026-01",
        customerId: "acme",
        currency: "USD",
        lines: [
          { id: "overage:chat", description: "Chat", amount: USD("12.34") },
          { id: "overage:image", description: "Images", amount: USD("-2.34") },
        ],
        ...period,
        signal,
      }),
    expectOnce: ({ account }, answer) => {
      expect([...account.invoices.values()]).toMatchObject([{ status: "open", total: 1_000 }]);
      expect([...account.items.values()].map(({ amount }) => amount)).toEqual([1_234, -234]);
      expect(answer).toMatchObject({ status: "open" });
    },
  },
  {
    name: "a draft of an invoice",
    open: (server) => shop({ invoices: { finalize: false } }, server),
    run: ({ billing }) =>
      billing.invoice({
        key: "acme:2026-01",
        customerId: "acme",
        currency: "USD",
        lines: [
          { id: "overage:chat", description: "Chat", amount: USD("12.34") },
          { id: "overage:image", description: "Images", amount: USD("-2.34") },
        ],
        ...period,
        signal,
      }),
    expectOnce: ({ account }, answer) => {
      expect([...account.invoices.values()]).toMatchObject([{ status: "draft", total: 1_000 }]);
      expect([...account.items.values()].map(({ amount }) => amount)).toEqual([1_234, -234]);
      expect(answer).toMatchObject({ status: "draft" });
    },
  },
];

/** After these something was done at Stripe, of which nobody heard: when it is asked for again matters. */
const LEAVE_SOMETHING: ReadonlySet<Misfortune> = new Set(["lost", "broken"]);
/** Before the index shows it, after that, and when the key is forgotten. */
const DELAYS = [1, 3 * HOUR, 25 * HOUR] as const;

test.each(OPERATIONS)(
  "$name, with each of its calls failing in each way",
  async ({ open, run, expectOnce }) => {
    const server = await StripeServer.start();
    const calm = await open(server);
    expectOnce(calm, await run(calm));
    const calls = calm.server.calls.length;
    expect(calls).toBeGreaterThan(2);
    for (const misfortune of MISFORTUNES)
      for (const delay of LEAVE_SOMETHING.has(misfortune) ? DELAYS : DELAYS.slice(0, 1))
        for (let failing = 0; failing < calls; failing += 1) {
          server.reset();
          const one = await open(server);
          one.server.misfortune = (_, index) => (index === failing ? misfortune : null);
          let waited = 0;
          const answer = await untilAnswered(
            () => run(one),
            () => {
              // What broke at Stripe itself is answered alike until the key is forgotten.
              one.account.now += waited === 0 ? delay : 25 * HOUR;
              waited += 1;
            },
          );
          expectOnce(one, answer);
        }
  },
);

test("many misfortunes in a row, of any kind, at any distance in time: money moves once", async () => {
  const server = await StripeServer.start();
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(null, ...MISFORTUNES), { maxLength: 40 }),
      fc.array(fc.integer({ min: 0, max: 30 * HOUR }), { minLength: 1, maxLength: 12 }),
      fc.constantFrom("pm_card" as const, "pm_asks" as const, "pm_debit" as const),
      async (misfortunes, delays, saved) => {
        server.reset();
        const one = await shop({ saved }, server);
        const { account, charge, refund } = one;
        one.server.misfortune = (_, index) => misfortunes[index] ?? null;
        let waits = 0;
        const patiently = <Answer>(ask: () => Promise<Answer>): Promise<Answer> =>
          untilAnswered(ask, () => {
            account.now += delays[waits % delays.length] ?? 0;
            waits += 1;
            if (waits > delays.length) account.now += 25 * HOUR;
          });
        const { id } = await patiently(() => charge());
        if (saved === "pm_asks") account.authenticate(id, true);
        if (saved === "pm_debit") account.clear(id, true);
        expect(await patiently(() => charge())).toMatchObject({ ...PAID, id });
        expect(await patiently(() => refund("30.00", id))).toMatchObject({ status: "succeeded" });
        expect(await patiently(() => charge())).toMatchObject({ id, refunded: USD("30.00") });
        expect([account.taken(), account.givenBack()]).toEqual([8_500, 3_000]);
      },
    ),
    { numRuns: 60 },
  );
});

test("a payment that was taken, and of which nobody heard, is found when the key is long forgotten", async () => {
  const { charge, server, account, acme } = await shop({ saved: "pm_card" });
  server.misfortune = ({ name }) => (name === "POST /v1/payment_intents" ? "lost" : null);
  await expect(charge()).rejects.toMatchObject({ type: "StripeConnectionError" });
  server.misfortune = () => null;
  account.now += 40 * 86_400;
  // Behind a hundred newer ones.
  for (let count = 0; count < 101; count += 1)
    account.intents.set(`pi_x${count}`, {
      ...structuredClone(
        [...account.intents.values()][0] as NonNullable<ReturnType<typeof account.intents.get>>,
      ),
      id: `pi_x${count}`,
      customer: acme,
      metadata: {},
    });
  expect(await charge()).toMatchObject(PAID);
  expect(account.taken()).toBe(8_500);
});

test("the same key with another card, another text, another amount: the first payment is the payment", async () => {
  const { charge, server, account, acme } = await shop({ saved: "pm_card" });
  server.misfortune = ({ name }) => (name === "POST /v1/payment_intents" ? "lost" : null);
  await expect(charge()).rejects.toMatchObject({ type: "StripeConnectionError" });
  server.misfortune = () => null;
  account.save(acme, "pm_debit");
  expect(await charge({ description: "Other words", subtotal: USD("90.00") })).toMatchObject(PAID);
  expect(account.taken()).toBe(8_500);
});

/** All of them reach Stripe before the first is done. */
async function atOnce<Answer>(
  { server }: Shop,
  name: string,
  ask: () => Promise<Answer>,
): Promise<readonly Answer[]> {
  let release = (): void => undefined;
  server.hold = new Promise((resolve) => {
    release = resolve;
  });
  const calls = Promise.allSettled(Array.from({ length: 10 }, ask));
  await expect.poll(() => server.count(name)).toBe(10);
  release();
  const outcomes = await calls;
  for (const outcome of outcomes)
    if (outcome.status === "rejected")
      expect(outcome.reason).toMatchObject({ code: "idempotency_key_in_use", statusCode: 409 });
  return outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
}

test("ten charges at once take the money once", async () => {
  const one = await shop({ saved: "pm_card" });
  expect(await atOnce(one, "POST /v1/payment_intents", () => one.charge())).toMatchObject([PAID]);
  expect(await one.charge()).toMatchObject(PAID);
  expect(one.account.taken()).toBe(8_500);
});

test("ten calls at once open one page", async () => {
  const one = await shop();
  const answers = await atOnce(one, "POST /v1/checkout/sessions", () => one.charge({ offSession: false }));
  expect(answers).toMatchObject([{ status: "pending" }]);
  expect(one.account.sessions.size).toBe(1);
});

test("ten refunds at once give the money back once", async () => {
  const one = await shop({ saved: "pm_card" });
  const { id } = await one.charge();
  const answers = await atOnce(one, "POST /v1/refunds", () => one.refund("30.00", id));
  expect(answers).toMatchObject([{ status: "succeeded" }]);
  expect(one.account.givenBack()).toBe(3_000);
});

test("other terms under a key that is in use: thrown, and the next call finds what was made", async () => {
  const { charge, server, account, acme } = await shop({ saved: "pm_card" });
  const both = [charge(), charge({ description: "Other words" })];
  const outcomes = await Promise.allSettled(both);
  const [paid, refused] = outcomes.sort((a, b) => (a.status < b.status ? -1 : 1));
  expect(paid).toMatchObject({ status: "fulfilled", value: PAID });
  expect(refused).toMatchObject({ status: "rejected", reason: { type: "StripeIdempotencyError" } });
  account.save(acme, "pm_debit");
  expect(await charge({ description: "Other words" })).toMatchObject(PAID);
  expect(server.count("POST /v1/payment_intents")).toBe(2);
  expect(account.taken()).toBe(8_500);
});

test("a connection that is closed without an answer: the library asks again, with the same key", async () => {
  const { charge, server, account } = await shop({ saved: "pm_card" });
  let closed = 0;
  server.misfortune = ({ name }) => (name === "POST /v1/payment_intents" && closed++ === 0 ? "closed" : null);
  expect(await charge()).toMatchObject(PAID);
  expect(server.count("POST /v1/payment_intents")).toBe(2);
  expect(account.taken()).toBe(8_500);
});

test.each([
  ["busy", { type: "StripeRateLimitError" }],
  ["down", { type: "StripeAPIError", statusCode: 500 }],
  ["unheard", { type: "StripeConnectionError" }],
] as const)("%s: nobody knows, so it is thrown", async (misfortune, error) => {
  const { charge, refund, server, account } = await shop({ saved: "pm_card" });
  server.misfortune = ({ name }) => (name.startsWith("POST ") ? misfortune : null);
  await expect(charge()).rejects.toMatchObject(error);
  expect(account.taken()).toBe(0);
  await expect(refund("1.00", "pi_0002")).rejects.toMatchObject(error);
});

test("a secret key that Stripe does not take is the app's to mend: it is thrown", async () => {
  const { charge, server } = await shop();
  const { charge: chargeWrongly } = await shop({ stripe: server.client("sk_test_another") }, server);
  await expect(chargeWrongly()).rejects.toMatchObject({ type: "StripeAuthenticationError" });
  expect(await charge({ offSession: false })).toMatchObject({ status: "pending" });
});
