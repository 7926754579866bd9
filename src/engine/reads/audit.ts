import { invalidInput } from "../../core/errors.js";
import type { Page as StorePage } from "../../store/queries.js";
import type { ReceiptRow, WalletHead, WalletKey } from "../../store/rows.js";
import type { AuditRecord, Page } from "../api-read-results.js";
import { publicId, walletKeyOf } from "../ids.js";
import { parseRequest } from "../parse.js";
import { auditSchema } from "../request-schemas.js";
import type { Services } from "../services.js";
import { DEFAULT_PAGE } from "./page.js";
import { allRows, listRows } from "./rows.js";

type Receipt = StorePage<ReceiptRow>["items"][number];
type Filter = {
  readonly actor?: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
};

/** The last record of a page: the next one starts after it. */
interface Position {
  readonly recordedAt: number;
  readonly wallet: string;
  readonly receiptNo: number;
}

/** Every mutation of a customer's wallets, by the instant at which it was recorded. */
export async function audit(services: Services, request: unknown): Promise<Page<AuditRecord>> {
  const { input } = parseRequest(auditSchema, request, "audit");
  const { customerId, scope, limit = DEFAULT_PAGE, after } = input;
  const position = after === undefined ? null : parsePosition(after);
  const wallets = await walletsOf(services, customerId, scope);
  const merged: { readonly head: WalletHead; readonly receipt: Receipt }[] = [];
  for (const { head, key } of wallets)
    for (const receipt of await firstReceipts(services, key, input, position, limit + 1))
      merged.push({ head, receipt });
  merged.sort((a, b) => comparePositions(positionOf(a.receipt), positionOf(b.receipt)));
  const items = merged.slice(0, limit);
  const last = items.at(-1);
  return {
    items: items.map(({ head, receipt }) => presentReceipt(head, receipt)),
    next: merged.length > limit && last !== undefined ? JSON.stringify(positionOf(last.receipt)) : null,
  };
}

async function walletsOf(
  services: Services,
  customerId: string,
  scope: string | undefined,
): Promise<readonly { readonly head: WalletHead; readonly key: WalletKey }[]> {
  const { part } = walletKeyOf({ customerId, currency: "", scope: "" });
  const heads: { readonly head: WalletHead; readonly key: WalletKey }[] = [];
  for await (const { wallet, ...head } of allRows(services, { where: { part }, kind: "wallets", customerId }))
    if (head.customerId === customerId && (scope === undefined || head.scope === scope))
      heads.push({ head, key: wallet });
  return heads;
}

/** Of one wallet, the first that come after the position and pass the filter. */
async function firstReceipts(
  services: Services,
  wallet: WalletKey,
  { actor, from, to }: Filter,
  position: Position | null,
  count: number,
): Promise<readonly Receipt[]> {
  const start = Math.max(from ?? Number.MIN_SAFE_INTEGER, position?.recordedAt ?? Number.MIN_SAFE_INTEGER);
  const found: Receipt[] = [];
  let after: string | null = null;
  do {
    const query = {
      where: { wallet },
      kind: "receipts",
      from: start,
      ...(to === undefined ? {} : { to }),
    } as const;
    const page: StorePage<ReceiptRow> = await listRows(services, query, after, count);
    for (const receipt of page.items) {
      const passes = actor === undefined || receipt.actor === actor;
      if (passes && (position === null || comparePositions(positionOf(receipt), position) > 0))
        found.push(receipt);
    }
    after = page.next;
  } while (after !== null && found.length < count);
  return found;
}

function positionOf({ recordedAt, wallet, receiptNo }: Receipt): Position {
  return { recordedAt, wallet: wallet.id, receiptNo };
}

function comparePositions(a: Position, b: Position): number {
  return (
    a.recordedAt - b.recordedAt ||
    Buffer.compare(Buffer.from(a.wallet), Buffer.from(b.wallet)) ||
    a.receiptNo - b.receiptNo
  );
}

function parsePosition(after: string): Position {
  try {
    const position: unknown = JSON.parse(after);
    if (isPosition(position)) return position;
  } catch {
    // Falls through to the one error for everything that is no cursor.
  }
  throw invalidInput("audit: `after` must be the `next` of the page before.", { field: "after" });
}

function isPosition(value: unknown): value is Position {
  if (typeof value !== "object" || value === null) return false;
  const { recordedAt, wallet, receiptNo } = value as Partial<Record<keyof Position, unknown>>;
  return Number.isSafeInteger(recordedAt) && typeof wallet === "string" && Number.isSafeInteger(receiptNo);
}

const VERBS: Readonly<Record<string, string>> = { transferOut: "transfer", transferIn: "transfer" };

function presentReceipt(head: WalletHead, receipt: Receipt): AuditRecord {
  const request = JSON.parse(receipt.request) as Record<string, unknown>;
  const { metadata } = request;
  return {
    operationId: publicId("op", receipt.wallet, receipt.operationId),
    operation: VERBS[receipt.kind] ?? receipt.kind,
    customerId: head.customerId,
    scope: head.scope === "" ? undefined : head.scope,
    currency: head.currency,
    idempotencyKey: receipt.key,
    actor: receipt.actor,
    reason: receipt.reason,
    request:
      typeof metadata === "string" ? { ...request, metadata: JSON.parse(metadata) as unknown } : request,
    recordedAt: new Date(receipt.recordedAt),
  };
}
