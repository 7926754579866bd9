import { createHash } from "node:crypto";
import { TOKENS_PER_CALL, UNITS_PER_CALL } from "./catalog.js";

/** Where a wallet's rows stand. */
export interface Place {
  readonly customerId: string;
  readonly part: string;
  readonly wallet: string;
}

/** Of a wallet's row, as drivers give them. */
export interface Head {
  readonly seq: string;
  readonly receipt_no: string;
  readonly balance: string;
  readonly ledger_hash: Buffer;
}

export interface GrantLeft {
  readonly id: string;
  readonly remaining: string;
}

const QUARTER_HOUR_MS = 900_000;

/** What a careful team decides by hand between reading and writing: all columns of the rows that it writes. */
export function decideNaively(
  { customerId }: Place,
  {
    head,
    grant,
    isUsed,
  }: { readonly head: Head | undefined; readonly grant: GrantLeft | undefined; readonly isUsed: boolean },
) {
  if (head === undefined || grant === undefined || isUsed) throw new Error("not decided here");
  if (BigInt(grant.remaining) < UNITS_PER_CALL) throw new Error("insufficient credits");
  const now = Date.now();
  const seq = Number(head.seq) + 1;
  const balance = BigInt(head.balance) - UNITS_PER_CALL;
  const operationId = `${now}-${seq}`;
  const request = JSON.stringify({ customerId, feature: "chat", quantity: TOKENS_PER_CALL });
  return {
    grantId: grant.id,
    now,
    seq,
    balance,
    operationId,
    detail: `{"quantity":"${TOKENS_PER_CALL}"}`,
    hash: createHash("sha256")
      .update(head.ledger_hash)
      .update(JSON.stringify([seq, operationId, String(balance)]))
      .digest(),
    receiptNo: Number(head.receipt_no) + 1,
    request,
    requestHash: createHash("sha256").update(request).digest().subarray(0, 16),
    result: JSON.stringify({ id: operationId, price: String(UNITS_PER_CALL), available: String(balance) }),
    bucketAt: now - (now % QUARTER_HOUR_MS),
  };
}
