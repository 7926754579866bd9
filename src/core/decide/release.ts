import { endHold } from "../advance.js";
import type { Draft } from "../draft.js";
import type { ReleaseRequest, ExtendRequest } from "../requests.js";
import type { ReservationResult } from "../results.js";
import { settle } from "../settle.js";
import { closedReservation, expiredReservation, findReservation } from "./find-reservation.js";
import { reservationResult, timeoutAfter } from "./reserve.js";

/** Gives back what is held. Releasing twice does nothing more. */
export function release(draft: Draft, request: ReleaseRequest): ReservationResult {
  const reservation = findReservation(draft, request.reservationId);
  if (reservation.state === "captured") throw closedReservation(draft, reservation);
  if (reservation.state !== "released") endHold(draft, reservation, "released");
  settle(draft);
  return reservationResult(draft, findReservation(draft, reservation.id));
}

/** Moves the timeout to `expiresIn` from now. */
export function extend(draft: Draft, request: ExtendRequest): ReservationResult {
  const reservation = findReservation(draft, request.reservationId);
  if (reservation.state === "expired") throw expiredReservation(draft, reservation);
  if (reservation.state !== "held") throw closedReservation(draft, reservation);
  const expiresAt = timeoutAfter(draft, request.expiresIn, reservation.reservedAt);
  draft.setReservation({ ...reservation, expiresAt });
  return reservationResult(draft, findReservation(draft, reservation.id));
}
