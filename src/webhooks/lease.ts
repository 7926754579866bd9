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

  /** @returns whether it is ours, for one attempt at least. */
  async take(): Promise<boolean> {
    if (this.until - this.door.now() >= this.neededMs) return true;
    this.renewing ??= this.write().finally(() => {
      this.renewing = null;
    });
    return this.renewing;
  }

  /** Before each attempt. @throws LeaseLost */
  async keep(): Promise<void> {
    if (!(await this.take())) throw new LeaseLost();
  }

  async release(): Promise<void> {
    this.until = Number.NEGATIVE_INFINITY;
    await this.door.change(this.place, ({ open }) =>
      heldIn(open)?.owner === this.owner ? [rowOf({ owner: "", until: 0 })] : [],
    );
  }

  private async write(): Promise<boolean> {
    let isOurs = false;
    const now = this.door.now();
    const until = now + this.leaseMs;
    await this.door.change(this.place, ({ open }) => {
      const held = heldIn(open);
      isOurs = held === undefined || held.owner === this.owner || held.until <= now;
      return isOurs ? [rowOf({ owner: this.owner, until })] : [];
    });
    this.until = isOurs ? until : Number.NEGATIVE_INFINITY;
    return isOurs;
  }
}

type Rows = readonly { readonly kind: string; readonly data: string }[];

function heldIn(rows: Rows): Held | undefined {
  const row = rows.find(({ kind }) => kind === RECORD.kind);
  return row === undefined ? undefined : (JSON.parse(row.data) as Held);
}

function rowOf(held: Held): typeof RECORD & { readonly open: boolean; readonly data: string } {
  return { ...RECORD, open: true, data: JSON.stringify(held) };
}
