import { describe, expect, it } from "vitest";
import { type Policy, limitOf } from "../../src/core/policy.js";

const overage = (limit: bigint | null, consent: Extract<Policy, { mode: "overage" }>["consent"]) =>
  limitOf({ mode: "overage", price: { amount: "0.01", currency: "USD" }, limit, consent });
const agreed = (limit: bigint | null) => ({ by: "ann", at: 0, limit });

describe("the limit that holds", () => {
  it("is the policy's", () => {
    expect([limitOf({ mode: "soft", limit: 5n }), limitOf({ mode: "soft", limit: null })]).toEqual([
      5n,
      null,
    ]);
    expect([overage(5n, null), overage(5n, "required"), overage(null, null)]).toEqual([5n, 5n, null]);
  });

  it("or the smaller one of it and the consent's", () => {
    expect([overage(5n, agreed(4n)), overage(5n, agreed(6n)), overage(5n, agreed(null))]).toEqual([
      4n,
      5n,
      5n,
    ]);
    expect([overage(null, agreed(4n)), overage(null, agreed(null)), overage(5n, agreed(0n))]).toEqual([
      4n,
      null,
      0n,
    ]);
  });
});
