import type { UsageDelta } from "../../../store/rows.js";
import { amount, integer, key, part, walletId } from "../columns.js";
import type { Placed, Table } from "./table.js";
import { PART_MEANS, WALLET_MEANS } from "./wallet.js";

export const usage: Table<Placed<UsageDelta>> = {
  name: "usage",
  means: "Counters for charts: use of each feature by quarter-hours. Reversals count negative.",
  columns: {
    part: part(PART_MEANS),
    wallet: walletId(WALLET_MEANS),
    bucketAt: integer("Start of the quarter-hour, in UTC milliseconds."),
    feature: key(255)("The feature."),
    group: key(384)("JSON: values of the dimensions that charts group by; empty for none.", "dimensions"),
    quantity: amount("Whole units used."),
    quantityFraction: amount("And the rest, in units of 10^-12."),
    amount: amount("Credits used, in the currency's smallest unit."),
    count: integer("Uses.", "uses"),
  },
  key: ["part", "wallet", "bucketAt", "feature", "group"],
  isSmallRowed: true,
  indexes: [],
};
