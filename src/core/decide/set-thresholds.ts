import type { Draft } from "../draft.js";
import type { SetThresholdsRequest } from "../requests.js";
import type { ThresholdsResult } from "../results.js";
import { thresholdsOf } from "../thresholds.js";
import { withThresholds } from "../wallet-index.js";

/** At what is told from now on: what was crossed before is not told for that. */
export function setThresholds(draft: Draft, { thresholds }: SetThresholdsRequest): ThresholdsResult {
  draft.wallet = withThresholds(draft.wallet, draft.terms.currency.noticeLeads, thresholds);
  return { kind: "thresholds", thresholds: thresholdsOf(draft.wallet, draft.terms) };
}
