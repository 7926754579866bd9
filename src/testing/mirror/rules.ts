import type { Call } from "../arbitraries/calls.js";
import type { ModelVerb } from "../model/requests.js";
import type { ModelEntry, ModelGrant, ModelOutcome, ModelResults } from "../model/results.js";

/** A call that was carried out, not replayed, with its result. */
type Done<Verb extends ModelVerb = ModelVerb> = {
  [Each in Verb]: {
    readonly verb: Each;
    readonly request: Extract<Call, { verb: Each }>["request"];
    readonly value: ModelResults[Each];
  };
}[Verb];

type Rule = readonly [name: string, isMet: (done: Done) => boolean];

const isSome = (amount: string): boolean => amount !== "0";

function uses(done: Done): done is Done<"withdraw" | "capture"> {
  return done.verb === "withdraw" || done.verb === "capture";
}

/** Rules that show in one call and its result, under the headings of the domain. */
const RULES: readonly Rule[] = [
  ["amounts: a zero line succeeds", (done) => uses(done) && !isSome(done.value.price)],
  ["burn order: several grants pay", (done) => uses(done) && grantsDrawn(done.value.draws) > 1],
  ["burn order: several lines share grants", (done) => uses(done) && done.value.lines.length > 1],
  ["burn order: a restricted grant", (done) => done.verb === "grant" && done.value.features !== null],
  ["enforcement: partial", (done) => done.verb === "withdraw" && isSome(done.value.shortfall)],
  ["enforcement: soft", (done) => uses(done) && isSome(done.value.overdraft)],
  ["enforcement: overage", (done) => uses(done) && isSome(done.value.overage)],
  ["late use: in the past", (done) => done.verb === "withdraw" && done.request.occurredAt !== undefined],
  ["reservations: several grants pinned", (done) => done.verb === "reserve" && done.value.pins.length > 1],
  ["reservations: headroom held", (done) => done.verb === "reserve" && isSome(done.value.overdraft)],
  ["reservations: a part captured", (done) => done.verb === "capture" && done.request.final === false],
  ["reservations: a shortfall", (done) => done.verb === "capture" && isSome(done.value.shortfall)],
  ["reservations: extended", (done) => done.verb === "extend"],
  ["corrections: up", (done) => done.verb === "adjust" && done.value.grant !== null],
  ["corrections: down", (done) => done.verb === "adjust" && done.value.draws.length > 0],
  ["corrections: of one grant", (done) => done.verb === "adjust" && done.request.grantId !== undefined],
  ["corrections: reversed in part", (done) => done.verb === "reverse" && done.request.amount !== undefined],
  ["corrections: reversed overage", (done) => done.verb === "reverse" && isSome(done.value.overage)],
  ["corrections: reversed debt", (done) => done.verb === "reverse" && isSome(done.value.overdraft)],
  ["corrections: regranted", (done) => done.verb === "reverse" && done.value.grants.length > 0],
  [
    "corrections: refunded in part",
    (done) => done.verb === "refundGrant" && done.value.grant.status === "active",
  ],
  ["corrections: transferred", (done) => done.verb === "transfer" && done.value.grants.length > 0],
  ["corrections: voided while held", (done) => done.verb === "voidGrant" && isSome(done.value.held)],
  ["money: a use recognises", (done) => uses(done) && done.value.draws.some(({ cost }) => cost !== null)],
  ["money: without minor units", (done) => done.verb === "grant" && done.value.cost?.currency === "JPY"],
];

function grantsDrawn(draws: ModelResults["withdraw"]["draws"]): number {
  return new Set(draws.map(({ grantId }) => grantId)).size;
}

/** Rules that show in a wallet's books. */
const BOOK_RULES: readonly (readonly [
  name: string,
  isMet: (entries: readonly ModelEntry[], grants: readonly ModelGrant[]) => boolean,
])[] = [
  ["time: several effects at one instant", (entries) => hasEffectsTogether(entries)],
  ["time: a request at the instant of an effect", (entries) => hasRequestBesideEffect(entries)],
  ["late use: an expiry reversed", (entries) => entries.some(({ type }) => type === "expiry_reversed")],
  ["reservations: pinned credits outlive expiry", capturesAfterExpiry],
  ["money: breakage", (_, grants) => grants.some(({ breakage }) => isSome(breakage?.amount ?? "0"))],
  ["money: refunded", (_, grants) => grants.some(({ refundedCost }) => isSome(refundedCost?.amount ?? "0"))],
  ["money: moved", (_, grants) => grants.some(({ movedCost }) => isSome(movedCost?.amount ?? "0"))],
  ["money: several monies in one wallet", (_, grants) => moniesOf(grants) > 1],
  ["money: settled debts recognise", (entries) => entries.some(recognisesSettlement)],
];

function isDue({ operationId }: ModelEntry): boolean {
  return operationId.startsWith("due:");
}

function hasEffectsTogether(entries: readonly ModelEntry[]): boolean {
  return entries.some((entry, index) => {
    const next = entries[index + 1];
    return next !== undefined && isDue(entry) && isDue(next) && entry.recordedAt === next.recordedAt;
  });
}

function hasRequestBesideEffect(entries: readonly ModelEntry[]): boolean {
  return entries.some((entry, index) => {
    const next = entries[index + 1];
    return next !== undefined && isDue(entry) && !isDue(next) && entry.recordedAt === next.recordedAt;
  });
}

/** Not those of a hold that timed out: they are late use, for which the expiry is reversed. */
function capturesAfterExpiry(entries: readonly ModelEntry[], grants: readonly ModelGrant[]): boolean {
  const expiries = new Map(grants.map(({ id, expiresAt }) => [id, expiresAt]));
  const late = new Set(
    entries.flatMap((entry) => (entry.type === "expiry_reversed" ? entry.operationId : [])),
  );
  return entries.some(({ type, reservationId, grantId, recordedAt, operationId }) => {
    const expiresAt = expiries.get(grantId ?? "") ?? null;
    const isCapture = type === "consumed" && reservationId !== null && !late.has(operationId);
    return isCapture && expiresAt !== null && expiresAt <= recordedAt;
  });
}

function recognisesSettlement({ type, account, cost }: ModelEntry): boolean {
  return type === "overdraft_settled" && account === "grant" && cost !== null;
}

function moniesOf(grants: readonly ModelGrant[]): number {
  return new Set(grants.flatMap(({ cost }) => cost?.currency ?? [])).size;
}

export const RULE_NAMES: readonly string[] = [...RULES, ...BOOK_RULES].map(([name]) => name);

/** The rules that a call has met. */
export function rulesMetBy(call: Call, outcome: ModelOutcome): readonly string[] {
  if (!outcome.ok || outcome.value.replayed) return [];
  // A call and its outcome are of the same verb.
  const done = { verb: call.verb, request: call.request, value: outcome.value } as Done;
  return RULES.filter(([, isMet]) => isMet(done)).map(([name]) => name);
}

/** The rules that a wallet's books show. */
export function rulesSeenIn(
  entries: readonly ModelEntry[],
  grants: readonly ModelGrant[],
): readonly string[] {
  return BOOK_RULES.filter(([, isMet]) => isMet(entries, grants)).map(([name]) => name);
}
