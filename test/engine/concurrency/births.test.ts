/** The first commit of a wallet may wait for another one's: that holds up births only. */
import { createCreditEngine } from "coffer";
import { memoryStore } from "coffer/memory";
import type { CreditStore } from "coffer/store";
import { manualClock } from "coffer/testing";
import { test } from "vitest";
import { START, catalog, expectSound } from "../support.js";
import { virtualPace } from "../virtual-pace.js";

test("wallets that are there are written to while a birth waits", async () => {
  const beneath = memoryStore();
  let letGo: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (letGo = resolve));
  let isHeld = false;
  const instead: Partial<CreditStore<unknown>> = {
    limits: { ...beneath.limits, commitsAtOnce: 2 },
    commit: async (changes, options) => {
      if (isHeld && changes.some(({ expect: version }) => version === 0)) await held;
      return beneath.commit(changes, options);
    },
  };
  const store = new Proxy<CreditStore<unknown>>(beneath, {
    get: (_, name: keyof CreditStore<unknown>) => {
      const own = beneath[name];
      return instead[name] ?? (typeof own === "function" ? own.bind(beneath) : own);
    },
  });
  const credits = createCreditEngine({ catalog, store, clock: manualClock(START), pace: virtualPace() });
  const grant = (customerId: string, idempotencyKey: string) =>
    credits.grant({ customerId, currency: "tokens", amount: 1, category: "promotional", idempotencyKey });
  const customers = Array.from({ length: 20 }, (_, index) => `customer-${index}`);
  await Promise.all(customers.map((customer) => grant(customer, "first")));
  isHeld = true;
  const born = grant("new", "first");
  await Promise.all(customers.map((customer) => grant(customer, "second")));
  letGo();
  await born;
  await expectSound(beneath);
});
