import type { CreditStore } from "coffer/store";
import type { Contender } from "../measure/compare.js";
import { drive } from "../measure/drive.js";
import { TOKENS_PER_CALL, keyMaker, turns } from "./catalog.js";
import { type Load, checkSpent, engineOn, fund } from "./coffer.js";

/** Credits are held, and what was used of them is charged: two durable calls, one after the other. */
export async function pairs<Tx>(name: string, store: CreditStore<Tx>, load: Load): Promise<Contender> {
  const credits = engineOn(store);
  await fund(credits, load.customers);
  const key = keyMaker("hold");
  const customer = turns(load.customers);
  let made = 0;
  return {
    name,
    round: async () => {
      const round = await drive(load.callers, load.ms, async () => {
        const hold = key();
        const { id } = await credits.reserve({
          customerId: customer(),
          feature: "chat",
          quantity: 2 * TOKENS_PER_CALL,
          expiresIn: { minutes: 10 },
          idempotencyKey: hold,
        });
        await credits.capture({
          reservationId: id,
          quantity: TOKENS_PER_CALL,
          idempotencyKey: `${hold}-capture`,
        });
      });
      made += round.operations;
      return round;
    },
    check: async () => {
      await checkSpent(credits, load.customers, made);
      for (const customerId of load.customers) {
        const { held } = await credits.balance({ customerId, currency: "credits" });
        if (!held.isZero()) throw new Error(`${String(held)} credits of ${customerId} are still held`);
      }
    },
  };
}
