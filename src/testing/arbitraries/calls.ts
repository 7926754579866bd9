/** Makes abstract commands concrete, knowing what was made so far. */
import type { ModelItem, ModelRequests, ModelUse, ModelVerb } from "../model/index.js";
import type { AbstractAction, AbstractUse, ActionOf as Of } from "./abstract-actions.js";
import { WALLETS } from "./actions.js";
import { type Made, ahead, instantOf, lasting, pick } from "./made.js";

/** One request of a verb, with the model's ids in it. */
export type Call = {
  [Verb in ModelVerb]: { readonly verb: Verb; readonly request: ModelRequests[Verb] };
}[ModelVerb];

type Plain<Fields> = { [Name in keyof Fields]: Fields[Name] };

/** Leaves out what is undefined, as a caller would. */
function given<Fields extends object>(fields: Fields): Plain<Fields> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Plain<Fields>;
}

function walletAt(index: number): { customerId: string; currency: string; scope?: string } {
  return WALLETS[index] ?? WALLETS[0];
}

function usePart(use: AbstractUse, currency: string): ModelUse {
  // The one feature of the other currency stands in for those of "tokens".
  const inCurrency = <One extends ModelItem>(one: One): One =>
    currency === "gems" && one.feature !== "nothing" ? { ...one, feature: "ride" } : one;
  switch (use.how) {
    case "feature":
      return given(inCurrency(use.item));
    case "amount":
      return { currency, amount: use.amount };
    case "items":
      return { items: use.items.map((item) => given(inCurrency(item))) };
  }
}

function capturePart(
  action: Extract<AbstractAction, { kind: "capture" }>,
): Partial<ModelRequests["capture"]> {
  const { captured } = action;
  switch (captured.how) {
    case "rest":
      return {};
    case "quantity":
      return { quantity: captured.quantity };
    case "amount":
      return { amount: captured.amount };
    case "items":
      return { items: captured.items.map(given) };
  }
}

function grantCall(action: Of<"grant">, made: Made, now: number, key: string): Call {
  const { amount, cost, priority, features, displayName, effective, expires } = action;
  const effectiveAt = effective === undefined ? undefined : now + effective;
  const expiresAt = ahead(expires, made, now);
  const category = cost === undefined ? "promotional" : "paid";
  const owner = walletAt(action.wallet);
  const restriction = owner.currency === "gems" && features !== undefined ? ["ride"] : features;
  const terms = {
    amount,
    category,
    cost,
    priority,
    features: restriction,
    displayName,
    effectiveAt,
    expiresAt,
  } as const;
  return {
    verb: "grant",
    request: given({ ...owner, ...terms, source: "test", idempotencyKey: key }),
  };
}

function instantOfUse(late: Of<"withdraw">["late"], made: Made, now: number): number | undefined {
  if (late === undefined) return undefined;
  return typeof late === "number" ? now - late : instantOf(late, made.turns, now, "back");
}

function withdrawCall(action: Of<"withdraw">, made: Made, now: number, key: string): Call {
  const { currency, ...owner } = walletAt(action.wallet);
  const occurredAt = instantOfUse(action.late, made, now);
  const partial = action.partial ? true : undefined;
  const use = usePart(action.use, currency);
  return { verb: "withdraw", request: given({ ...owner, ...use, occurredAt, partial, idempotencyKey: key }) };
}

function reserveCall(action: Of<"reserve">, made: Made, now: number, key: string): Call {
  const { currency, ...owner } = walletAt(action.wallet);
  const use = usePart(action.use, currency);
  return {
    verb: "reserve",
    request: given({ ...owner, ...use, expiresIn: lasting(action.lifetime, made, now), idempotencyKey: key }),
  };
}

function reverseCall(action: Of<"reverse">, withdrawalId: string, now: number, key: string): Call {
  const { amount } = action;
  const regrant = typeof action.regrant === "number" ? { expiresAt: now + action.regrant } : action.regrant;
  return { verb: "reverse", request: given({ withdrawalId, amount, regrant, idempotencyKey: key }) };
}

function adjustCall(action: Of<"adjust">, made: Made, key: string): Call {
  const amount = action.down ? `-${action.amount}`.replace("--", "") : action.amount;
  const named = action.down && action.target !== undefined;
  const grantId = named ? pick(made.grants, action.target ?? 0, false) : undefined;
  const who = { actor: "support", reason: "test" };
  return {
    verb: "adjust",
    request: given({ ...walletAt(action.wallet), amount, grantId, ...who, idempotencyKey: key }),
  };
}

