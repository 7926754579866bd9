import type { EngineDoor } from "../engine/door.js";
import { HEADS_KIND, type SealedHead, type StoredHeads, headsOf } from "./seal-book.js";

const HEADS_PER_RECORD = 500;

/** Writes down the heads of an attempt to close a period, part after part, some hundreds to a record. */
export class HeadWriter {
  count = 0;
  private part = 0;
  private heads: SealedHead[] = [];
  private records = 0;

  constructor(
    private readonly door: EngineDoor,
    private readonly attempt: string,
  ) {}

  async put(part: number, head: SealedHead): Promise<void> {
    if (part !== this.part || this.heads.length >= HEADS_PER_RECORD) await this.flush();
    this.part = part;
    this.heads.push(head);
    this.count++;
  }

  async flush(): Promise<void> {
    if (this.heads.length === 0) return;
    const stored: StoredHeads = { attempt: this.attempt, heads: this.heads };
    const row = {
      kind: HEADS_KIND,
      id: `${this.attempt}-${this.records}`,
      open: false,
      data: JSON.stringify(stored),
    };
    await this.door.change(headsOf(this.part), () => [row]);
    this.records++;
    this.heads = [];
  }
}
