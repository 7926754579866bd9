import * as z from "zod";
import { idSchema } from "../catalog/inputs.js";
import { CreditError, invalidInput } from "../core/errors.js";
import type { Grant } from "../engine/api-results.js";
import type { BookDoor } from "../engine/book-door.js";
import type { EntryRow } from "../store/rows.js";
import type { FinanceSource } from "./api.js";
import { parseOptions } from "./options.js";
import { doorOf } from "../engine/reach-door.js";
import { type SealBook, sealBook } from "./seal-book.js";
import { bookedAt } from "./seals.js";
import type { GrantTrace, TraceGrantRequest, TraceStep } from "./trace-api.js";
import {
  Receipts,
  type TracedPlace,
  counterpartsOf,
  entriesFrom,
  grantRowAt,
  moneyOf,
  originsOf,
  tracedEffect,
} from "./trace-parts.js";

const VERB = "traceGrant";
const traceSchema = z.strictObject({
  after: z.string().optional(),
  limit: z.int().min(1).max(1_000).optional(),
});
const DEFAULT_LIMIT = 100;

/**
 * A grant from its sale to each use of it: every ledger entry of the grant in order, what it did to the money, who caused
 * it, and where credits went that moved. The grant's `source` and `metadata` say which invoice paid for it; of credits that
 * came from another grant, the last of `origins` was the one that was paid for.
 *
 * Reads the wallet's ledger from the grant's beginning.
 *
 * @throws CreditError `grant_not_found`; `invalid_input` for an `after` that no page gave; `store_unavailable` where the store
 *   did not answer in time.
 * @example
 * ```ts
 * import { traceGrant } from "coffer/finance";
 *
 * const { grant, steps } = await traceGrant(credits, grantId);
 * for (const { entry, effect, deferredAfter } of steps)
 *   console.log(entry.type, effect?.kind, effect?.money.amount.toFixed(), deferredAfter?.amount.toFixed(), grant.source);
 * ```
 */
export async function traceGrant(
  credits: FinanceSource,
  grantId: string,
  request: TraceGrantRequest = {},
): Promise<GrantTrace> {
  const door = doorOf(credits, VERB);
  const { books } = door;
  const id = parseOptions(z.strictObject({ grantId: idSchema }), { grantId }, VERB).grantId;
  const { after, limit = DEFAULT_LIMIT } = parseOptions(traceSchema, request, VERB);
  const afterSeq = seqAfter(after);
  const { key, names, local } = await books.placeOf("gr", id, "grant_not_found");
  if ((await grantRowAt(books, key, local)) === undefined) throw grantNotFound(id);
  await books.writeDue(door.now());
  const row = await grantRowAt(books, key, local);
  if (row === undefined) throw grantNotFound(id);
  const grant = books.presentGrant(names, row);
  const tracer = new Tracer(books, { key, names }, grant, await sealBook(door));
  const { steps, next } = await tracer.steps(local, row.createdAt, { afterSeq, limit });
  return { grant, origins: await originsOf(books, grant), steps, next };
}

function grantNotFound(grantId: string): CreditError {
  return new CreditError(
    "grant_not_found",
    `There is no grant "${grantId}". Pass the \`id\` that the engine returned.`,
    { grantId },
  );
}

function seqAfter(after: string | undefined): number {
  if (after === undefined) return 0;
  if (/^\d{1,16}$/.test(after)) return Number(after);
  throw invalidInput(`${VERB}: \`after\` must be the \`next\` of the page before.`, { field: "after" });
}

class Tracer {
  private readonly receipts: Receipts;

  constructor(
    private readonly books: BookDoor,
    private readonly place: TracedPlace,
    private readonly grant: Grant,
    private readonly book: SealBook,
  ) {
    this.receipts = new Receipts(books, place.key);
  }

  async steps(
    grantId: string,
    createdAt: number,
    { afterSeq, limit }: { readonly afterSeq: number; readonly limit: number },
  ): Promise<Pick<GrantTrace, "steps" | "next">> {
    const { key } = this.place;
    const sealedOf = await this.book.sealedIn(key.part);
    const sealed = sealedOf(key.id);
    const entries = entriesFrom(this.books, key, createdAt);
    const steps: TraceStep[] = [];
    let deferred = 0n;
    while ((await entries.peek()) !== undefined)
      for (const row of entries.take(() => true)) {
        if (row.grantId !== grantId) continue;
        if (steps.length >= limit) return { steps, next: String(steps.at(-1)?.entry.seq) };
        deferred += row.cost ?? 0n;
        if (row.seq > afterSeq)
          steps.push(await this.step(row, deferred, bookedAt(row, this.book.seals, sealed)));
      }
    return { steps, next: null };
  }

  private async step(row: EntryRow, deferred: bigint, at: number): Promise<TraceStep> {
    const { books, place, grant, receipts } = this;
    return {
      entry: books.presentEntry(place.names, row),
      effect: tracedEffect(row),
      bookedAt: new Date(at),
      deferredAfter: grant.cost === null ? null : moneyOf(deferred, grant.cost.currency),
      operation: await receipts.operationOf(row),
      counterparts: await counterpartsOf(books, receipts, place, row, grant),
    };
  }
}
