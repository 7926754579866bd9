import { defineCatalog } from "coffer";

const usd = (amount: string) => ({ amount, currency: "USD" });
const monthly = { id: "monthly", currency: "credits", every: { months: 1 } } as const;

/** Three plans and an add-on; an image costs more from July on. */
export function catalogOf({ imageCredits }: { readonly imageCredits: number }) {
  return defineCatalog({
    currencies: { credits: { name: "AI credits", scale: 2 } },
    features: {
      chat: { currency: "credits", rate: { credits: "0.5", per: 1_000 } },
      image: { currency: "credits", rate: { credits: imageCredits } },
    },
    plans: {
      free: {
        name: "Free",
        grants: [{ ...monthly, amount: 50, category: "promotional" }],
      },
      starter: {
        name: "Starter",
        rank: 1,
        grants: [{ ...monthly, amount: 500, category: "paid", cost: usd("19.00"), rollover: { max: 100 } }],
      },
      pro: {
        name: "Pro",
        rank: 2,
        grants: [
          {
            ...monthly,
            amount: 3_000,
            category: "paid",
            cost: usd("99.00"),
            rollover: { fraction: "0.5", periods: 2 },
          },
          {
            id: "welcome",
            currency: "credits",
            amount: 250,
            category: "promotional",
            expires: { months: 3 },
          },
        ],
        rates: { chat: { credits: "0.4", per: 1_000 } },
        policy: { credits: { mode: "soft", limit: 200 } },
      },
      images: {
        name: "Images",
        grants: [
          {
            id: "images",
            currency: "credits",
            amount: 400,
            every: { months: 1 },
            category: "paid",
            cost: usd("12.00"),
            features: ["image"],
          },
        ],
      },
    },
  });
}

export const BEFORE_JULY = { imageCredits: 4 };
export const FROM_JULY = { imageCredits: 5 };

export type PlanName = "free" | "starter" | "pro";
