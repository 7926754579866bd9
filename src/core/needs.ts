import type { Known, Needs } from "./known.js";
import type { Request } from "./requests.js";
import type { Wallet } from "./wallet.js";

/**
 * What a decision has to be told of beside the open grants and records. Asked again once more is known, since a
 * withdrawal's entries name the grants that a reversal returns to.
 */
export function needsOf(request: Request, wallet: Wallet, known: Known, now: number): Needs {
  switch (request.kind) {
    case "voidGrant":
    case "amendGrant":
    case "refundGrant":
      return grantNeeds(wallet, [request.grantId]);
    case "markGrantPaid":
      return grantNeeds(wallet, [request.grantId]);
    case "recordPayment":
    case "callOffTopUp":
    case "refundTopUp":
    case "recordRefund":
      return topUpNeeds(wallet, known, request.topUpId);
    case "adjust":
      return request.grantId === null ? {} : grantNeeds(wallet, [request.grantId]);
    case "withdraw":
      return request.occurredAt === null ? {} : lapseNeeds(wallet, request.occurredAt);
    case "release":
    case "extend":
      return reservationNeeds(wallet, request.reservationId);
    case "capture":
      return captureNeeds(wallet, known, request.reservationId, now);
    case "reverse":
      return reversalNeeds(wallet, known, request.withdrawalId);
    case "endSchedule":
      return wallet.schedules.get(request.scheduleId) === undefined
        ? { schedules: [request.scheduleId] }
        : {};
    case "setBudget":
    case "plan":
    case "convert":
    case "subscribe":
    case "changePlan":
    case "addAddOn":
    case "removeAddOn":
    case "pauseSubscription":
    case "resumeSubscription":
    case "cancelSubscription":
    case "schedule":
    case "topUp":
    case "setAutoTopUp":
    case "resumeAutoTopUp":
    case "grant":
    case "reserve":
    case "setPolicy":
    case "setThresholds":
    case "publishRates":
    case "transferOut":
    case "transferIn":
      return {};
  }
}

function grantNeeds(wallet: Wallet, ids: readonly string[]): Needs {
  const closed = ids.filter((id) => wallet.openGrants.get(id) === undefined);
  return closed.length === 0 ? {} : { grants: closed };
}

function topUpNeeds(wallet: Wallet, known: Known, id: string): Needs {
  const open = wallet.topUps.get(id);
  const topUp = open ?? known.topUps.get(id);
  const topUps = open === undefined ? [id] : [];
  return topUp === undefined ? { topUps } : { topUps, ...grantNeeds(wallet, [topUp.grantId]) };
}

function lapseNeeds(wallet: Wallet, occurredAt: number): Needs {
  return wallet.lapsedAt !== null && occurredAt < wallet.lapsedAt ? { lapsedSince: occurredAt } : {};
}

function reservationNeeds(wallet: Wallet, id: string): Needs {
  return wallet.reservations.get(id) === undefined ? { reservations: [id] } : {};
}

function captureNeeds(wallet: Wallet, known: Known, id: string, now: number): Needs {
  const held = wallet.reservations.get(id);
  const reservation = held ?? known.reservations.get(id);
  if (reservation === undefined) return { reservations: [id] };
  const isLate = reservation.state === "expired" || reservation.expiresAt <= now;
  return { ...reservationNeeds(wallet, id), ...(isLate ? lapseNeeds(wallet, reservation.reservedAt) : {}) };
}

function reversalNeeds(wallet: Wallet, known: Known, id: string): Needs {
  const withdrawals = wallet.owingWithdrawals.get(id) === undefined ? [id] : [];
  const record = wallet.owingWithdrawals.get(id) ?? known.withdrawals.get(id);
  const entries = known.operations.get(id) ?? [];
  const ids = [...entries, ...(record?.settlements ?? [])].flatMap(({ grantId }) =>
    grantId === null ? [] : [grantId],
  );
  return { operations: [id], withdrawals, ...grantNeeds(wallet, [...new Set(ids)]) };
}
