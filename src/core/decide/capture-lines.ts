import { MAX_AMOUNT } from "../amounts.js";
import type { Draft } from "../draft.js";
import { CreditError, invalidInput } from "../errors.js";
import { type Line, checkedPrice, dimensionsText, occasionAt, rateLine } from "../lines.js";
import type { Reservation, ReservedLine } from "../records.js";
import type { CaptureItem, CaptureOf } from "../requests.js";

/** What is captured of one line now, and the line's running sums after it. */
export interface CapturedLine {
  readonly line: Line;
  readonly after: ReservedLine;
}

/**
 * The lines of a capture at the reserve's rates. Each is priced on its running sum, price(so far + now) − price(so far),
 * so that splitting a capture changes no price.
 */
export function captureLines(draft: Draft, reservation: Reservation, of: CaptureOf): readonly CapturedLine[] {
  if ("all" in of) return reservation.lines.map((line) => captureRest(draft, line));
  if ("items" in of) return captureItems(draft, reservation, of.items);
  const [only] = reservation.lines;
  if (only === undefined || reservation.lines.length !== 1)
    throw invalidInput("This reservation has several lines: capture it by `items`.", { field: "items" });
  if ("amount" in of) return [captureAmount(only, of.amount)];
  if (only.rate === null)
    throw invalidInput("This reservation is by amount: capture an `amount`, or `items`.", {
      field: "quantity",
    });
  return [captureQuantity(draft, only, of.quantity)];
}

/** What is left of a line: of its quantity, or of its price once credits were captured outright. */
function captureRest(draft: Draft, line: ReservedLine): CapturedLine {
  if (line.quantity === null || line.capturedAmount > 0n) {
    const left = line.price - line.capturedPrice - line.capturedAmount;
    return captureAmount(line, left > 0n ? left : 0n);
  }
  const left = line.quantity - line.capturedQuantity;
  return captureQuantity(draft, line, left > 0n ? left : 0n);
}

function captureQuantity(draft: Draft, line: ReservedLine, quantity: bigint): CapturedLine {
  const capturedQuantity = line.capturedQuantity + quantity;
  const capturedPrice =
    line.rate === null
      ? line.capturedPrice
      : checkedPrice(line.rate, capturedQuantity, draft.terms.currency, line.feature);
  const { feature, dimensions, rateVersion } = line;
  return {
    line: { feature, quantity, dimensions, rateVersion, price: capturedPrice - line.capturedPrice },
    after: { ...line, capturedQuantity, capturedPrice },
  };
}

/** Credits outright: they count against the line, whose running sum of quantities stays as it is. */
function captureAmount(line: ReservedLine, amount: bigint): CapturedLine {
  const capturedAmount = line.capturedAmount + amount;
  if (capturedAmount > MAX_AMOUNT)
    throw new CreditError("over_limit", "More was captured of this reservation than a wallet can keep.");
  const { feature, dimensions } = line;
  return {
    line: { feature, quantity: null, dimensions, rateVersion: null, price: amount },
    after: { ...line, capturedAmount },
  };
}

function captureItems(
  draft: Draft,
  reservation: Reservation,
  items: readonly CaptureItem[],
): readonly CapturedLine[] {
  const seen = new Set<string>();
  return items.map((item) => {
    const line = lineFor(draft, reservation, item);
    const name = lineName(line);
    if (seen.has(name))
      throw invalidInput(
        `A capture names each line once; "${item.feature}" stands twice. Add up their quantities.`,
        {
          feature: item.feature,
        },
      );
    seen.add(name);
    return captureQuantity(draft, line, item.quantity);
  });
}

/** The reserved line that an item means; a feature that was not reserved is rated now. */
function lineFor(draft: Draft, { lines, extras }: Reservation, item: CaptureItem): ReservedLine {
  const sameFeature = lines.filter((line) => line.feature === item.feature && line.rate !== null);
  const [only] = sameFeature;
  if (item.dimensions === null && only !== undefined && sameFeature.length === 1) return only;
  const dimensions = dimensionsText(item.dimensions);
  const same = [...sameFeature, ...extras].find(
    (line) => line.feature === item.feature && line.dimensions === dimensions,
  );
  if (same !== undefined) return same;
  const { rate, rateVersion, tierPeriod } = rateLine(
    draft.terms,
    item,
    occasionAt(draft.wallet, draft.terms, draft.now),
  );
  return {
    feature: item.feature,
    dimensions,
    rate,
    rateVersion,
    quantity: 0n,
    price: 0n,
    capturedQuantity: 0n,
    capturedPrice: 0n,
    capturedAmount: 0n,
    tierPeriod,
  };
}

/** The reservation with its lines' running sums moved on; what was not reserved joins its extras. */
export function withCaptured(reservation: Reservation, captured: readonly CapturedLine[]): Reservation {
  const moved = new Map(captured.map(({ after }) => [lineName(after), after]));
  const movedOn = (line: ReservedLine) => moved.get(lineName(line)) ?? line;
  const known = new Set([...reservation.lines, ...reservation.extras].map(lineName));
  const joining = captured.flatMap(({ after }) => (known.has(lineName(after)) ? [] : [after]));
  return {
    ...reservation,
    lines: reservation.lines.map(movedOn),
    extras: [...reservation.extras.map(movedOn), ...joining],
  };
}

function lineName({ feature, dimensions, rate }: ReservedLine): string {
  return JSON.stringify([feature, dimensions, rate === null]);
}
