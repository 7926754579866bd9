import { CreditError } from "coffer";
import type { Replayable, Reservation } from "coffer";
import { createTopUps } from "./accounts.js";
import { count } from "./book.js";
import type { Session } from "./session.js";
import type { Request } from "./workload.js";

/** The product asks models for no more than this, so a hold for it covers nearly every answer. */
const OUTPUT_TOKENS_HELD = 1536;

const FIRST_TOKEN_MS = 200;
const TOKEN_MS = 20;
const FAILURE_MS = 1000;
const REDELIVERY_MS = 2000;

/**
 * Meters one request as an app would: a hold before the call, for the input and for as much output as may come; after
 * it, a capture of what was used, or a release if the call failed. A customer whose credits do not cover the hold is
 * turned away before the model costs anything.
 */
export function createMeter(session: Session): (request: Request) => Promise<void> {
  const onDenied = createTopUps(session);
  const { book, timeline } = session;

  return async (request) => {
    count(book, request, { requests: 1 });
    const hold = await tryReserve(session, request);
    if (hold === undefined) {
      count(book, request, { denied: 1 });
      await onDenied(request.customerId);
    } else if (request.fails) {
      timeline.plan(request.at + FAILURE_MS, () => fail(session, request, hold));
    } else {
      timeline.plan(request.at + FIRST_TOKEN_MS + request.outputTokens * TOKEN_MS, () =>
        finish(session, request, hold),
      );
    }
  };
}

async function tryReserve(session: Session, request: Request): Promise<Reservation | undefined> {
  try {
    return await reserve(session, request);
  } catch (error) {
    if (CreditError.is(error, "insufficient_credits")) return undefined;
    throw error;
  }
}

async function reserve({ credits }: Session, { id, customerId, model, inputTokens }: Request) {
  return credits.reserve({
    customerId,
    items: [
      { feature: "input", quantity: inputTokens, dimensions: { model } },
      { feature: "output", quantity: OUTPUT_TOKENS_HELD, dimensions: { model } },
    ],
    expiresIn: { minutes: 10 },
    idempotencyKey: `${id}:reserve`,
  });
}

async function capture(
  { credits }: Session,
  { id, model, inputTokens, outputTokens }: Request,
  hold: Reservation,
) {
  return credits.capture({
    reservationId: hold.id,
    items: [
      { feature: "input", quantity: inputTokens, dimensions: { model } },
      { feature: "output", quantity: outputTokens, dimensions: { model } },
    ],
    final: true,
    idempotencyKey: `${id}:capture`,
  });
}

async function release({ credits }: Session, { id }: Request, hold: Reservation) {
  return credits.release({ reservationId: hold.id, idempotencyKey: `${id}:release` });
}

async function finish(session: Session, request: Request, hold: Reservation): Promise<void> {
  const { inputTokens, outputTokens } = request;
  const charge = await capture(session, request, hold);
  count(session.book, request, {
    charged: 1,
    inputTokens,
    outputTokens,
    credits: charge.amount,
    shortfall: charge.shortfall,
  });
  if (request.repeated) planRepeat(session, request, hold, charge, () => capture(session, request, hold));
}

async function fail(session: Session, request: Request, hold: Reservation): Promise<void> {
  const released = await release(session, request, hold);
  count(session.book, request, { failed: 1 });
  if (request.repeated) planRepeat(session, request, hold, released, () => release(session, request, hold));
}

/** The queue delivers the same events again: both mutations, under the same keys. */
function planRepeat(
  session: Session,
  request: Request,
  hold: Reservation,
  end: Replayable,
  endAgain: () => Promise<Replayable>,
): void {
  const { book, timeline } = session;
  timeline.plan(timeline.now() + REDELIVERY_MS, async () => {
    const heldAgain = await reserve(session, request);
    const endedAgain = await endAgain();
    book.repeats.push(
      repeat(`${request.id}: reserve`, hold, heldAgain),
      repeat(`${request.id}: end`, end, endedAgain),
    );
    if (heldAgain.replayed && endedAgain.replayed) count(book, request, { duplicates: 1 });
  });
}

function repeat(key: string, first: Replayable, again: Replayable) {
  return { key, first: contentOf(first), again: contentOf(again), replayed: again.replayed };
}

/** The answer without its own mark: that alone may differ. */
function contentOf(answer: Replayable): string {
  return JSON.stringify({ ...answer, replayed: undefined });
}
