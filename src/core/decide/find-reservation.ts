import type { Draft } from "../draft.js";
import { CreditError } from "../errors.js";
import type { Reservation } from "../records.js";

export function findReservation(draft: Draft, id: string): Reservation {
  const reservation = draft.reservation(id);
  if (reservation !== undefined) return reservation;
  const reservationId = draft.terms.publicId("rs", id);
  throw new CreditError(
    "reservation_not_found",
    `There is no reservation "${reservationId}" in this wallet. Pass the \`id\` that reserve returned.`,
    { reservationId },
  );
}

export function closedReservation(draft: Draft, { id, state }: Reservation): CreditError {
  const reservationId = draft.terms.publicId("rs", id);
  return new CreditError(
    "reservation_closed",
    `Reservation "${reservationId}" was ${state === "captured" ? "captured finally" : "released"}; reserve again, or withdraw.`,
    { reservationId, state },
  );
}

export function expiredReservation(draft: Draft, { id, expiresAt }: Reservation): CreditError {
  const reservationId = draft.terms.publicId("rs", id);
  return new CreditError(
    "reservation_expired",
    `Reservation "${reservationId}" timed out at ${expiresAt} (UTC ms) and holds nothing any more. Capture it without \`strict\` to charge what is there, or reserve again.`,
    { reservationId, expiresAt },
  );
}
