interface Event {
  readonly at: number;
  readonly number: number;
  readonly run: () => void;
  cancelled: boolean;
}

/** While real calls are under way, only events so near go on beside them. */
const NEAR_MS = 10;

/**
 * Virtual time. Whatever the simulated world waits for is an event here, and one event runs at a time, once everything
 * that the one before set off has come to rest. So the order of all that happens is that of the events' instants, which
 * chance decides.
 */
export class Scheduler {
  private elapsed = 0;
  private made = 0;
  private readonly events: Event[] = [];
  private outside = 0;
  private wake: () => void = () => undefined;

  /** @param concurrency Calls to a real store under way at once; 1 makes a run repeatable on any store. */
  constructor(private readonly concurrency: number) {}

  get nowMs(): number {
    return this.elapsed;
  }

  /** @returns what takes it back. */
  after(delayMs: number, run: () => void): () => void {
    const event: Event = {
      at: this.elapsed + Math.max(0, delayMs),
      number: this.made++,
      run,
      cancelled: false,
    };
    this.push(event);
    return () => {
      event.cancelled = true;
    };
  }

  wait(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.after(delayMs, resolve));
  }

  /** Something that takes real time: events wait for it. */
  async real<Value>(work: () => Promise<Value>): Promise<Value> {
    this.outside++;
    try {
      return await work();
    } finally {
      this.outside--;
      this.wake();
    }
  }

  /** Waits until nothing takes real time any more; no event runs meanwhile. */
  async settled(): Promise<void> {
    while (this.outside > 0) {
      await this.anyReal();
      await nextTurn();
    }
  }

  /** Runs events until this holds, or until there is none left. */
  async run(isDone: () => boolean = () => false): Promise<void> {
    for (;;) {
      await this.rest();
      if (isDone()) return;
      const next = this.peek();
      if (this.outside > 0 && (next === undefined || next.at > this.elapsed + NEAR_MS)) {
        // What takes real time takes next to none of the virtual: it must not time out meanwhile.
        await this.anyReal();
        continue;
      }
      const event = this.takeFirst();
      if (event === undefined) return;
      this.elapsed = event.at;
      event.run();
    }
  }

  /** All microtasks run before a macrotask; a store that answers at once is done by then. */
  private async rest(): Promise<void> {
    await nextTurn();
    while (this.outside >= this.concurrency) {
      await this.anyReal();
      await nextTurn();
    }
  }

  private anyReal(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }

  private push(event: Event): void {
    const { events } = this;
    let at = events.push(event) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = events[parent];
      if (above === undefined || !isBefore(event, above)) break;
      events[at] = above;
      at = parent;
    }
    events[at] = event;
  }

  /** The first event; those that were taken back are dropped. */
  private peek(): Event | undefined {
    while (this.events[0]?.cancelled === true) this.takeFirst();
    return this.events[0];
  }

  private takeFirst(): Event | undefined {
    const { events } = this;
    const [first] = events;
    const last = events.pop();
    if (first === undefined || last === undefined || events.length === 0) return first;
    let at = 0;
    for (;;) {
      const left = events[2 * at + 1];
      const right = events[2 * at + 2];
      const isRight = left !== undefined && right !== undefined && isBefore(right, left);
      const child = isRight ? right : left;
      if (child === undefined || !isBefore(child, last)) break;
      events[at] = child;
      at = 2 * at + (isRight ? 2 : 1);
    }
    events[at] = last;
    return first;
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.number < b.number);
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
