import { type Decimal, toDecimal } from "../core/decimal.js";
import { floorShare, minorPlaces } from "../core/money.js";
import { type TopUp, grossOf } from "../core/top-up.js";
import type { BookDoor } from "../engine/book-door.js";
import { publicId } from "../engine/ids.js";
import { doorOf } from "../engine/reach-door.js";
import { topUpFromRow } from "../engine/record-rows.js";
import type { WalletKey } from "../store/rows.js";
import type { FinanceSource } from "./api.js";
import { Pages } from "./pages.js";

/** A purchase of which more money went back than deferred money was left for it. Major units of `currency`, without tax. */
export interface UnrecoveredRefund {
  readonly customer: string;
  readonly scope: string | undefined;
  readonly creditCurrency: string;
  readonly topUpId: string;
  readonly grantId: string;
  /** Of the money: "USD". */
  readonly currency: string;
  /** What the provider gave back so far, at most what was paid: the price's share of it, rounded down. */
  readonly refunded: Decimal;
  /** Of that, what came out of deferred money: the grant's `refunded` in reports. */
  readonly recovered: Decimal;
  /** refunded − recovered: it was revenue, or breakage, or moved to another grant before it went back. */
  readonly unrecovered: Decimal;
}

const VERB = "unrecoveredRefunds";
const PAGE = 1_000;

/**
 * Money that went back to customers, by refunds and disputes at the provider, after the credits it paid for were gone: no
 * report and no journal has it, since the ledger holds deferred money only. Told of every purchase as it stands now.
 *
 * Reads the records of purchases, and the grants of those of which money went back.
 *
 * @throws CreditError `invalid_input` for what is no engine; `store_unavailable` where the store did not answer in time.
 * @example
 * ```ts
 * import { unrecoveredRefunds } from "coffer/finance";
 *
 * for await (const { customer, topUpId, unrecovered, currency } of unrecoveredRefunds(credits))
 *   console.log(customer, topUpId, unrecovered.toFixed(2), currency);
 * ```
 */
export async function* unrecoveredRefunds(credits: FinanceSource): AsyncGenerator<UnrecoveredRefund> {
  const { books, parts } = doorOf(credits, VERB);
  for (let part = 0; part < parts; part++) {
    const pages = new Pages((after) =>
      books.list({ kind: "records", where: { part }, record: "topUp" }, after, PAGE),
    );
    for (let row = await pages.peek(); row !== undefined; row = await pages.peek()) {
      const { id } = row.wallet;
      const topUps = pages.take((one) => one.wallet.id === id).map(topUpFromRow);
      yield* inWallet(
        books,
        row.wallet,
        topUps.filter(({ refundedGross }) => refundedGross > 0n),
      );
    }
  }
}

async function* inWallet(
  { load }: BookDoor,
  key: WalletKey,
  topUps: readonly TopUp[],
): AsyncGenerator<UnrecoveredRefund> {
  if (topUps.length === 0) return;
  const [snapshot] = await load([{ key, grants: topUps.map(({ grantId }) => grantId) }]);
  const head = snapshot?.head;
  if (head == null) return;
  const grants = [...(snapshot?.grants ?? []), ...(snapshot?.asked.grants ?? [])];
  const taken = new Map(grants.map(({ id, costRefunded }) => [id, costRefunded]));
  for (const topUp of topUps) {
    const { total, currency } = topUp.price;
    const refunded = floorShare(total, topUp.refundedGross, grossOf(topUp));
    const recovered = taken.get(topUp.grantId) ?? 0n;
    if (refunded <= recovered) continue;
    const money = (minor: bigint) => toDecimal(minor, minorPlaces(currency));
    yield {
      customer: head.customerId,
      scope: head.scope === "" ? undefined : head.scope,
      creditCurrency: head.currency,
      topUpId: publicId("tu", key, topUp.id),
      grantId: publicId("gr", key, topUp.grantId),
      currency,
      refunded: money(refunded),
      recovered: money(recovered),
      unrecovered: money(refunded - recovered),
    };
  }
}
