import type { ReferenceModel } from "../model/index.js";
import type { Step } from "./sequences.js";
import { DAY, HOUR } from "./values.js";
import { type Call, concrete } from "./calls.js";
import { type Made, instantOf } from "./made.js";

/** What the model has made, in order of creation, by its own numbering. */
function numbered(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`);
}

/**
 * The instant of a step and the call that it means, given what the model has made by now. Unless it `mayGoBack`, the
 * clock stands still where the step would turn it back.
 */
export function nextCall(
  model: ReferenceModel,
  step: Step,
  calls: readonly Call[],
  now: number,
  mayGoBack = true,
): { at: number; call: Call | undefined } {
  const made = { ...madeBy(model, now), calls };
  const then =
    typeof step.wait === "number" ? now + step.wait : instantOf(step.wait, made.turns, now, "ahead");
  const at = mayGoBack ? then : Math.max(then, now);
  return { at, call: concrete(step.action, made, at) };
}

/** Everything that requests could name by now. */
function madeBy(model: ReferenceModel, now: number): Omit<Made, "calls"> {
  const { made, wallets } = model.state(now);
  return {
    grants: numbered("g", made.grants),
    held: wallets.flatMap((wallet) =>
      wallet.reservations.flatMap((reservation) => reservation.pins.map((pin) => pin.grantId)),
    ),
    reservations: numbered("r", made.reservations),
    withdrawals: numbered("w", made.withdrawals),
    turns: wallets.flatMap((wallet) => [
      ...wallet.grants.flatMap(({ effectiveAt, expiresAt }) => [effectiveAt, expiresAt ?? effectiveAt]),
      ...wallet.reservations.flatMap(({ reservedAt, expiresAt }) => [
        reservedAt,
        expiresAt,
        ...[7 * DAY, 2 * HOUR, 2 * DAY, 35 * DAY].map((bound) => reservedAt + bound),
      ]),
    ]),
  };
}
