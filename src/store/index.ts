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
export { checkBounds } from "./intake/bounds.js";
export { checkChanges, checkDecided, checkListQuery, checkReads } from "./intake/check.js";
export { type Cursor, type Place, readCursor, writeCursor } from "./intake/cursor.js";
export { checkRowCount } from "./intake/limits.js";
