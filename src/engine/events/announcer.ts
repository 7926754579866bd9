import type { Change } from "../../store/contract.js";
import type { CreditEvent, CreditEventType } from "../api-events.js";
import { presentEvent } from "./present.js";

type Handler = (event: CreditEvent) => void | Promise<void>;

/** Taken when the module is loaded: tests that replace all timers do not keep events from their handlers. */
const soon = setImmediate;

/** A change on its way whose events are to be told. */
export interface Announcement {
  /** It is stored. */
  committed(): void;
  /** It is not, or nobody knows. */
  dropped(): void;
}

const NOTHING_TO_TELL: Announcement = { committed: () => undefined, dropped: () => undefined };

interface OnItsWay {
  readonly change: Change;
  isStored: boolean;
}

/**
 * Tells handlers in this process of what was committed: a wallet's events in order, each handler by itself, after the
 * caller's answer is on its way. Answers of two changes of one wallet may arrive in any order: the later waits for the
 * earlier.
 */
export class Announcer {
  private readonly listeners: Set<Listener> = new Set();
  /** By wallet, in the order in which they were sent: each is decided on what those before it left. */
  private readonly onTheirWay: Map<string, OnItsWay[]> = new Map();

  on(type: CreditEventType | "*", handler: Handler): () => void {
    const listener = new Listener(type, handler);
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
      listener.stop();
    };
  }

  /** Before a change is sent. */
  expect(change: Change): Announcement {
    if (change.events.length === 0 || this.listeners.size === 0) return NOTHING_TO_TELL;
    const sent = { change, isStored: false };
    const { id } = change.key;
    const queue = this.onTheirWay.get(id) ?? [];
    queue.push(sent);
    this.onTheirWay.set(id, queue);
    return {
      committed: () => {
        sent.isStored = true;
        this.tellStored(id);
      },
      dropped: () => {
        queue.splice(queue.indexOf(sent), 1);
        this.tellStored(id);
      },
    };
  }

  private tellStored(id: string): void {
    const queue = this.onTheirWay.get(id) ?? [];
    while (queue[0]?.isStored === true) {
      const stored = queue.shift();
      if (stored !== undefined) this.tell(stored.change);
    }
    if (queue.length === 0) this.onTheirWay.delete(id);
  }

  private tell({ key, events }: Change): void {
    for (const row of events)
      for (const listener of this.listeners)
        if (listener.wants(row.type)) listener.take(key.id, presentEvent(key, row));
  }
}

/** One handler, and what it has not been told yet. */
class Listener {
  private readonly waiting: Map<string, CreditEvent[]> = new Map();
  private hasStopped = false;

  constructor(
    private readonly type: CreditEventType | "*",
    private readonly handler: Handler,
  ) {}

  wants(type: string): boolean {
    return this.type === "*" || this.type === type;
  }

  take(walletId: string, event: CreditEvent): void {
    const waiting = this.waiting.get(walletId);
    if (waiting !== undefined) {
      waiting.push(event);
      return;
    }
    this.waiting.set(walletId, [event]);
    soon(() => void this.run(walletId));
  }

  stop(): void {
    this.hasStopped = true;
    this.waiting.clear();
  }

  /** One after another; what a handler throws is told as a warning of the process, and the next event goes on. */
  private async run(walletId: string): Promise<void> {
    for (;;) {
      const event = this.waiting.get(walletId)?.shift();
      if (event === undefined) break;
      try {
        await this.handler(event);
      } catch (error) {
        warn(event, error);
      }
      if (this.hasStopped) return;
    }
    this.waiting.delete(walletId);
  }
}

function warn({ id, type }: CreditEvent, error: unknown): void {
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.emitWarning(`A handler of "${type}" failed at event ${id}: ${what}`, {
    type: "CreditEventHandlerWarning",
    code: "COFFER_EVENT_HANDLER",
  });
}
