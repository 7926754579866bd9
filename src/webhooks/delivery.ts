import type { PlacedEvent } from "../engine/door.js";

/** An event on its way to one endpoint, as it is kept while it waits. */
export interface Delivery {
  readonly eventId: string;
  readonly type: string;
  readonly customerId: string;
  /** Of the wallet: its events are delivered in order. */
  readonly walletId: string;
  readonly sequence: number;
  /** Of the outbox. */
  readonly part: number;
  /** The event as JSON: what is sent, each time the same bytes. */
  readonly body: string;
  readonly attempts: number;
  /** UTC milliseconds. */
  readonly nextAt: number;
  /** Set once it is given up: from then on it is on its way to the dead letters. */
  readonly deadAt: number | null;
  readonly status: number | null;
  readonly error: string | null;
}

export function deliveryOf({ event, walletId }: PlacedEvent, part: number, now: number): Delivery {
  const { id, type, customerId, sequence } = event;
  return {
    eventId: id,
    type,
    customerId,
    walletId,
    sequence,
    part,
    body: JSON.stringify(event),
    attempts: 0,
    nextAt: now,
    deadAt: null,
    status: null,
    error: null,
  };
}

/** Records of an endpoint stand in a wallet of the engine's own, section by section. */
export function nameOf(endpointId: string): string {
  return `webhook:${endpointId}`;
}
