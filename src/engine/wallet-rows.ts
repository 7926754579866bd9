import type { Currency } from "../catalog/catalog.js";
import { CreditError } from "../core/errors.js";
import { type Grant, type GrantPayment, isOpen, phaseAt, statusOf } from "../core/grant.js";
import type { Policy } from "../core/policy.js";
import type { Recurrence } from "../core/schedule.js";
import { type Wallet, type WalletNames, emptyWallet } from "../core/wallet.js";
import { nextDueAt } from "../core/due.js";
import type { Thresholds } from "../core/thresholds.js";
import { leadsOf, withGrant } from "../core/wallet-index.js";
import type { Snapshot } from "../store/contract.js";
import type { GrantRow, WalletHead } from "../store/rows.js";
import { decodeJson, encodeJson } from "./json.js";
import { withRecord } from "./record-rows.js";

type GrantDetail = Pick<
  Grant,
  "features" | "displayName" | "metadata" | "originGrantId" | "lapses" | "voidedAt"
> & {
  readonly recurrence?: Recurrence | undefined;
  readonly noticedAt?: number | undefined;
  readonly payment?: GrantPayment | undefined;
};

export function grantRow(grant: Grant): GrantRow {
  const { features, displayName, metadata, originGrantId, lapses, voidedAt, recurrence, cost } = grant;
  const { noticedAt, payment } = grant;
  const detail: GrantDetail = {
    features,
    displayName,
    metadata,
    originGrantId,
    lapses,
    voidedAt,
    recurrence: recurrence ?? undefined,
    noticedAt: noticedAt ?? undefined,
    payment: payment ?? undefined,
  };
  const { id, category, source, priority, effectiveAt, expiresAt, createdAt, closedAt } = grant;
  const { amount, remaining, held, consumed, expired, voided, adjusted, refunded, moved } = grant;
  return {
    id,
    category,
    source,
    priority,
    effectiveAt,
    expiresAt,
    createdAt,
    closedAt,
    amount,
    remaining,
    held,
    consumed,
    expired,
    voided,
    adjusted,
    refunded,
    moved,
    open: isOpen(grant),
    status: statusOf(grant),
    cost: cost?.total ?? null,
    costCurrency: cost?.currency ?? null,
    costRecognised: cost?.recognised ?? 0n,
    costBreakage: cost?.breakage ?? 0n,
    costRefunded: cost?.refunded ?? 0n,
    costMoved: cost?.moved ?? 0n,
    restartDeferred: cost?.restartDeferred ?? 0n,
    restartOpen: cost?.restartOpen ?? 0n,
    detail: encodeJson(detail),
  };
}

/** A grant as it stands at `instant`. */
export function grantFromRow(row: GrantRow, instant: number): Grant {
  const detail = decodeJson(row.detail) as GrantDetail;
  const { id, category, source, priority, effectiveAt, expiresAt, createdAt, closedAt } = row;
  const { amount, remaining, held, consumed, expired, voided, adjusted, refunded, moved } = row;
  return {
    id,
    category,
    source,
    priority,
    effectiveAt,
    expiresAt,
    createdAt,
    closedAt,
    amount,
    remaining,
    held,
    consumed,
    expired,
    voided,
    adjusted,
    refunded,
    moved,
    ...detail,
    recurrence: detail.recurrence ?? null,
    noticedAt: detail.noticedAt ?? null,
    payment: detail.payment ?? null,
    phase: phaseAt(
      { effectiveAt, expiresAt, voidedAt: detail.voidedAt, payment: detail.payment ?? null },
      instant,
    ),
    cost:
      row.cost === null || row.costCurrency === null
        ? null
        : {
            currency: row.costCurrency,
            total: row.cost,
            recognised: row.costRecognised,
            breakage: row.costBreakage,
            refunded: row.costRefunded,
            moved: row.costMoved,
            restartDeferred: row.restartDeferred,
            restartOpen: row.restartOpen,
          },
  };
}

interface WalletSettings {
  readonly policy: Policy | null;
  readonly basisCurrency: string | null;
  /** Decimal places that the wallet's amounts are kept in. */
  readonly scale: number;
  readonly watch?: StoredWatch | undefined;
}

/** Left out where all of it is. */
interface StoredWatch {
  readonly thresholds?: Thresholds | undefined;
  readonly told?: "low" | "depleted" | undefined;
  readonly netBeforeInstant?: bigint | undefined;
}

function storedWatch({ thresholds, told, netBeforeInstant }: Wallet["watch"]): StoredWatch | undefined {
  if (thresholds === null && told === null && netBeforeInstant === null) return undefined;
  return {
    thresholds: thresholds ?? undefined,
    told: told ?? undefined,
    netBeforeInstant: netBeforeInstant ?? undefined,
  };
}

function watchFrom(stored: StoredWatch | undefined, { noticeLeads }: Currency): Wallet["watch"] {
  const thresholds = stored?.thresholds ?? null;
  return {
    thresholds,
    leads: leadsOf(noticeLeads, thresholds),
    told: stored?.told ?? null,
    netBeforeInstant: stored?.netBeforeInstant ?? null,
  };
}

export function headOf(wallet: Wallet, scale: number, ledgerHash: Uint8Array): WalletHead {
  const { names, version, clock, seq, eventNo, receiptNo, balance, held, overdraft, overage, lapsedAt } =
    wallet;
  const { policy, basisCurrency } = wallet;
  const settings: WalletSettings = { policy, basisCurrency, scale, watch: storedWatch(wallet.watch) };
  return {
    ...names,
    version,
    clock,
    seq,
    ledgerHash,
    eventNo,
    receiptNo,
    balance,
    held,
    overdraft,
    overage,
    lapsedAt,
    dueAt: nextDueAt(wallet),
    settings: encodeJson(settings),
  };
}

/** Builds the wallet that a snapshot holds, with all its indexes. */
export function walletFromSnapshot(names: WalletNames, currency: Currency, snapshot: Snapshot): Wallet {
  const { head } = snapshot;
  const empty = emptyWallet(names, currency);
  if (head === null) return empty;
  refuseCollision(names, head);
  const { scale, watch, ...settings } = decodeJson(head.settings) as WalletSettings;
  if (scale !== currency.scale) throw anotherScale(currency, scale);
  const { clock, seq, eventNo, receiptNo, balance, overdraft, overage, lapsedAt, version } = head;
  let wallet: Wallet = {
    ...empty,
    ...settings,
    watch: watchFrom(watch, currency),
    clock,
    seq,
    eventNo,
    receiptNo,
    balance,
    overdraft,
    overage,
    lapsedAt,
    version,
  };
  for (const row of snapshot.grants)
    wallet = withGrant(wallet, currency.burnOrder, undefined, grantFromRow(row, clock));
  for (const row of snapshot.records) wallet = withRecord(wallet, row);
  return wallet;
}

/** Amounts are kept as integers of the scale that was first used: under another one each would mean another amount. */
function anotherScale({ id, scale }: Currency, kept: number): CreditError {
  return new CreditError(
    "unsupported",
    `Wallets of "${id}" are kept with ${kept} decimal places, and the catalog says ${scale}. A scale is fixed once used: set it back, or define another currency.`,
    { currency: id, scale, kept },
  );
}

/** Two wallets whose names hash alike (2^-71 per pair) are refused, never merged. */
function refuseCollision(names: WalletNames, head: WalletHead): void {
  if (head.customerId === names.customerId && head.currency === names.currency && head.scope === names.scope)
    return;
  throw new CreditError(
    "unsupported",
    `The names of this wallet collide with those of another one in the store; choose another \`scope\`.`,
    { ...names },
  );
}
