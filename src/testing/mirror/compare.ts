import type { ModelVerb } from "../model/index.js";
import type { Plain } from "./plain.js";
import type { Call } from "../arbitraries/calls.js";

const GRANT = [
  "id",
  "customerId",
  "currency",
  "amount",
  "remaining",
  "held",
  "consumed",
  "expired",
  "voided",
  "adjusted",
  "refunded",
  "moved",
  "status",
  "category",
  "source",
  "priority",
  "effectiveAt",
  "expiresAt",
  "features",
  "cost",
  "deferred",
  "recognised",
  "breakage",
  "refundedCost",
  "movedCost",
  "originGrantId",
  "displayName",
  "createdAt",
];

const WITHDRAWAL = [
  "id",
  "price",
  "amount",
  "draws",
  "lines",
  "overdraft",
  "overage",
  "shortfall",
  "available",
  "reservationId",
  "replayed",
];

const GRANT_RESULT = [...GRANT, "available", "replayed"];

const RESERVATION = [
  "id",
  "status",
  "price",
  "held",
  "pins",
  "lines",
  "overdraft",
  "overage",
  "available",
  "expiresAt",
  "replayed",
];

type Compared = ModelVerb | "balance" | "grants" | "ledger";

/** The fields of each answer that are compared: those that both sides have by api.md. */
export const FIELDS: Readonly<Record<Compared, readonly string[]>> = {
  grant: GRANT_RESULT,
  voidGrant: GRANT_RESULT,
  amendGrant: GRANT_RESULT,
  withdraw: WITHDRAWAL,
  capture: WITHDRAWAL,
  reserve: RESERVATION,
  extend: RESERVATION,
  release: RESERVATION,
  adjust: ["amount", "grant", "draws", "available", "replayed"],
  reverse: ["withdrawalId", "amount", "overage", "overdraft", "returns", "grants", "available", "replayed"],
  refundGrant: ["amount", "cost", "grant", "available", "replayed"],
  transfer: ["amount", "draws", "grants", "available", "replayed"],
  setPolicy: ["replayed"],
  balance: ["available", "held", "scheduled", "balance", "net", "overdraft", "overage"],
  grants: GRANT,
  ledger: [
    "seq",
    "type",
    "account",
    "amount",
    "balanceAfter",
    "grantId",
    "reservationId",
    "feature",
    "quantity",
    "dimensions",
    "cost",
    "occurredAt",
    "recordedAt",
  ],
};

/** Where two plain values differ, path by path. */
export function differences(path: string, expected: Plain, got: Plain): string[] {
  if (typeof expected === "object" && typeof got === "object") {
    const [mine, theirs] = [expected as Record<string, Plain>, got as Record<string, Plain>];
    const names = [...new Set([...Object.keys(mine), ...Object.keys(theirs)])];
    return names.flatMap((name) => differences(`${path}.${name}`, mine[name], theirs[name]));
  }
  return expected === got
    ? []
    : [`${path}: model ${JSON.stringify(expected)}, engine ${JSON.stringify(got)}`];
}

const FAULTS = ["invalid_input", "unknown_feature", "no_rate", "over_limit", "occurred_at_out_of_window"];
const STATES = ["grant_closed", "grant_not_found", "reservation_closed", "reservation_expired"];

/** Whether both codes name what is wrong with a request as such; which comes first, where several are, is open. */
export function areFaults(...codes: (string | undefined)[]): boolean {
  return codes.every((code) => code !== undefined && [...FAULTS, ...STATES].includes(code));
}

/** Whether a request has a fault that shows without any state: then it may have others beside it. */
export function hasFault(call: Call): boolean {
  const severalItems = call.verb === "capture" && (call.request.items?.length ?? 0) > 1;
  return severalItems || /"nothing"|"-\d|\.\d{13}|"\d{13}/.test(JSON.stringify(call.request));
}
