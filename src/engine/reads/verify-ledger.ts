import type { WalletHead, EntryRow } from "../../store/rows.js";
import type { LedgerVerification, WrongEntry } from "../api-read-results.js";
import { writeDue } from "../due.js";
import { isCovered } from "../entry-rows.js";
import { genesisHash } from "../ledger-hash.js";
import { namesOf, parseRequest } from "../parse.js";
import { walletSchema } from "../request-schemas.js";
import type { Services } from "../services.js";
import type { WalletHandle } from "../wallet-handles.js";
import { entryId } from "./ledger.js";
import { allRows } from "./rows.js";

/** Where a ledger stands after an entry, or before its first one. */
interface Chain {
  readonly seq: number;
  readonly recordedAt: number;
  readonly balance: bigint;
  readonly hash: Uint8Array;
}

type Head = Pick<WalletHead, "seq" | "balance" | "ledgerHash">;

/**
 * Reads the whole ledger again and checks numbers, instants, sums and hashes, up to the wallet's head, and that what
 * stands beyond it was written meanwhile.
 */
export async function verifyLedger(services: Services, request: unknown): Promise<LedgerVerification> {
  const { input } = parseRequest(walletSchema, request, "verifyLedger");
  const handle = services.handle(namesOf(input, input.currency));
  await writeDue(services, handle);
  const head = await headOf(services, handle);
  let counted = head.seq;
  let chain: Chain = start(handle);
  for await (const row of allRows(services, { where: { wallet: handle.key }, kind: "entries" })) {
    if (row.seq > counted) counted = (await headOf(services, handle)).seq;
    const problem = headProblem(head, chain) ?? entryProblem(row, chain, counted);
    if (problem !== null) return wrong(chain, { seq: row.seq, entryId: entryId(handle, row), problem });
    chain = { seq: row.seq, recordedAt: row.recordedAt, balance: row.balanceAfter, hash: row.hash };
  }
  if (chain.seq < head.seq)
    return wrong(chain, {
      seq: chain.seq + 1,
      entryId: null,
      problem: `the wallet counts ${head.seq} entries, the ledger ends before`,
    });
  const problem = headProblem(head, chain);
  if (problem !== null) return wrong(chain, { seq: chain.seq, entryId: null, problem });
  return { ok: true, entries: chain.seq, head: Buffer.from(chain.hash).toString("hex") };
}

function start({ names }: WalletHandle): Chain {
  return { seq: 0, recordedAt: Number.MIN_SAFE_INTEGER, balance: 0n, hash: genesisHash(names) };
}

/** A wallet that is not there counts no entries. */
async function headOf(services: Services, handle: WalletHandle): Promise<Head> {
  const { head } = await services.snapshotOf({ key: handle.key });
  return head ?? { seq: 0, balance: 0n, ledgerHash: genesisHash(handle.names) };
}

function headProblem(head: Head, chain: Chain): string | null {
  if (chain.seq !== head.seq) return null;
  const isLast = head.balance === chain.balance && Buffer.compare(head.ledgerHash, chain.hash) === 0;
  return isLast ? null : "the wallet's balance or hash is not that of its last entry";
}

function entryProblem(row: EntryRow, chain: Chain, counted: number): string | null {
  if (row.seq !== chain.seq + 1) return `number ${row.seq} follows ${chain.seq}`;
  if (row.seq > counted) return `the wallet counts ${counted} entries, this one stands after them`;
  if (row.recordedAt < chain.recordedAt) return "it was recorded before the entry that it follows";
  const moved = row.account === "overage" ? 0n : row.amount;
  if (row.balanceAfter !== chain.balance + moved) return "its balance is not the one before and its amount";
  if (!isCovered(row, chain.hash)) return "its hash does not cover what it says";
  return null;
}

function wrong({ seq }: Chain, entry: WrongEntry): LedgerVerification {
  return { ok: false, entries: seq, wrong: entry };
}
