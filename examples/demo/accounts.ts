import { CUSTOMERS } from "./customers.js";
import type { Customer, Errand, Gift, Pack } from "./customers.js";
import type { Session } from "./session.js";

const CURRENCY = "credits";
const GIFT_PRIORITY = 10;
const MINUTE_MS = 60_000;

/** Gives every customer its policy and first credits, and plans what the back office will do. */
export async function openAccounts(session: Session): Promise<void> {
  const { credits, timeline, start } = session;
  for (const { id: customerId, policy, packs, gifts, errands = [] } of CUSTOMERS) {
    if (policy) await credits.setPolicy({ customerId, currency: CURRENCY, policy, actor: "sales" });
    for (const [index, pack] of packs.entries())
      await sell(session, customerId, pack, `${customerId}:pack:${index}`);
    for (const [index, gift] of gifts.entries())
      await give(session, customerId, gift, `${customerId}:gift:${index}`);
    for (const errand of errands)
      timeline.plan(start + errand.afterMinutes * MINUTE_MS, () => run(session, customerId, errand));
  }
}

async function sell({ credits, start }: Session, customerId: string, pack: Pack, key: string) {
  const { startsAfterMinutes, expiresAfterMinutes } = pack;
  return credits.grant({
    customerId,
    currency: CURRENCY,
    amount: pack.credits,
    category: "paid",
    cost: { amount: pack.price, currency: "USD" },
    source: "pack",
    ...(startsAfterMinutes !== undefined && { effectiveAt: start + startsAfterMinutes * MINUTE_MS }),
    ...(expiresAfterMinutes !== undefined && { expiresAt: start + expiresAfterMinutes * MINUTE_MS }),
    idempotencyKey: key,
  });
}

async function give({ credits, start }: Session, customerId: string, gift: Gift, key: string) {
  return credits.grant({
    customerId,
    currency: CURRENCY,
    amount: gift.credits,
    category: "promotional",
    priority: GIFT_PRIORITY,
    source: "gift",
    displayName: gift.displayName,
    ...(gift.features && { features: gift.features }),
    ...(gift.expiresAfterMinutes !== undefined && {
      expiresAt: start + gift.expiresAfterMinutes * MINUTE_MS,
    }),
    idempotencyKey: key,
  });
}

async function run(session: Session, customerId: string, errand: Errand): Promise<void> {
  const { credits } = session;
  const idempotencyKey = `${customerId}:${errand.kind}:${errand.afterMinutes}`;
  switch (errand.kind) {
    case "gift":
      await give(session, customerId, errand.gift, idempotencyKey);
      break;
    case "refund": {
      const { items } = await credits.grants({ customerId, currency: CURRENCY, status: "active" });
      const pack = items.find((grant) => grant.category === "paid");
      if (pack)
        await credits.refundGrant({ grantId: pack.id, reason: "customer gave it back", idempotencyKey });
      break;
    }
    case "transfer": {
      const { available } = await credits.balance({ customerId, currency: CURRENCY });
      if (available.lt(errand.credits)) break;
      const to = { customerId: errand.to };
      const reason = "shared with a partner";
      await credits.transfer({
        from: customerId,
        to,
        currency: CURRENCY,
        amount: errand.credits,
        reason,
        idempotencyKey,
      });
    }
  }
}

/** Hears of each denied request; every so many of them its customer buys another pack. */
export function createTopUps(session: Session): (customerId: string) => Promise<void> {
  const denials = new Map<string, number>();
  const terms = new Map<string, Customer["topUp"]>(CUSTOMERS.map(({ id, topUp }) => [id, topUp]));
  return async (customerId) => {
    const topUp = terms.get(customerId);
    if (topUp === undefined) return;
    const count = (denials.get(customerId) ?? 0) + 1;
    denials.set(customerId, count);
    const number = count / topUp.afterDenials;
    if (Number.isInteger(number) && number <= topUp.atMost)
      await sell(session, customerId, topUp.pack, `${customerId}:top-up:${number}`);
  };
}
