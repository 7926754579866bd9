import { defineCatalog } from "coffer";

const usd = (amount: string) => ({ amount, currency: "USD" });
const monthly = { id: "monthly", currency: "credits", every: { months: 1 } } as const;

/** Three plans and an add-on. */
export const catalog = defineCatalog({
  currencies: { credits: { name: "AI credits", scale: 2, thresholds: { usageLow: [80], balanceLow: 20 } } },
  features: {
    chat: { currency: "credits", rate: { credits: "0.5", per: 1_000 } },
    image: { currency: "credits", rate: { credits: 4 } },
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

/** What an image costs from July on. */
export const IMAGES_FROM_JULY = { credits: 5 };

export type PlanName = "free" | "starter" | "pro";
