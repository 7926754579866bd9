import type { WalletHead } from "../../../store/rows.js";
import { amount, bytes, integer, key, optional, part, text, walletId } from "../columns.js";
import type { Placed, Table } from "./table.js";

/** True of every row, and said by listings of a customer only: see the receipts' index by time. */
const EVERY_WALLET = "customer_id >= ''";

export const WALLET_MEANS = "The wallet: 63 bits of a hash of customer, currency and scope.";
export const PART_MEANS =
  "A hash of the customer, 0–255: it leads every key, and a customer's rows never leave it.";

export const wallet: Table<Placed<WalletHead>> = {
  name: "wallet",
  means: "One row per wallet: its version, its clock and its sums.",
  columns: {
    part: part(PART_MEANS),
    wallet: walletId(WALLET_MEANS),
    customerId: key(255)("The customer; empty for the engine's own wallets."),
    currency: key(255)("The currency of its credits."),
    scope: key(255)("The scope; empty for the customer's main wallet."),
    version: integer(
      "Grows by one with each commit. 0: the row only reserves a place, no wallet is there yet.",
    ),
    clock: integer("The wallet's own time, in UTC milliseconds; it never goes back."),
    seq: integer("Number of its last ledger entry."),
    ledgerHash: bytes("The hash chain's head: the hash of the last entry."),
    eventNo: integer("Number of its last event."),
    receiptNo: integer("Number of its last receipt."),
    balance: amount(
      "Credits on all grants less what is owed, in the currency's smallest unit: the ledger's sum without overage.",
    ),
    held: amount("Of these, held by reservations."),
    overdraft: amount("Credits owed."),
    overage: amount("Credits used beyond the balance and billed, net of all time."),
    dueAt: optional(integer("The next instant at which time alone changes the wallet; null: none.")),
    lapsedAt: optional(integer("The latest instant at which a grant lost credits to expiry.")),
    settings: text("JSON: policy, the currency's scale, the currency of its money."),
  },
  key: ["part", "wallet"],
  indexes: [
    { name: "wallet_due", columns: ["part", "due_at"], where: "due_at is not null" },
    { name: "wallet_customer", columns: ["part", "customer_id"], where: EVERY_WALLET },
  ],
};
