import { PARTS } from "../parts.js";
import { currencyOf, featureOf } from "../../catalog/catalog.js";
import { QUANTITY_PLACES } from "../../core/amounts.js";
import { toDecimal } from "../../core/decimal.js";
import type { RateBook } from "../../core/rate-book.js";
import type { Page } from "../../store/queries.js";
import type { EntryRow, WalletKey } from "../../store/rows.js";
import type { PreviewedRate, PreviewedUse, RatePreview } from "../api-rates.js";
import { walletKeyOf } from "../ids.js";
import { allRows } from "../reads/rows.js";
import type { Services } from "../services.js";
import { type Proposal, proposedBook } from "./proposed-book.js";
import { Replay, type ReplayedSums } from "./replay.js";
import { walletOfThen } from "./wallet-of-then.js";

export function previewOf(services: Services, proposal: Proposal): RatePreview {
  const book = proposedBook(services.catalog, services.rates.book, proposal);
  const books = { book, before: services.rates.book };
  const uses = () => previewedUses(services, proposal, books);
  return { [Symbol.asyncIterator]: uses, totals: () => totalsOf(services, uses()) };
}

interface Books {
  readonly book: RateBook;
  readonly before: RateBook;
}

type Row = Page<EntryRow>["items"][number];

/** Entries come wallet by wallet: no more than the sums of one is held at a time. */
async function* previewedUses(
  services: Services,
  proposal: Proposal,
  books: Books,
): AsyncGenerator<PreviewedUse> {
  for (const part of partsOf(proposal)) {
    let replay: Replay | null = null;
    for await (const row of entriesOf(services, proposal, part)) {
      if (replay?.key.id !== row.wallet.id) {
        if (replay !== null) yield* usesOf(services, replay);
        replay = await replayOf(services, proposal, books, row.wallet);
      }
      replay.take(row);
    }
    if (replay !== null) yield* usesOf(services, replay);
  }
}

function partsOf({ customerId }: Proposal): readonly number[] {
  if (customerId !== null) return [walletKeyOf({ customerId, currency: "", scope: "" }).part];
  return Array.from({ length: PARTS }, (_, part) => part);
}

/** What lines of use are written as. */
const TYPES = ["consumed", "overdraft", "overage"];

function entriesOf(services: Services, { rates, from, to }: Proposal, part: number): AsyncIterable<Row> {
  const [only] = rates;
  const query = { kind: "entries", where: { part }, from, to, types: TYPES } as const;
  return allRows(
    services,
    only !== undefined && rates.length === 1 ? { ...query, feature: only.feature } : query,
  );
}

async function replayOf(
  services: Services,
  { rates, customerId }: Proposal,
  books: Books,
  key: WalletKey,
): Promise<Replay> {
  const wallet = await walletOfThen(services, key);
  const isMeant = wallet !== null && (customerId === null || wallet.names.customerId === customerId);
  const features = new Set(isMeant ? rates.map(({ feature }) => feature) : []);
  return new Replay({ key, wallet, features, ...books, handles: (names) => services.handle(names) });
}

function* usesOf({ catalog }: Services, replay: Replay): Generator<PreviewedUse> {
  const { wallet } = replay;
  if (wallet === null) return;
  const { customerId, currency, scope } = wallet.names;
  const { scale } = currencyOf(catalog, currency);
  for (const [feature, sums] of replay.sums)
    yield {
      customerId,
      scope: scope === "" ? undefined : scope,
      ...presented(feature, currency, scale, sums),
    };
}

function presented(
  feature: string,
  currency: string,
  scale: number,
  { quantity, charged, proposed, refused }: ReplayedSums,
): PreviewedRate {
  return {
    feature,
    currency,
    quantity: toDecimal(quantity, QUANTITY_PLACES),
    charged: toDecimal(charged, scale),
    proposed: toDecimal(proposed, scale),
    difference: toDecimal(proposed - charged, scale),
    refused: toDecimal(refused, QUANTITY_PLACES),
  };
}

async function totalsOf(
  { catalog }: Services,
  uses: AsyncIterable<PreviewedUse>,
): Promise<readonly PreviewedRate[]> {
  const totals = new Map<string, PreviewedRate>();
  for await (const use of uses) {
    const { feature } = use;
    const { currency } = featureOf(catalog, feature);
    const before = totals.get(feature);
    totals.set(feature, {
      feature,
      currency,
      quantity: use.quantity.plus(before?.quantity ?? 0),
      charged: use.charged.plus(before?.charged ?? 0),
      proposed: use.proposed.plus(before?.proposed ?? 0),
      difference: use.difference.plus(before?.difference ?? 0),
      refused: use.refused.plus(before?.refused ?? 0),
    });
  }
  return [...totals.values()];
}
