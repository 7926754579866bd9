import type { CreditErrorCode } from "../core/errors.js";
import type { WalletNames } from "../core/wallet.js";
import type { Read, Snapshot } from "../store/contract.js";
import type { ListQuery, Page, RowOf } from "../store/queries.js";
import type { EntryRow, GrantRow, WalletKey } from "../store/rows.js";
import type { LedgerEntry } from "./api-read-results.js";
import type { Grant } from "./api-results.js";
import type { EngineParts } from "./engine-parts.js";
import { reading } from "./persevere.js";
import { presentGrant } from "./present.js";
import { presentEntry } from "./reads/ledger.js";
import { type UnpagedOf, listRows } from "./reads/rows.js";
import { runDueOnce } from "./start-runner.js";
import { grantFromRow } from "./wallet-rows.js";

/** What reports read: the ledgers of all wallets, part by part, as the store has them. */
export interface BookDoor {
  /** Makes durable what time has made due by then, but never what is yet to come. */
  readonly writeDue: (until: number) => Promise<void>;
  readonly newId: () => string;
  readonly list: <Kind extends ListQuery["kind"]>(
    query: UnpagedOf<Kind>,
    after: string | null,
    limit: number,
  ) => Promise<Page<RowOf[Kind]>>;
  readonly load: (reads: readonly Read[]) => Promise<readonly Snapshot[]>;
  /** The wallet that a public id names. @throws CreditError `missing` where there is none. */
  readonly placeOf: (
    kind: "gr" | "en",
    id: string,
    missing: CreditErrorCode,
  ) => Promise<{ readonly key: WalletKey; readonly names: WalletNames; readonly local: string }>;
  readonly presentGrant: (names: WalletNames, row: GrantRow) => Grant;
  readonly presentEntry: (names: WalletNames, row: EntryRow) => LedgerEntry;
}

export function bookDoorOf(parts: EngineParts): BookDoor {
  const { services, lifetime } = parts;
  return {
    writeDue: async (until) => {
      await runDueOnce(parts, { until: Math.min(until, services.now()) });
    },
    newId: () => services.newId(services.now()),
    list: (query, after, limit) => lifetime.during(() => listRows(services, query, after, limit)),
    load: (reads) =>
      lifetime.during(() => reading(services.access, (patience) => services.access.load(reads, patience))),
    placeOf: (kind, id, missing) =>
      lifetime.during(async () => {
        const { handle, local } = await services.handleOf(kind, id, missing);
        return { key: handle.key, names: handle.names, local };
      }),
    presentGrant: (names, row) => presentGrant(services.handle(names), grantFromRow(row, services.now())),
    presentEntry: (names, row) => presentEntry(services.handle(names), row),
  };
}
