import { advance } from "../core/advance.js";
import type { Draft } from "../core/draft.js";
import type { StoreLimits } from "../store/contract.js";
import { StoreError } from "../store/errors.js";

/** What time has made due fills a part of a change at most: the rest of it takes another one. */
const DUE_SHARE = 4;

export function mostDueChanges({ rowsPerChange }: StoreLimits): number {
  return rowsPerChange / DUE_SHARE;
}

/** For a decision on several wallets. @throws StoreError `limit` where more is due than is written beside it. */
export function advanceForDecision(draft: Draft, now: number, limits: StoreLimits): void {
  if (advance(draft, now, mostDueChanges(limits))) return;
  throw new StoreError("limit", "More is due in this wallet than is written beside what is asked.");
}
