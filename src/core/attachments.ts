import type { CompiledCatalog } from "../catalog/catalog.js";
import type { Plan } from "../catalog/plan.js";
import { compareTexts } from "./sorted-map.js";
import type { Wallet } from "./wallet.js";

/** A plan that holds in a wallet for a time: its rates, and its policy. What it grants stands in schedules. */
export interface Attachment {
  readonly id: string;
  /** Public id. */
  readonly subscriptionId: string;
  /** "" for the plan itself, else the add-on. */
  readonly item: string;
  readonly plan: string;
  readonly from: number;
  /** Left out itself; null: it goes on. */
  readonly until: number | null;
  /** Of the billing periods. */
  readonly anchor?: number;
  readonly timeZone?: string;
}

const NO_PLANS: readonly Plan[] = [];

/** The plans that held at an instant, highest rank first. One that the catalog does not know says nothing. */
export function plansAt(
  { attachments }: Pick<Wallet, "attachments">,
  { plans }: CompiledCatalog,
  instant: number,
): readonly Plan[] {
  if (attachments.size === 0) return NO_PLANS;
  return heldAt([...attachments.values()], plans, instant).map(({ plan }) => plan);
}

export interface HeldPlan {
  readonly plan: Plan;
  readonly attachment: Attachment;
}

/** Highest rank first. */
export function heldAt(
  attachments: readonly Attachment[],
  plans: CompiledCatalog["plans"],
  instant: number,
): readonly HeldPlan[] {
  const held = attachments.flatMap((attachment): HeldPlan[] => {
    const plan = plans.get(attachment.plan);
    const { from, until } = attachment;
    return plan !== undefined && from <= instant && (until === null || instant < until)
      ? [{ plan, attachment }]
      : [];
  });
  return held.sort((a, b) => b.plan.rank - a.plan.rank || compareTexts(a.plan.id, b.plan.id));
}
