import { CreditError } from "coffer";
import type { YearEngine } from "./engine.js";
import type { Act, Life } from "./lives.js";

const DAY_MS = 86_400_000;

/** What customers did, counted. */
export class Deeds {
  readonly counts: Map<string, number> = new Map();

  add(deed: string): void {
    this.counts.set(deed, (this.counts.get(deed) ?? 0) + 1);
  }
}

/** A customer's subscription, once there is one. */
export type Subscriptions = Map<string, string>;

/** Does one thing that a customer does. What makes no sense any more, as to pause what has ended, is left out. */
export async function act(
  credits: YearEngine,
  { customerId, zone }: Life,
  deed: Act,
  {
    now,
    subscriptions,
    deeds,
  }: { readonly now: number; readonly subscriptions: Subscriptions; readonly deeds: Deeds },
): Promise<void> {
  const idempotencyKey = `${deed.do}-${deed.day}`;
  if (deed.do === "subscribe") {
    const { id } = await credits.subscribe({
      customerId,
      plan: deed.plan,
      timeZone: zone,
      ...(deed.trialDays > 0 ? { trialEndsAt: now + deed.trialDays * DAY_MS } : {}),
      idempotencyKey,
    });
    subscriptions.set(customerId, id);
    deeds.add(deed.trialDays > 0 ? "trial begun" : `subscribed: ${deed.plan}`);
    return;
  }
  if (deed.do === "topUp") {
    await credits.grant({
      customerId,
      currency: "credits",
      amount: 200,
      category: "paid",
      cost: { amount: "10.00", currency: "USD" },
      source: "top-up",
      priority: 80,
      expiresAt: now + 365 * DAY_MS,
      idempotencyKey,
    });
    deeds.add("topped up");
    return;
  }
  const subscriptionId = subscriptions.get(customerId);
  if (subscriptionId === undefined) return;
  try {
    deeds.add(await change(credits, subscriptionId, deed, idempotencyKey));
  } catch (error) {
    if (!CreditError.is(error, "subscription_not_found") && !CreditError.is(error, "invalid_input"))
      throw error;
    deeds.add("left undone: ended or paused");
  }
}

async function change(
  credits: YearEngine,
  subscriptionId: string,
  deed: Exclude<Act, { do: "subscribe" }>,
  idempotencyKey: string,
): Promise<string> {
  switch (deed.do) {
    case "change": {
      const { plan, how } = deed;
      await credits.changePlan({
        subscriptionId,
        plan,
        ...(how === "periodEnd" ? { when: how } : { proration: how }),
        idempotencyKey,
      });
      return how === "periodEnd" ? "downgraded" : "upgraded";
    }
    case "addImages":
      await credits.addAddOn({ subscriptionId, addOn: "images", idempotencyKey });
      return "add-on added";
    case "pause":
      await credits.pauseSubscription({ subscriptionId });
      return "paused";
    case "resume":
      await credits.resumeSubscription({ subscriptionId });
      return "resumed";
    case "cancel":
      await credits.cancelSubscription({ subscriptionId });
      return "cancelled";
    case "topUp":
      return "";
  }
}
