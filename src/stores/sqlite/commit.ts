import type { Outcome } from "../../store/contract.js";
import { nameOf } from "../../store/intake/take-change.js";
import type { Taken } from "../../store/intake/taken.js";
import type { Context } from "../sql/programs/context.js";
import { query } from "../sql/programs/context.js";
import { judge } from "../sql/programs/judge.js";
import { loadOne, placeOf } from "../sql/programs/snapshots.js";
import { writeChanges } from "../sql/programs/write.js";
import { sqliteTarget } from "../sql/schema/targets.js";
import type { Program } from "../sql/statement.js";
import { TABLES } from "../sql/tables/tables.js";

/** Judges each change, writes those that won, and looks up what the others missed. Under the lock of writers. */
export function* commitChanges(context: Context, changes: readonly Taken[]): Program<readonly Outcome[]> {
  const judged = yield* judge(context, changes, yield* versionsOf(changes));
  const won = changes.filter((_, index) => judged[index]?.status === "committed");
  if (won.length > 0) yield* writeChanges(context, won);
  const outcomes: Outcome[] = [];
  for (const [index, judgement] of judged.entries()) {
    const receipts = changes[index]?.unused ?? [];
    outcomes.push(
      judgement.status === "stale"
        ? { status: "conflict", fresh: yield* loadOne(context, { key: judgement.key, receipts }) }
        : judgement,
    );
  }
  return outcomes;
}

/** All wallets in one statement whatever their number: they travel as one JSON text, whose integers are exact. */
const VERSIONS = `select cast(w.part as text) as part, cast(w.wallet as text) as wallet, cast(w.version as text) as version
from json_each(?) as k cross join ${sqliteTarget.tableId("wallet")} as w
where w.part = json_extract(k.value, '$[0]') and w.wallet = json_extract(k.value, '$[1]')`;

function* versionsOf(changes: readonly Taken[]): Program<ReadonlyMap<string, number>> {
  const places = changes.map(({ key }) => placeOf(key)).map(({ part, wallet }) => `[${part},${wallet}]`);
  const rows = yield* query({ text: VERSIONS, values: [`[${places.join()}]`] });
  const { part, wallet, version } = TABLES.wallet.columns;
  return new Map(
    rows.map((row) => [
      nameOf({ part: part.decode(row["part"]), id: wallet.decode(row["wallet"]) }),
      version.decode(row["version"]),
    ]),
  );
}
