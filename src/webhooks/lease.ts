import type { EngineDoor, OwnPlace } from "../engine/door.js";
import { nameOf } from "./delivery.js";

const RECORD = { kind: "lease", id: "lease" } as const;
const SHORTEST_LEASE_MS = 30_000;
const ATTEMPTS_PER_LEASE = 3;

interface Held {
  readonly owner: string;
  /** UTC milliseconds. */
  readonly until: number;
}

const NOBODYS: Held = { owner: "", until: Number.MIN_SAFE_INTEGER };

/** Another dispatcher delivers to the endpoint now. */
export class LeaseLost extends Error {
  override readonly name = "LeaseLost";
}

/**
 * Who delivers to an endpoint: one dispatcher at a time, told by the clocks of their engines. Whoever stops gives it back;
 * one that dies holds it until its time is over. Everything else that is stored bears two dispatchers at once, so clocks
 * that differ cost repeats and order, and never an event.
 */
export class Lease {
  private until = Number.NEGATIVE_INFINITY;
  private readonly leaseMs: number;
  private readonly neededMs: number;
  private readonly place: OwnPlace;
  private renewing: Promise<boolean> | null = null;

  constructor(
    private readonly door: EngineDoor,
    endpointId: string,
    private readonly owner: string,
    timeoutMs: number,
  ) {
    this.place = { name: nameOf(endpointId), section: "lease" };
    this.leaseMs = Math.max(SHORTEST_LEASE_MS, ATTEMPTS_PER_LEASE * timeoutMs);
    // An attempt, and as long again to write down what came of it.
    this.neededMs = 2 * timeoutMs;
  }

  /** @returns whether it is ours now: as before, or since nobody else held it. */
  take(): Promise<boolean> {
    return this.hold((held, now) => held.owner === this.owner || held.until <= now);
  }

  /** Before each attempt. @throws LeaseLost where another one has had it since, for what is known here is old. */
  async keep(): Promise<void> {
    if (!(await this.hold(({ owner }) => owner === this.owner))) throw new LeaseLost();
  }

  async release(): Promise<void> {
    this.until = Number.NEGATIVE_INFINITY;
    await this.door.change(this.place, ({ open }) =>
      heldIn(open).owner === this.owner ? [rowOf(NOBODYS)] : [],
    );
  }

  private async hold(mayHold: (held: Held, now: number) => boolean): Promise<boolean> {
    if (this.until - this.door.now() >= this.neededMs) return true;
    this.renewing ??= this.write(mayHold).finally(() => {
      this.renewing = null;
    });
    return this.renewing;
  }

  private async write(mayHold: (held: Held, now: number) => boolean): Promise<boolean> {
    let isOurs = false;
    const now = this.door.now();
    const until = now + this.leaseMs;
    await this.door.change(this.place, ({ open }) => {
      isOurs = mayHold(heldIn(open), now);
      return isOurs ? [rowOf({ owner: this.owner, until })] : [];
    });
    this.until = isOurs ? until : Number.NEGATIVE_INFINITY;
    return isOurs;
  }
}

type Rows = readonly { readonly kind: string; readonly data: string }[];

function heldIn(rows: Rows): Held {
  const row = rows.find(({ kind }) => kind === RECORD.kind);
  return row === undefined ? NOBODYS : (JSON.parse(row.data) as Held);
}

function rowOf(held: Held): typeof RECORD & { readonly open: boolean; readonly data: string } {
  return { ...RECORD, open: true, data: JSON.stringify(held) };
}
