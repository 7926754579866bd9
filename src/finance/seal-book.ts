import type { EngineDoor, OwnPlace } from "../engine/door.js";
import type { RecordRow } from "../store/rows.js";
import type { PlainReport } from "./plain-report.js";
import { NOTHING_SEALED, type SealedSeqs, type Seals } from "./seals.js";

/** Where closed periods stand in the engine's own records. */
const NAME = "finance";
export const PERIODS: OwnPlace = { name: NAME, section: "periods" };
export const PERIOD_KIND = "period";
export const HEADS_KIND = "heads";

/** The heads of the wallets of one part: their records are read with the part, and with no other. */
export function headsOf(part: number): OwnPlace {
  return { name: NAME, section: `heads:${part}` };
}

/** One wallet, as far as a period closed it: the number of its last entry, and that entry's hash. */
export type SealedHead = readonly [wallet: string, seq: number, hash: string];

/** A record of heads; which attempt to close a period wrote it says its id. */
export interface StoredHeads {
  readonly attempt: string;
  readonly heads: readonly SealedHead[];
}

/** A closed period, as it is kept. */
export interface StoredPeriod {
  /** Null: from the first entry on. */
  readonly from: number | null;
  readonly to: number;
  readonly closedAt: number;
  readonly attempt: string;
  readonly actor: string;
  readonly reason: string;
  /** SHA-256 over the heads, by part and wallet, in hex. */
  readonly heads: string;
  readonly wallets: number;
  readonly report: PlainReport;
}

export interface SealBook {
  readonly seals: Seals;
  readonly periods: readonly StoredPeriod[];
  /** For the wallets of a part: what was closed of each. */
  readonly sealedIn: (part: number) => Promise<(wallet: string) => SealedSeqs>;
}

const NOTHING: SealedSeqs = [];

/** Periods that were closed, oldest first, and up to where that closed each ledger. */
export async function sealBook(door: EngineDoor): Promise<SealBook> {
  const periods = await periodsOf(door);
  if (periods.length === 0) return { seals: NOTHING_SEALED, periods, sealedIn: async () => () => NOTHING };
  return {
    seals: { ends: periods.map(({ to }) => to) },
    periods,
    sealedIn: async (part) => {
      const sealed = await seqsOf(door, part, periods);
      return (wallet) => sealed.get(wallet) ?? NOTHING;
    },
  };
}

async function periodsOf(door: EngineDoor): Promise<readonly StoredPeriod[]> {
  const periods: StoredPeriod[] = [];
  for await (const { data } of recordsOf(door, PERIODS, PERIOD_KIND))
    periods.push(JSON.parse(data) as StoredPeriod);
  return periods.sort((a, b) => a.to - b.to);
}

/** Each period keeps the heads of those wallets that it saw entries of; the others stand where they stood before. */
async function seqsOf(
  door: EngineDoor,
  part: number,
  periods: readonly StoredPeriod[],
): Promise<ReadonlyMap<string, SealedSeqs>> {
  const sealed = new Map<string, number[]>();
  const byAttempt = new Map(periods.map(({ attempt }, place) => [attempt, place]));
  const chunks: (readonly [number, readonly SealedHead[]])[] = [];
  for await (const { data } of recordsOf(door, headsOf(part), HEADS_KIND)) {
    const { attempt, heads } = JSON.parse(data) as StoredHeads;
    const place = byAttempt.get(attempt);
    // Of an attempt that closed nothing.
    if (place !== undefined) chunks.push([place, heads]);
  }
  for (const [place, heads] of chunks.sort(([a], [b]) => a - b))
    for (const [wallet, seq] of heads) {
      const seqs = sealed.get(wallet) ?? [];
      while (seqs.length < periods.length) seqs.push(0);
      seqs.fill(seq, place);
      sealed.set(wallet, seqs);
    }
  return sealed;
}

const RECORDS_PER_PAGE = 100;

export async function* recordsOf(door: EngineDoor, place: OwnPlace, kind: string): AsyncGenerator<RecordRow> {
  let after: string | undefined;
  do {
    const page = await door.list(place, kind, after, RECORDS_PER_PAGE);
    yield* page.items;
    after = page.next ?? undefined;
  } while (after !== undefined);
}
