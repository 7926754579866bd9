/** A small ledger with every kind of field in it, and another wallet's beside it. */
import { CreditError } from "coffer";
import { DAY, START, type Verbs, newKey } from "../engine/support.js";

export const ACME = { customerId: "acme", currency: "tokens" } as const;
export const EVE = { customerId: "eve", currency: "tokens" } as const;

/** When the last entry has been written. */
export const END: number = START + 2 * DAY;

const WHO = { actor: "ann", reason: "because" } as const;
const PRICE = { amount: "0.01", currency: "USD" } as const;

/** Writes it by the engine, whose clock the caller drives. */
export async function writeLedger(credits: Verbs, setTime: (instant: number) => void): Promise<void> {
  setTime(START);
  const paid = { category: "paid", cost: { amount: "3.00", currency: "USD" } } as const;
  for (const wallet of [ACME, EVE]) {
    await credits.grant({ ...wallet, ...paid, ...WHO, amount: 10, idempotencyKey: newKey() });
    await credits.setPolicy({ ...wallet, policy: { mode: "overage", price: PRICE } });
  }
  for (const { customerId } of [ACME, EVE]) {
    const usage = { customerId, feature: "unit", dimensions: { team: "red" } } as const;
    await credits.withdraw({ ...usage, ...WHO, quantity: 4, idempotencyKey: newKey() });
    const hold = { customerId, feature: "unit", quantity: 3, expiresIn: { days: 6 } } as const;
    const { id } = await credits.reserve({ ...hold, idempotencyKey: newKey() });
    setTime(START + DAY);
    await credits.capture({ reservationId: id, quantity: 2, idempotencyKey: newKey() });
    const over = { customerId, feature: "unit", quantity: 6, idempotencyKey: newKey() } as const;
    await credits.withdraw(over);
  }
  setTime(END);
  await credits.grant({ ...ACME, amount: 5, category: "promotional", idempotencyKey: newKey() });
}

/** What became of a tampered ledger. */
export type Verdict =
  | { readonly kind: "ok"; readonly head: string }
  | { readonly kind: "wrong"; readonly entries: number; readonly seq: number; readonly isEntry: boolean }
  /** The store or the engine would not read it. */
  | { readonly kind: "refused"; readonly message: string };

export async function verdictOn(credits: Verbs, wallet: typeof ACME | typeof EVE = ACME): Promise<Verdict> {
  try {
    const verification = await credits.verifyLedger(wallet);
    if (verification.ok) return { kind: "ok", head: verification.head };
    const { entries, wrong } = verification;
    return { kind: "wrong", entries, seq: wrong.seq, isEntry: wrong.entryId !== null };
  } catch (error) {
    if (!CreditError.is(error)) throw error;
    return { kind: "refused", message: error.message };
  }
}
