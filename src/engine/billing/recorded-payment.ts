import { minorAmount } from "../../catalog/inputs.js";
import { CreditError, invalidInput } from "../../core/errors.js";
import type { RecordPaymentRequest } from "../../core/payment-requests.js";
import type { TopUp } from "../../core/top-up.js";
import { topUpFromRow } from "../record-rows.js";
import type { Services } from "../services.js";
import type { WalletHandle } from "../wallet-handles.js";
import type { ParsedPayment } from "./schemas.js";

/** A top-up by its place. */
export interface TopUpPlace {
  readonly handle: WalletHandle;
  /** Local. */
  readonly topUpId: string;
}

/** As it is stored now. @throws CreditError `top_up_not_found` */
export async function storedTopUp(services: Services, { handle, topUpId }: TopUpPlace): Promise<TopUp> {
  const records = [{ kind: "topUp", id: topUpId }];
  const snapshot = await services.snapshotOf({ key: handle.key, records });
  const row =
    snapshot.asked.records.find(({ id }) => id === topUpId) ??
    snapshot.records.find(({ kind, id }) => kind === "topUp" && id === topUpId);
  if (row !== undefined) return topUpFromRow(row);
  const id = handle.terms.publicId("tu", topUpId);
  throw new CreditError(
    "top_up_not_found",
    `There is no top-up "${id}". Pass the \`id\` that topUp returned.`,
    {
      topUpId: id,
    },
  );
}

/** What a provider tells, as the rules take it: in the money of the top-up. */
export async function recordedPayment(
  services: Services,
  place: TopUpPlace,
  payment: ParsedPayment,
): Promise<RecordPaymentRequest> {
  const { price } = await storedTopUp(services, place);
  const minor = (money: ParsedPayment["tax"], field: string): bigint | null => {
    if (money === undefined || money === null) return null;
    if (money.currency !== price.currency)
      throw invalidInput(`\`${field}\` is in ${money.currency}; this top-up is paid in ${price.currency}.`, {
        field,
      });
    return minorAmount(money, field);
  };
  return {
    kind: "recordPayment",
    topUpId: place.topUpId,
    status: payment.status,
    told: {
      id: payment.id,
      reason: payment.reason ?? null,
      tax: minor(payment.tax, "payment.tax"),
      total: minor(payment.total, "payment.total"),
      actionUrl: payment.actionUrl ?? null,
      receiptUrl: payment.receiptUrl ?? null,
      invoiceUrl: payment.invoiceUrl ?? null,
    },
    refundedGross: minor(payment.refunded, "payment.refunded"),
  };
}
