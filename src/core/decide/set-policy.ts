import type { Draft } from "../draft.js";
import { policyOf } from "../past-zero.js";
import type { SetPolicyRequest } from "../requests.js";
import type { PolicyResult } from "../results.js";

/** Rules for what is decided from now on: nothing owed is forgiven or converted. */
export function setPolicy(draft: Draft, { policy }: SetPolicyRequest): PolicyResult {
  draft.wallet = { ...draft.wallet, policy };
  return { kind: "policy", policy: policyOf(draft) };
}
