import type { BillingProvider, Payment, PaymentStatus } from "coffer/billing";

/** One thing that may happen to a call: it does not arrive, its answer is lost, or it arrives after its caller gave up. */
export type Mishap = "none" | "unreached" | "lost" | "late";

interface Book {
  readonly payments: Map<string, Payment>;
  /** Requests on their way whose callers have given up. */
  readonly underWay: (() => void)[];
}

/** Keeps the port's laws, and loses what the laws let it lose. */
export interface Misbehaving extends Book {
  readonly port: BillingProvider;
  /** The customer or the bank does something; notices come by `recordPayment`, or do not. */
  move(key: string, status: PaymentStatus): void;
}

export interface Character {
  readonly tells: boolean;
  readonly cancels: boolean;
  /** Payments that are on their way can not be stopped. */
  readonly stops: boolean;
  readonly next: () => { readonly mishap: Mishap; readonly status: PaymentStatus };
}

const IS_OPEN: ReadonlySet<PaymentStatus> = new Set(["pending", "requires_action"]);

export function isOpen({ status }: Payment): boolean {
  return IS_OPEN.has(status);
}

export function misbehaving({ tells, cancels, stops, next }: Character): Misbehaving {
  const payments = new Map<string, Payment>();
  const underWay: (() => void)[] = [];
  const call = async <Answer>(mishap: Mishap, work: () => Answer): Promise<Answer> => {
    if (mishap === "late") underWay.push(work);
    if (mishap === "unreached" || mishap === "late") throw new Error("the connection broke");
    const answer = work();
    if (mishap === "lost") throw new Error("the connection broke before the answer");
    return answer;
  };
  const move = (key: string, status: PaymentStatus) => {
    const before = payments.get(key);
    if (before !== undefined && isOpen(before)) payments.set(key, { ...before, status });
  };
  const charge: BillingProvider["charge"] = ({ key, subtotal }) => {
    const { mishap, status } = next();
    return call(mishap, () => {
      const made = payments.get(key) ?? { id: `pay_${payments.size + 1}`, status, total: subtotal };
      payments.set(key, made);
      return made;
    });
  };
  const payment: NonNullable<BillingProvider["payment"]> = ({ key }) =>
    call(next().mishap, () => payments.get(key) ?? null);
  const cancel: NonNullable<BillingProvider["cancel"]> = ({ key }) =>
    call(next().mishap, () => {
      if (stops) move(key, "canceled");
      return payments.get(key) ?? null;
    });
  const unused = async (): Promise<never> => Promise.reject(new Error("not asked for here"));
  const port = {
    charge,
    refund: unused,
    invoice: unused,
    ...(tells ? { payment } : {}),
    ...(cancels ? { cancel } : {}),
  };
  return { port, payments, underWay, move };
}
