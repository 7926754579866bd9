/** Up to where ledgers were closed: which period an entry is counted in. */
export interface Seals {
  /** Ends of the closed periods, ascending. */
  readonly ends: readonly number[];
}

/** Of one wallet: the number of the last entry that was in each closed period, or in one before. */
export type SealedSeqs = readonly number[];

export const NOTHING_SEALED: Seals = { ends: [] };

/**
 * The instant at which the books count an entry. One that was written after the period of its own instant had been
 * closed – by a process whose clock ran behind – counts at the first instant of the period that was open.
 */
export function bookedAt(
  entry: { readonly recordedAt: number; readonly seq: number },
  { ends }: Seals,
  sealed: SealedSeqs,
): number {
  for (let period = ends.length - 1; period >= 0; period--) {
    const end = ends[period] ?? 0;
    if (end <= entry.recordedAt) break;
    if (entry.seq > (sealed[period] ?? 0)) return end;
  }
  return entry.recordedAt;
}

/** The last entry that certainly counts before `from`, whatever follows it in the ledger; null: instants alone decide. */
export function lastBefore(from: number, { ends }: Seals, sealed: SealedSeqs): number | null {
  const period = ends.findIndex((end) => end >= from);
  return period < 0 ? null : (sealed[period] ?? 0);
}
