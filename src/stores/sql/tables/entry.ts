import type { EntryRow } from "../../../store/rows.js";
import { amount, bytes, integer, key, optional, part, text, walletId } from "../columns.js";
import type { Placed, Table } from "./table.js";
import { PART_MEANS, WALLET_MEANS } from "./wallet.js";

export const entry: Table<Placed<EntryRow>> = {
  name: "entry",
  means:
    "The ledger: one row per movement on one account, never changed. A wallet's amounts on grants and overdraft sum to its balance.",
  columns: {
    part: part(PART_MEANS),
    wallet: walletId(WALLET_MEANS),
    recordedAt: integer("When the books count it, in UTC milliseconds."),
    seq: integer("1, 2, 3, … in the wallet, without a gap."),
    type: key(64)("granted, consumed, expired, …"),
    account: key<EntryRow["account"]>(64)("grant, overdraft or overage."),
    amount: amount("What the account gained, in the currency's smallest unit; negative: what it lost."),
    balanceAfter: amount("The wallet's balance after it."),
    grantId: optional(key(512)("The grant that moved.")),
    operationId: key(255)("The operation that it belongs to."),
    reservationId: optional(key(512)("The reservation that was captured.")),
    feature: optional(key(255)("The feature that was used.")),
    cost: optional(amount("Money that moved with it, in minor units.")),
    costCurrency: optional(key(64)("Currency of that money.")),
    actor: optional(text("Who did it.")),
    reason: optional(text("Why.")),
    occurredAt: integer("When the use took place."),
    detail: optional(text("JSON: quantity, dimensions, rate version, cause.")),
    hash: bytes("SHA-256 over the hash before it and this entry."),
  },
  key: ["part", "wallet", "recordedAt", "seq"],
  isSmallRowed: true,
  indexes: [],
};
