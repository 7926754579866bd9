import { type CreditEngine, CreditError, defineCatalog } from "coffer";
import type { WalletCall, WalletOutcome } from "coffer/testing";

export const catalog = defineCatalog({
  currencies: { tokens: { name: "AI tokens" } },
  features: { chat: { currency: "tokens", rate: { credits: 1 } } },
});

export type Credits = CreditEngine<typeof catalog>;

/** Asks the engine, and gives what the caller was told; null where the store did not say whether it wrote. */
export async function ask(credits: Credits, call: WalletCall): Promise<WalletOutcome | null> {
  try {
    return await answer(credits, call);
  } catch (error) {
    return refusal(error);
  }
}

async function answer(credits: Credits, call: WalletCall): Promise<WalletOutcome> {
  const customerId = call.wallet;
  if (call.kind === "balance") {
    const { available } = await credits.balance({ customerId, currency: "tokens" });
    return { kind: "read", available: BigInt(available.toFixed()) };
  }
  const given = { customerId, idempotencyKey: call.key };
  const done =
    call.kind === "grant"
      ? await credits.grant({ ...given, currency: "tokens", amount: call.amount, category: "promotional" })
      : await credits.withdraw({ ...given, feature: "chat", quantity: call.amount });
  return { kind: "done", id: done.id, available: BigInt(done.available.toFixed()) };
}

function refusal(error: unknown): WalletOutcome | null {
  if (!CreditError.is(error)) throw error;
  switch (error.code) {
    case "insufficient_credits":
      return { kind: "denied", available: BigInt(String(error.details["available"])) };
    case "idempotency_conflict":
      return { kind: "conflict" };
    case "store_conflict":
      return { kind: "none" };
    case "store_unavailable":
      return saysNothingWasWritten(error) ? { kind: "none" } : null;
    default:
      throw error;
  }
}

/** The words that callers act upon; a read has nothing to write, and says neither. */
export function saysNothingWasWritten(error: CreditError): boolean {
  return error.message.includes("Nothing was written");
}
