import type { Taken } from "../../../store/intake/taken.js";
import type { Program } from "../statement.js";
import { TABLES } from "../tables/tables.js";
import type { Context } from "./context.js";
import { insertRows } from "./insert.js";

/** Writes changes that were judged under lock: their wallets' versions fit, and none of their keys is used. */
export function* writeChanges(context: Context, changes: readonly Taken[]): Program<void> {
  yield* insertRows(
    context,
    TABLES.wallet,
    place(changes, ({ head }) => [head]),
    "replace",
  );
  yield* insertRows(
    context,
    TABLES.grant,
    place(changes, ({ opened }) => opened),
  );
  yield* insertRows(
    context,
    TABLES.grant,
    place(changes, ({ moved }) => moved),
    "replace",
  );
  yield* insertRows(
    context,
    TABLES.record,
    place(changes, ({ records }) => records),
    "replace",
  );
  yield* insertRows(
    context,
    TABLES.entry,
    place(changes, ({ entries }) => entries),
  );
  yield* insertRows(
    context,
    TABLES.receipt,
    place(changes, ({ receipts }) => receipts),
  );
  yield* insertRows(
    context,
    TABLES.outbox,
    place(changes, ({ events }) => events),
  );
  yield* insertRows(
    context,
    TABLES.usage,
    place(changes, ({ usage }) => usage),
    "add",
  );
}

/** Rows of all changes, each with the wallet that it belongs to. */
function place(changes: readonly Taken[], rowsOf: (change: Taken) => readonly object[]): readonly object[] {
  return changes.flatMap((change) =>
    rowsOf(change).map((row) => ({ part: change.key.part, wallet: change.key.id, ...row })),
  );
}
