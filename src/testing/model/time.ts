import { hasExpired, openOf } from "./accounts.js";
import { inBurnOrder } from "./burnOrder.js";
import { settleDebts } from "./debts.js";
import { isPositive } from "./fraction.js";
import { freePins, loseFree } from "./losses.js";
import type { Cause, State, Wallet } from "./state.js";

/** Instants after the wallet's last one at which time alone does something: timeouts, expiries, activations. */
function dueInstants(wallet: Wallet, until: number): number[] {
  const timeouts = wallet.reservations.filter((reservation) => reservation.status === "held");
  const instants = [
    ...timeouts.map((reservation) => reservation.expiresAt),
    ...wallet.grants.flatMap((grant) => [grant.effectiveAt, grant.expiresAt ?? grant.effectiveAt]),
  ];
  return instants.filter((instant) => instant > wallet.clock && instant <= until).sort((a, b) => a - b);
}

/** Would a process find something to write down? What is used up has nothing that could end. */
export function isSomethingDue(wallet: Wallet, until: number): boolean {
  const grants = wallet.grants.filter((grant) => !grant.voided && isPositive(openOf(wallet, grant)));
  return dueInstants({ ...wallet, grants }, until).length > 0;
}

function timeOutReservations(state: State, wallet: Wallet, cause: Cause): void {
  for (const reservation of wallet.reservations) {
    if (reservation.status !== "held" || reservation.expiresAt !== cause.at) continue;
    reservation.status = "expired";
    reservation.headroom = null;
    // Expiries of this very instant come after the timeouts.
    freePins(state, wallet, cause, reservation, (grant) => grant.voided || hasExpired(grant, cause.at - 1));
  }
}

function expireGrants(state: State, wallet: Wallet, cause: Cause): void {
  for (const grant of inBurnOrder(state, wallet)) {
    if (grant.expiresAt === cause.at && !grant.voided) loseFree(state, wallet, cause, grant);
  }
}

/**
 * Applies all that time has made due, instant by instant: timeouts, expiries, activations (which move nothing),
 * settlement. Then the wallet's last instant is `until`.
 */
export function advance(state: State, wallet: Wallet, until: number): void {
  for (;;) {
    const [at] = dueInstants(wallet, until);
    if (at === undefined) break;
    const cause: Cause = { operationId: `due:${at}`, at };
    timeOutReservations(state, wallet, cause);
    expireGrants(state, wallet, cause);
    settleDebts(state, wallet, cause);
    wallet.clock = at;
  }
  wallet.clock = Math.max(wallet.clock, until);
}
