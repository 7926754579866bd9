import type { GrantRow } from "../../../store/rows.js";
import { amount, flag, integer, key, optional, part, text, walletId } from "../columns.js";
import type { Placed, Table } from "./table.js";
import { PART_MEANS, WALLET_MEANS } from "./wallet.js";

export const grant: Table<Placed<GrantRow>> = {
  name: "grant",
  means:
    "One row per grant. amount = remaining + held + consumed + expired + voided + adjusted + refunded + moved.",
  columns: {
    part: part(PART_MEANS),
    wallet: walletId(WALLET_MEANS),
    id: key(512)("Local to the wallet."),
    open: flag("False once nothing remains and nothing is held."),
    status: key<GrantRow["status"]>(64)("pending, scheduled, active, depleted, expired or voided."),
    category: key<GrantRow["category"]>(64)("paid or promotional."),
    source: text("Where it came from, as the app named it."),
    priority: integer("Lower burns first."),
    effectiveAt: integer("Usable from this instant, in UTC milliseconds."),
    expiresAt: optional(integer("Usable before this instant; null: it does not expire.")),
    createdAt: integer("When it was made."),
    closedAt: optional(integer("When it closed.")),
    amount: amount("Credits granted, in the currency's smallest unit."),
    remaining: amount("Free credits."),
    held: amount("Held by reservations."),
    consumed: amount("Used."),
    expired: amount("Lost to expiry."),
    voided: amount("Taken back by a void."),
    adjusted: amount("Taken by adjustments."),
    refunded: amount("Refunded."),
    moved: amount("Moved to another wallet or grant."),
    cost: optional(
      amount(
        "What was paid, in minor units of the money; null if promotional. cost = deferred + the four below.",
      ),
    ),
    costCurrency: optional(key(64)("Currency of that money.")),
    costRecognised: amount("Recognised as revenue by use, in minor units."),
    costBreakage: amount("Recognised as breakage, in minor units."),
    costRefunded: amount("Refunded, in minor units."),
    costMoved: amount("Moved on with the credits, in minor units."),
    restartDeferred: amount("Deferred money when recognition last started anew, in minor units."),
    restartOpen: amount("Open credits at that moment."),
    detail: text("JSON: features, names, metadata, links."),
  },
  key: ["part", "wallet", "id"],
  indexes: [
    { name: "grant_open", columns: ["part", "wallet", "open"], where: "open" },
    { name: "grant_lapsed", columns: ["part", "wallet", "closed_at"], where: "expired > 0" },
  ],
};
