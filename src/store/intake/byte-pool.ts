const SLAB_BYTES = 8_192;

/** Bytes in a slab that is shared with others. Nobody writes to them again. */
export class Kept {
  constructor(
    private readonly slab: Uint8Array,
    private readonly start: number,
    readonly length: number,
  ) {}

  /** A copy for somebody else. */
  copy(): Uint8Array {
    return this.slab.slice(this.start, this.start + this.length);
  }

  /** Not to be written to. */
  view(): Uint8Array {
    return this.slab.subarray(this.start, this.start + this.length);
  }

  hex(): string {
    return Buffer.from(this.slab.buffer, this.slab.byteOffset + this.start, this.length).toString("hex");
  }
}

/** A row as the store keeps it. */
export type Stored<Row> = { readonly [Name in keyof Row]: Row[Name] extends Uint8Array ? Kept : Row[Name] };

/**
 * Keeps byte arrays side by side: a hash of 32 bytes costs 240 as a `Uint8Array` of its own, and most of a commit's
 * time would go into making and moving three of these. A slab is freed when the last row that points into it is.
 */
export class BytePool {
  #slab = new Uint8Array(0);
  #used = 0;

  /** Copies the bytes in. */
  keep(bytes: Uint8Array): Kept {
    const { length } = bytes;
    if (this.#used + length > this.#slab.length) {
      this.#slab = new Uint8Array(Math.max(SLAB_BYTES, length));
      this.#used = 0;
    }
    const kept = new Kept(this.#slab, this.#used, length);
    this.#slab.set(bytes, this.#used);
    this.#used += length;
    return kept;
  }
}
