import type { Attachment } from "../../core/attachments.js";
import { SortedMap, compareTexts } from "../../core/sorted-map.js";
import type { WalletNames } from "../../core/wallet.js";
import type { WalletKey } from "../../store/rows.js";
import { decodeJson } from "../json.js";
import { allRows } from "../reads/rows.js";
import type { Services } from "../services.js";

/** What of a wallet says which rate applied at any time. */
export interface WalletOfThen {
  readonly names: WalletNames;
  /** Those of long ago, too. */
  readonly attachments: SortedMap<string, Attachment>;
}

/** Null: no such wallet, or one of a currency that the catalog does not have. */
export async function walletOfThen(services: Services, key: WalletKey): Promise<WalletOfThen | null> {
  let names: WalletNames | null = null;
  for await (const { customerId, currency, scope } of allRows(services, {
    kind: "wallets",
    where: { wallet: key },
  }))
    names = { customerId, currency, scope };
  if (names === null || !services.catalog.currencies.has(names.currency)) return null;
  let attachments = SortedMap.empty<string, Attachment>(compareTexts);
  const query = { kind: "records", where: { wallet: key }, record: "plan" } as const;
  for await (const { data } of allRows(services, query)) {
    const attachment = decodeJson(data) as Attachment;
    attachments = attachments.with(attachment.id, attachment);
  }
  return { names, attachments };
}
