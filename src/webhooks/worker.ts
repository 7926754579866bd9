import { impossible } from "../core/errors.js";
import type { EngineDoor, PlacedEvent } from "../engine/door.js";
import type { WebhookRun } from "./api.js";
import { atOnce } from "./at-once.js";
import { type Parts, attempt } from "./attempt.js";
import { DeadLetters } from "./dead-letters.js";
import { type Delivery, deliveryOf, nameOf } from "./delivery.js";
import { DeliveryLog } from "./delivery-log.js";
import { Lease, LeaseLost } from "./lease.js";
import type { Endpoint, Settings } from "./options.js";
import { Waiting } from "./waiting.js";

/** Events that are read of one part at once. */
const PAGE = 50;
/** Pages that are read at once. */
const PARTS_AT_ONCE = 8;
/** Pages that are delivered together end where they hold so many events, or are so many: these may come again after a crash. */
const EVENTS_TOGETHER = 100;
const PAGES_TOGETHER = 64;
/** Of parts that hold more than a page. Then due retries have their turn. */
const MOST_ROUNDS = 20;

interface Page {
  readonly part: number;
  readonly events: readonly PlacedEvent[];
  readonly next: number;
  readonly isFull: boolean;
}

/** Delivers to one endpoint: retries that are due, and then what is new in the outbox. */
export class Worker {
  readonly dead: DeadLetters;
  readonly log: DeliveryLog;
  private readonly lease: Lease;
  private readonly waiting: readonly Waiting[];
  private readonly parts: Parts;
  private positions: Map<number, number> = new Map();
  private delivered = 0;
  private failed = 0;
  private deadLettered = 0;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly door: EngineDoor,
    readonly endpoint: Endpoint,
    private readonly settings: Settings,
    owner: string,
  ) {
    const { id } = endpoint;
    this.dead = new DeadLetters(door, id);
    this.log = new DeliveryLog(door, id);
    this.lease = new Lease(door, id, owner, settings.route.timeoutMs);
    this.waiting = Array.from({ length: door.parts }, (_, part) => new Waiting(door, id, part));
    this.parts = { door, endpoint, settings, log: this.log };
  }

  /** A place of its own in the outbox, under the name by which it may be forgotten. */
  async open(): Promise<void> {
    const { id, fromStart } = this.endpoint;
    this.positions = new Map(await this.door.placeOf(nameOf(id), fromStart));
  }

  /** Until nothing is left to do now, or it is to stop; one call after the other. */
  work(isOver: () => boolean): Promise<WebhookRun> {
    const done = this.turn.then(() => this.workNow(isOver));
    this.turn = done.catch(() => undefined);
    return done;
  }

  release(): Promise<void> {
    return this.lease.release();
  }

  waitingOf(part: number): Waiting {
    const waiting = this.waiting[part];
    if (waiting === undefined) throw impossible(`the outbox has no part ${part}`);
    return waiting;
  }

  private async workNow(isOver: () => boolean): Promise<WebhookRun> {
    [this.delivered, this.failed, this.deadLettered] = [0, 0, 0];
    const isOurs = (await this.lease.take()) && (await this.passes(isOver));
    const { delivered, failed, deadLettered } = this;
    const waiting = this.waiting.reduce((sum, { size }) => sum + size, 0);
    const { id } = this.endpoint;
    return { endpointId: id, isElsewhere: !isOurs, delivered, failed, deadLettered, waiting };
  }

  /** @returns whether the lease was ours to the end. */
  private async passes(isOver: () => boolean): Promise<boolean> {
    try {
      let isDone = false;
      while (!isDone && !isOver()) isDone = !(await this.pass(isOver));
      return true;
    } catch (error) {
      if (error instanceof LeaseLost) return false;
      throw error;
    } finally {
      if (!this.door.isClosing()) await this.log.flush();
    }
  }

  /** @returns whether anything was done. */
  private async pass(isOver: () => boolean): Promise<boolean> {
    await this.open();
    const records = await this.door.read(this.waiting.map(({ place }) => place));
    for (const [part, waiting] of this.waiting.entries()) {
      const own = records[part];
      if (own !== undefined) waiting.take(own);
    }
    const isRetried = await this.retry(isOver);
    let isRead = false;
    let parts: readonly number[] = this.waiting.map((_, part) => part);
    for (let round = 0; round < MOST_ROUNDS && parts.length > 0; round++) {
      const pages = await this.read(parts, isOver);
      if (pages.length > 0) isRead = true;
      parts = pages.filter(({ isFull }) => isFull).map(({ part }) => part);
    }
    return isRetried || isRead;
  }

  private async retry(isOver: () => boolean): Promise<boolean> {
    const now = this.door.now();
    const due = this.waiting.flatMap((waiting) =>
      waiting
        .wallets()
        .filter((walletId) => isDue(waiting.firstOf(walletId), now))
        .map((walletId) => ({ waiting, walletId })),
    );
    await atOnce(due, this.settings.mostAtOnce, ({ waiting, walletId }) =>
      this.drain(waiting, walletId, isOver),
    );
    if (due.length > 0) await this.log.flush();
    return due.length > 0;
  }

  /** A wallet's deliveries one by one, up to one that must wait on. */
  private async drain(waiting: Waiting, walletId: string, isOver: () => boolean): Promise<void> {
    for (;;) {
      const first = waiting.firstOf(walletId);
      if (first === undefined || !isDue(first, this.door.now()) || isOver()) return;
      const next = first.deadAt === null ? await this.attempt(first) : first;
      if (next?.deadAt !== null && next !== null) await this.bury(waiting, next);
      else await waiting.settle(first, next);
    }
  }

  /** In three steps, each of which may be done again after a crash: no attempt, a dead letter, no longer waiting. */
  private async bury(waiting: Waiting, delivery: Delivery): Promise<void> {
    await waiting.settle(delivery, delivery);
    await this.dead.put(delivery);
    await waiting.settle(delivery, null);
    this.deadLettered++;
  }

  private async attempt(delivery: Delivery): Promise<Delivery | null> {
    await this.lease.keep();
    const next = await attempt(this.parts, delivery);
    if (next === null) this.delivered++;
    else this.failed++;
    return next;
  }

  /** Reads a page of each part, and delivers them. @returns those that held anything. */
  private async read(parts: readonly number[], isOver: () => boolean): Promise<readonly Page[]> {
    const read: Page[] = [];
    let together: Page[] = [];
    for (let first = 0; first < parts.length && !isOver(); first += PARTS_AT_ONCE) {
      const group = parts.slice(first, first + PARTS_AT_ONCE);
      const pages = await Promise.all(group.map((part) => this.page(part)));
      together.push(...pages.filter(({ part, next }) => next > this.positionOf(part)));
      if (together.length < PAGES_TOGETHER && eventsIn(together) < EVENTS_TOGETHER) continue;
      await this.deliver(together, isOver);
      read.push(...together);
      together = [];
    }
    if (together.length > 0) await this.deliver(together, isOver);
    return [...read, ...together];
  }

  /** No more than may wait, should each of them fail. */
  private async page(part: number): Promise<Page> {
    const after = this.positionOf(part);
    const limit = Math.min(PAGE, this.waitingOf(part).room);
    if (limit === 0) return { part, events: [], next: after, isFull: false };
    const { items, next } = await this.door.eventsAfter(part, after, limit);
    const { types } = this.endpoint;
    const events = types === null ? items : items.filter(({ event }) => types.has(event.type));
    return { part, events, next, isFull: items.length === limit };
  }

  private positionOf(part: number): number {
    return this.waitingOf(part).readOnFrom(this.positions.get(part) ?? 0);
  }

  /** What waits is written down before the place in the outbox goes on: a crash between the two loses nothing. */
  private async deliver(pages: readonly Page[], isOver: () => boolean): Promise<void> {
    const lines = pages.flatMap(linesOf);
    const unsent = new Map<number, Delivery[]>();
    await atOnce(lines, this.settings.mostAtOnce, async ({ part, events }) => {
      const left = await this.deliverLine(part, events, isOver);
      if (left.length > 0) unsent.set(part, [...(unsent.get(part) ?? []), ...left]);
    });
    const positions = new Map(pages.map(({ part, next }) => [part, next]));
    for (const [part, deliveries] of unsent) {
      // As it is kept: after two crashes all since then counts.
      const from = this.positions.get(part) ?? 0;
      await this.waitingOf(part).park(deliveries, { from, to: positions.get(part) ?? from });
    }
    await this.door.keepPlace(nameOf(this.endpoint.id), positions);
    for (const [part, position] of positions) this.positions.set(part, position);
    await this.log.flush();
  }

  /** One wallet's new events, in order. @returns from the first on that could not be delivered. */
  private async deliverLine(
    part: number,
    events: readonly PlacedEvent[],
    isOver: () => boolean,
  ): Promise<readonly Delivery[]> {
    const waiting = this.waitingOf(part);
    const left: Delivery[] = [];
    for (const placed of events) {
      const delivery = deliveryOf(placed, part, this.door.now());
      const mustWait = left.length > 0 || isOver() || waiting.firstOf(placed.walletId) !== undefined;
      const next = mustWait ? delivery : await this.attempt(delivery);
      if (next !== null) left.push(next);
    }
    return left;
  }
}

function isDue(delivery: Delivery | undefined, now: number): boolean {
  return delivery !== undefined && (delivery.deadAt !== null || delivery.nextAt <= now);
}

function eventsIn(pages: readonly Page[]): number {
  return pages.reduce((sum, { events }) => sum + events.length, 0);
}

/** One line for each wallet. */
function linesOf({ part, events }: Page): readonly Pick<Page, "part" | "events">[] {
  const lines = new Map<string, PlacedEvent[]>();
  for (const placed of events) {
    const line = lines.get(placed.walletId) ?? [];
    line.push(placed);
    lines.set(placed.walletId, line);
  }
  return [...lines.values()].map((events) => ({ part, events }));
}
