import { startOfUtcMonth } from "../../core/calendar.js";
import type { Draft } from "../../core/draft.js";
import { invalidInput } from "../../core/errors.js";
import { overageOfPeriod } from "../../core/past-zero.js";
import { DUE_RANK } from "../../core/wallet.js";
import type { Balance } from "../api-read-results.js";
import { draftOfNow, writeDue } from "../due.js";
import { grantFromRow } from "../wallet-rows.js";
import { publicId } from "../ids.js";
import { namesOf, parseRequest } from "../parse.js";
import { creditsOf } from "../present.js";
import { balanceSchema } from "../request-schemas.js";
import type { Services } from "../services.js";
import type { WalletHandle } from "../wallet-handles.js";
import { allRows } from "./rows.js";

const MOST_EXPIRING = 100;

export async function balance(services: Services, request: unknown): Promise<Balance> {
  const { input } = parseRequest(balanceSchema, request, "balance");
  const handle = services.handle(namesOf(input, input.currency));
  const now = services.now();
  if (input.at !== undefined && input.at > now)
    throw invalidInput("balance: `at` lies in the future; give a past instant, or none for now.", {
      field: "at",
    });
  if (input.at !== undefined && input.at < now) return balanceAt(services, handle, input.at);
  return presentBalance(handle, await draftOfNow(services, handle, input.consistency));
}

function presentBalance(handle: WalletHandle, { wallet }: Draft): Balance {
  const credits = (amount: bigint) => creditsOf(handle, amount);
  return {
    available: credits(wallet.available),
    held: credits(wallet.held),
    scheduled: credits(wallet.scheduled),
    balance: credits(wallet.balance),
    net: credits(wallet.liveOpen - wallet.overdraft),
    overdraft: credits(wallet.overdraft),
    overage: credits(overageOfPeriod(wallet)),
    expiring: [...expiringOf(handle, wallet)],
    nextRefillAt: nextRefillOf(wallet),
    version: wallet.version,
  };
}

function* expiringOf(handle: WalletHandle, wallet: Draft["wallet"]): Iterable<Balance["expiring"][number]> {
  let listed = 0;
  for (const { rank, at, id } of wallet.due.keys()) {
    const grant =
      rank === DUE_RANK.expiry || rank === DUE_RANK.rollover ? wallet.openGrants.get(id) : undefined;
    if (grant === undefined || grant.remaining === 0n) continue;
    yield {
      grantId: publicId("gr", handle.key, id),
      amount: creditsOf(handle, grant.remaining),
      at: new Date(at),
    };
    listed++;
    if (listed === MOST_EXPIRING) return;
  }
}

/** Of the schedules that there are now. */
export function nextRefillOf({ due }: Draft["wallet"]): Date | null {
  for (const { rank, at } of due.keys()) if (rank === DUE_RANK.refill) return new Date(at);
  return null;
}

/** A past balance is the sum of the ledger up to then; later entries never change it. */
async function balanceAt(services: Services, handle: WalletHandle, at: number): Promise<Balance> {
  await writeDue(services, handle);
  const open = new Map<string, bigint>();
  let overdraft = 0n;
  let overage = 0n;
  const month = startOfUtcMonth(at);
  for await (const entry of allRows(services, {
    where: { wallet: handle.key },
    kind: "entries",
    to: at + 1,
  })) {
    if (entry.account === "overdraft") overdraft -= entry.amount;
    else if (entry.account === "overage") overage -= entry.recordedAt >= month ? entry.amount : 0n;
    else if (entry.grantId !== null) open.set(entry.grantId, (open.get(entry.grantId) ?? 0n) + entry.amount);
  }
  const phases = { available: 0n, scheduled: 0n, all: 0n };
  const expiring: { readonly grantId: string; readonly amount: bigint; readonly at: number }[] = [];
  for await (const row of allRows(services, { where: { wallet: handle.key }, kind: "grants" })) {
    const amount = open.get(row.id) ?? 0n;
    if (amount === 0n) continue;
    const grant = grantFromRow(row, at);
    phases.all += amount;
    if (grant.effectiveAt > at) phases.scheduled += amount;
    else if (grant.expiresAt === null || grant.expiresAt > at) phases.available += amount;
    if (grant.expiresAt !== null && grant.effectiveAt <= at && grant.expiresAt > at)
      expiring.push({ grantId: row.id, amount, at: grant.expiresAt });
  }
  expiring.sort((a, b) => a.at - b.at);
  const credits = (amount: bigint) => creditsOf(handle, amount);
  const head = await draftOfNow(services, handle);
  return {
    available: credits(phases.available),
    held: credits(0n),
    scheduled: credits(phases.scheduled),
    balance: credits(phases.all - overdraft),
    net: credits(phases.available - overdraft),
    overdraft: credits(overdraft),
    overage: credits(overage),
    expiring: expiring.slice(0, MOST_EXPIRING).map((soon) => ({
      grantId: publicId("gr", handle.key, soon.grantId),
      amount: credits(soon.amount),
      at: new Date(soon.at),
    })),
    nextRefillAt: null,
    version: head.wallet.version,
  };
}
