import type { Draft } from "../draft.js";
import { CreditError } from "../errors.js";
import type { Reservation } from "../records.js";

export function findReservation(draft: Draft, id: string): Reservation {
  const reservation = draft.reservation(id);
  if (reservation !== undefined) return reservation;
  throw new CreditError(
    "reservation_not_found",
    `There is no reservation "${id}" in this wallet. Pass the \`id\` that reserve returned.`,
    { reservationId: id },
  );
}

export function closedReservation({ id, state }: Reservation): CreditError {
  return new CreditError(
    "reservation_closed",
    `Reservation "${id}" was ${state === "captured" ? "captured finally" : "released"}; reserve again, or withdraw.`,
    { reservationId: id, state },
  );
}

export function expiredReservation({ id, expiresAt }: Reservation): CreditError {
  return new CreditError(
    "reservation_expired",
    `Reservation "${id}" timed out at ${expiresAt} (UTC ms) and holds nothing any more. Capture it without \`strict\` to charge what is there, or reserve again.`,
    { reservationId: id, expiresAt },
  );
}
