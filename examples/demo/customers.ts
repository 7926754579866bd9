import type { PolicyInput } from "coffer";

/** Credits that a customer pays for. A pack for less than a cent a credit was sold at a discount. */
export interface Pack {
  readonly credits: number;
  /** USD, without tax. */
  readonly price: string;
  readonly startsAfterMinutes?: number;
  readonly expiresAfterMinutes?: number;
}

/** Credits that the product gives away. They burn before paid ones, by their priority. */
export interface Gift {
  readonly credits: number;
  readonly displayName: string;
  readonly features?: readonly ("input" | "output")[];
  readonly expiresAfterMinutes?: number;
}

/** What the back office does for a customer, so many minutes into the run. */
export type Errand =
  | { readonly kind: "gift"; readonly afterMinutes: number; readonly gift: Gift }
  /** Takes the first pack back: what is unused of it, for its share of the price. */
  | { readonly kind: "refund"; readonly afterMinutes: number }
  | {
      readonly kind: "transfer";
      readonly afterMinutes: number;
      readonly credits: number;
      readonly to: string;
    };

export interface Customer {
  readonly id: string;
  readonly about: string;
  /** Share of the traffic. */
  readonly share: number;
  /** Default: hard. What is not there is denied. */
  readonly policy?: PolicyInput;
  readonly packs: readonly Pack[];
  readonly gifts: readonly Gift[];
  /** Buys another pack after so many denied requests, so many times at most. */
  readonly topUp?: { readonly pack: Pack; readonly afterDenials: number; readonly atMost: number };
  readonly errands?: readonly Errand[];
}

/** Minutes count from the first request. Every expiry, start and errand falls within the first hour. */
export const CUSTOMERS: readonly Customer[] = [
  {
    id: "alder",
    about: "buys in bulk; gives back what is left",
    share: 22,
    packs: [{ credits: 600, price: "5.10" }],
    gifts: [{ credits: 50, displayName: "Welcome", expiresAfterMinutes: 15 }],
    errands: [{ kind: "refund", afterMinutes: 57 }],
  },
  {
    id: "birch",
    about: "tops up when denied",
    share: 14,
    packs: [{ credits: 75, price: "0.69" }],
    gifts: [],
    topUp: { pack: { credits: 100, price: "0.87" }, afterDenials: 1, atMost: 4 },
  },
  {
    id: "cedar",
    about: "past its pack, pays overage in money",
    share: 12,
    policy: { mode: "overage", price: { amount: "0.0115", currency: "USD" }, limit: 400 },
    packs: [{ credits: 100, price: "0.93" }],
    gifts: [],
  },
  {
    id: "damson",
    about: "soft limit; later packs settle what it owes",
    share: 10,
    policy: { mode: "soft", limit: 25 },
    packs: [{ credits: 60, price: "0.57" }],
    gifts: [],
    topUp: { pack: { credits: 75, price: "0.68" }, afterDenials: 3, atMost: 3 },
  },
  {
    id: "elm",
    about: "its pack expires unspent",
    share: 9,
    packs: [
      { credits: 300, price: "2.29", expiresAfterMinutes: 40 },
      { credits: 50, price: "0.50" },
    ],
    gifts: [],
  },
  {
    id: "fir",
    about: "a second pack starts at half time",
    share: 8,
    packs: [
      { credits: 40, price: "0.38" },
      { credits: 120, price: "1.02", startsAfterMinutes: 30 },
    ],
    gifts: [{ credits: 20, displayName: "Welcome", expiresAfterMinutes: 20 }],
  },
  {
    id: "gorse",
    about: "soft limit, never tops up",
    share: 7,
    policy: { mode: "soft", limit: 15 },
    packs: [{ credits: 40, price: "0.38" }],
    gifts: [],
  },
  {
    id: "hazel",
    about: "shares its credits with iris",
    share: 6,
    packs: [{ credits: 200, price: "1.57" }],
    gifts: [],
    errands: [{ kind: "transfer", afterMinutes: 25, credits: 50, to: "iris" }],
  },
  {
    id: "iris",
    about: "lives on a little, then on what hazel gives",
    share: 5,
    packs: [{ credits: 25, price: "0.25" }],
    gifts: [],
    errands: [
      {
        kind: "gift",
        afterMinutes: 45,
        gift: { credits: 25, displayName: "Sorry for the outage", expiresAfterMinutes: 55 },
      },
    ],
  },
  {
    id: "juniper",
    about: "has a gift that pays for output only",
    share: 3,
    packs: [{ credits: 30, price: "0.28" }],
    gifts: [{ credits: 15, displayName: "Output on us", features: ["output"] }],
  },
  {
    id: "kelp",
    about: "on trial; buys when it ends",
    share: 3,
    packs: [],
    gifts: [{ credits: 10, displayName: "Trial" }],
    topUp: { pack: { credits: 75, price: "0.70" }, afterDenials: 5, atMost: 1 },
  },
  {
    id: "larch",
    about: "on trial; lets it lapse",
    share: 1,
    packs: [],
    gifts: [{ credits: 6, displayName: "Trial", expiresAfterMinutes: 15 }],
  },
];
