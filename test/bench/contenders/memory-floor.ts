import { createHash } from "node:crypto";
import type { Contender } from "../measure/compare.js";
import { drive } from "../measure/drive.js";
import { CREDITS_AT_FIRST, TOKENS_PER_CALL, UNITS_PER_CALL, keyMaker } from "./catalog.js";

interface Posting {
  readonly account: string;
  readonly amount: bigint;
  readonly key: string;
}

interface Receipt {
  readonly fingerprint: Buffer;
  readonly result: { readonly amount: bigint; readonly available: bigint };
}

/** The least that a credit counter in memory does: a map, grants in order, a fingerprint of the request, two postings. */
class Floor {
  readonly grants = [{ id: "first", remaining: BigInt(CREDITS_AT_FIRST) * 1_000_000n }];
  readonly postings: Posting[] = [];
  private readonly receipts = new Map<string, Receipt>();

  async withdraw(request: {
    readonly customerId: string;
    readonly feature: string;
    readonly quantity: number;
    readonly idempotencyKey: string;
  }): Promise<Receipt["result"]> {
    const { idempotencyKey: key, ...what } = request;
    const fingerprint = createHash("sha256").update(JSON.stringify(what)).digest();
    const before = this.receipts.get(key);
    if (before !== undefined) {
      if (!before.fingerprint.equals(fingerprint)) throw new Error("another request under this key");
      return before.result;
    }
    const amount = (BigInt(request.quantity) * 1_000_000n) / 1_000n;
    const grant = this.grants.find(({ remaining }) => remaining >= amount);
    if (grant === undefined) throw new Error("insufficient credits");
    grant.remaining -= amount;
    this.postings.push(
      { account: grant.id, amount: -amount, key },
      { account: request.feature, amount, key },
    );
    const result = { amount, available: grant.remaining };
    this.receipts.set(key, { fingerprint, result });
    return result;
  }
}

export function memoryFloor({ callers, ms }: { readonly callers: number; readonly ms: number }): Contender {
  const floor = new Floor();
  const key = keyMaker("request");
  return {
    name: "floor: a map and two postings",
    round: () =>
      drive(callers, ms, () =>
        floor.withdraw({
          customerId: "acme",
          feature: "chat",
          quantity: TOKENS_PER_CALL,
          idempotencyKey: key(),
        }),
      ),
    check: async () => {
      const spent = BigInt(floor.postings.length / 2) * UNITS_PER_CALL;
      const left = floor.grants[0]?.remaining ?? 0n;
      if (left + spent !== BigInt(CREDITS_AT_FIRST) * 1_000_000n) throw new Error("the floor lost credits");
    },
  };
}
