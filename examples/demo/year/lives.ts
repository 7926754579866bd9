import { type Random, mulberry32, pick } from "../random.js";
import type { PlanName } from "./catalog.js";

/** What a customer does in the year, apart from using the product. Days count from 1 January, which is 0. */
export type Act =
  | { readonly day: number; readonly do: "subscribe"; readonly plan: PlanName; readonly trialDays: number }
  | {
      readonly day: number;
      readonly do: "change";
      readonly plan: PlanName;
      readonly how: "difference" | "full" | "periodEnd";
    }
  | { readonly day: number; readonly do: "pause" | "resume" | "cancel" | "addImages" | "topUp" };

export interface Life {
  readonly customerId: string;
  readonly zone: string;
  readonly acts: readonly Act[];
  /** Share of days on which the product is used. */
  readonly busyness: number;
}

const PLANS: readonly { readonly plan: PlanName; readonly share: number }[] = [
  { plan: "free", share: 5 },
  { plan: "starter", share: 3 },
  { plan: "pro", share: 2 },
];
const ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"];
const LAST_START = 300;

/** One seed gives the same thousand lives. */
export function livesOf(count: number, seed: number): readonly Life[] {
  const random = mulberry32(seed);
  return Array.from({ length: count }, (_, index) =>
    lifeOf(`customer-${String(index + 1).padStart(4, "0")}`, random),
  );
}

function lifeOf(customerId: string, random: Random): Life {
  const start = random() < 0.5 ? 0 : Math.floor(random() * LAST_START);
  const { plan } = pick(PLANS, random());
  const trialDays = plan === "starter" && random() < 0.3 ? 14 : 0;
  const acts: Act[] = [{ day: start, do: "subscribe", plan, trialDays }];
  const later = () => start + 1 + Math.floor(random() * (360 - start));
  if (random() < 0.3)
    acts.push({
      day: later(),
      do: "change",
      plan: upward(plan),
      how: random() < 0.7 ? "difference" : "full",
    });
  if (random() < 0.12) acts.push({ day: later(), do: "change", plan: downward(plan), how: "periodEnd" });
  if (random() < 0.15) acts.push({ day: later(), do: "addImages" });
  if (random() < 0.25) acts.push({ day: later(), do: "topUp" });
  if (random() < 0.08) {
    const from = later();
    acts.push({ day: from, do: "pause" }, { day: from + 45, do: "resume" });
  }
  if (random() < 0.1) acts.push({ day: later(), do: "cancel" });
  const zone = ZONES[Math.floor(random() * ZONES.length)] ?? "UTC";
  return {
    customerId,
    zone,
    acts: acts.sort((a, b) => a.day - b.day),
    busyness: 0.02 + 0.25 * random() ** 2,
  };
}

function upward(plan: PlanName): PlanName {
  return plan === "free" ? "starter" : "pro";
}

function downward(plan: PlanName): PlanName {
  return plan === "pro" ? "starter" : "free";
}
