export type { CallOptions, Change, CreditStore, Outcome, Read, Snapshot, StoreLimits } from "./contract.js";
export type {
  EventPage,
  ListQuery,
  Page,
  PruneQuery,
  RowOf,
  UsagePoint,
  UsageQuery,
  Where,
} from "./queries.js";
export type {
  EntryRow,
  EventRow,
  GrantRow,
  ReceiptRow,
  RecordRow,
  UsageDelta,
  WalletHead,
  WalletKey,
} from "./rows.js";
export { StoreError } from "./errors.js";
export { LAWS } from "./laws.js";