function againCall(action: Of<"again">, made: Made): Call | undefined {
  const call = made.calls[action.target % Math.max(made.calls.length, 1)];
  if (call === undefined || action.how === "same") return call;
  const { idempotencyKey } = call.request;
  if (action.how === "changed") return { ...call, request: { ...call.request, reason: "changed" } } as Call;
  return { verb: "withdraw", request: given({ ...walletAt(0), amount: "1", idempotencyKey }) };
}

type OnReservation = Of<"capture"> | Of<"extend"> | Of<"release">;
type OnGrant = Of<"voidGrant"> | Of<"amendGrant"> | Of<"refundGrant">;

function reservationCall(
  action: OnReservation,
  reservationId: string,
  made: Made,
  now: number,
  key: string,
): Call {
  const optionalKey = action.kind !== "capture" && !action.keyed ? undefined : key;
  const named = { reservationId, idempotencyKey: optionalKey };
  switch (action.kind) {
    case "capture": {
      const { final, strict } = action;
      const terms = { ...capturePart(action), final, strict: strict ? true : undefined };
      return { verb: "capture", request: given({ ...named, ...terms }) };
    }
    case "extend":
      return { verb: "extend", request: given({ ...named, expiresIn: lasting(action.lifetime, made, now) }) };
    case "release":
      return { verb: "release", request: given(named) };
  }
}

function grantedCall(action: OnGrant, grantId: string, made: Made, now: number, key: string): Call {
  const optionalKey = action.kind !== "refundGrant" && !action.keyed ? undefined : key;
  const named = { grantId, idempotencyKey: optionalKey };
  switch (action.kind) {
    case "voidGrant":
      return { verb: "voidGrant", request: given(named) };
    case "amendGrant": {
      const expiresAt = ahead(action.expires, made, now);
      return { verb: "amendGrant", request: given({ ...named, expiresAt, priority: action.priority }) };
    }
    case "refundGrant":
      return { verb: "refundGrant", request: given({ ...named, amount: action.amount }) };
  }
}

function transferCall(action: Of<"transfer">, key: string): Call {
  const { currency, ...to } = walletAt(action.to);
  const { currency: _, ...from } = walletAt(action.from);
  return { verb: "transfer", request: { from, to, currency, amount: action.amount, idempotencyKey: key } };
}

function setPolicyCall(action: Of<"setPolicy">, key: string): Call {
  const idempotencyKey = action.keyed ? key : undefined;
  return {
    verb: "setPolicy",
    request: given({ ...walletAt(action.wallet), policy: action.policy, idempotencyKey }),
  };
}

/** The call that an action means now; none where it names a thing and there is none yet. */
export function concrete(action: AbstractAction, made: Made, now: number): Call | undefined {
  const key = `k${made.calls.length}`;
  switch (action.kind) {
    case "grant":
      return grantCall(action, made, now, key);
    case "withdraw":
      return withdrawCall(action, made, now, key);
    case "reserve":
      return reserveCall(action, made, now, key);
    case "capture":
    case "extend":
    case "release": {
      const reservationId = pick(made.reservations, action.target, action.unknown);
      return reservationId === undefined ? undefined : reservationCall(action, reservationId, made, now, key);
    }
    case "voidGrant":
    case "amendGrant":
    case "refundGrant": {
      const wantsHeld = action.kind === "voidGrant" && action.held && made.held.length > 0;
      const grantId = pick(wantsHeld ? made.held : made.grants, action.target, action.unknown);
      return grantId === undefined ? undefined : grantedCall(action, grantId, made, now, key);
    }
    case "adjust":
      return adjustCall(action, made, key);
    case "reverse": {
      const withdrawalId = pick(made.withdrawals, action.target, action.unknown);
      return withdrawalId === undefined ? undefined : reverseCall(action, withdrawalId, now, key);
    }
    case "transfer":
      return transferCall(action, key);
    case "setPolicy":
      return setPolicyCall(action, key);
    case "again":
      return againCall(action, made);
    case "unknownCurrency":
      return {
        verb: "withdraw",
        request: { customerId: "ann", currency: "gold", amount: "1", idempotencyKey: key },
      };
  }
}
