import type { Attachment } from "./attachments.js";
import type { Budget } from "./budget.js";
import type { RateHistory } from "./rate-book.js";
import type { OveragePeriod, Reservation, WithdrawalRecord } from "./records.js";
import type { Schedule } from "./schedule.js";
import type { Subscription } from "./subscription.js";
import type { TierCount } from "./tier-period.js";
import type { AutoTopUp, TopUp } from "./top-up.js";

/** A record that a decision changed. `open`: whether it goes on coming with the wallet. */
export type RecordChange =
  | { readonly kind: "reservation"; readonly record: Reservation }
  | { readonly kind: "withdrawal"; readonly record: WithdrawalRecord }
  | { readonly kind: "schedule"; readonly record: Schedule }
  | { readonly kind: "plan"; readonly record: Attachment; readonly open: boolean }
  | { readonly kind: "budget"; readonly record: Budget; readonly open: boolean }
  | { readonly kind: "subscription"; readonly record: Subscription }
  | { readonly kind: "rate"; readonly record: RateHistory }
  | { readonly kind: "topUp"; readonly record: TopUp }
  | { readonly kind: "autoTopUp"; readonly record: AutoTopUp }
  | { readonly kind: "tiers"; readonly record: readonly TierCount[] }
  | { readonly kind: "overage"; readonly record: OveragePeriod; readonly open: boolean };
