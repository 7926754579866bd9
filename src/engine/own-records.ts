import { advance } from "../core/advance.js";
import { Draft } from "../core/draft.js";
import { NOTHING_KNOWN } from "../core/known.js";
import type { WalletNames } from "../core/wallet.js";
import type { Change, Read, Snapshot } from "../store/contract.js";
import type { RecordRow } from "../store/rows.js";
import { prepareChange } from "./change.js";
import { reading } from "./persevere.js";
import type { Services } from "./services.js";
import type { WalletHandle } from "./wallet-handles.js";
import { cachedFrom } from "./wallet-state.js";

/** Records of one version of a wallet: the open ones, and those that were asked for by name. */
export interface OwnRecords {
  readonly open: readonly RecordRow[];
  readonly asked: readonly RecordRow[];
}

/** A wallet of the engine's own: no customer has it, so no caller can name it. */
export function ownNames(name: string, section = ""): WalletNames {
  return { customerId: "", currency: name, scope: section };
}

/** @param rowsOf Decides on what is stored, and may be called again; without rows nothing is written. */
export async function changeOwnRecords(
  services: Services,
  names: WalletNames,
  rowsOf: (records: OwnRecords) => readonly RecordRow[],
  asked: Read["records"] = [],
): Promise<void> {
  const handle = services.handle(names);
  const { access } = services;
  const now = services.now();
  await reading(access, (patience) =>
    access.transact(
      [{ key: handle.key, records: asked }],
      ([snapshot]) => {
        if (snapshot === undefined) return [];
        const rows = rowsOf({ open: snapshot.records, asked: snapshot.asked.records });
        return rows.length === 0 ? [] : [changeOf(handle, snapshot, rows, now)];
      },
      patience,
    ),
  );
}

function changeOf(
  { key, names, terms }: WalletHandle,
  snapshot: Snapshot,
  records: readonly RecordRow[],
  now: number,
): Change {
  const base = cachedFrom(names, terms, snapshot);
  const draft = new Draft(base.wallet, terms, NOTHING_KNOWN);
  advance(draft, now);
  const { change } = prepareChange(key, base, draft, [], []);
  return { ...change, records };
}
