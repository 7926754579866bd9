import type { Outcome, Snapshot } from "../../store/contract.js";
import { StoreError } from "../../store/errors.js";
import { nameOf } from "../../store/intake/take-change.js";
import type { Taken } from "../../store/intake/taken.js";
import type { Call } from "../sql/call.js";
import type { Context } from "../sql/programs/context.js";
import type { Judgement } from "../sql/programs/judge.js";
import { writeChanges } from "../sql/programs/write.js";
import type { Ending, Sessions } from "../sql/sessions.js";
import type { Program } from "../sql/statement.js";
import type { Mode } from "./driver.js";
import { judgeAll } from "./judge.js";
import { load } from "./load.js";
import { sortedKeys } from "./places.js";
import { lockFree, readVersions, reserve } from "./wallet-rows.js";

type Judged = ReadonlyMap<Taken, Judgement>;

/**
 * Changes of wallets that are there, then births, each in a transaction of its own: a birth may have to wait for
 * another's. When births fail after the others were committed, they are answered as busy, which says what is true of
 * them: nothing was applied. Tried again under lock, each meets the error by itself.
 */
export async function commit(
  context: Context,
  sessions: Sessions<Mode>,
  call: Call,
  taken: readonly Taken[],
): Promise<readonly Outcome[]> {
  const births = taken.filter(({ expect }) => expect === 0);
  const others = taken.filter(({ expect }) => expect > 0);
  const judged = new Map<Taken, Judgement>();
  const add = (some: Judged) => some.forEach((judgement, change) => judged.set(change, judgement));
  const wrote = () => [...judged.values()].some(({ status }) => status === "committed");
  if (others.length > 0) add(await sessions.transaction(call, "commit", () => commitOthers(context, others)));
  if (births.length > 0) {
    call.phase = "connect";
    const born = sessions.transaction(call, "birth", () => commitBirths(context, births));
    add(await orElse(born, wrote(), () => new Map(births.map((change) => [change, BUSY] as const))));
  }
  const fresh = await freshFor(context, sessions, call, judged, wrote());
  return taken.map((change) => outcomeOf(change, judged.get(change), fresh.get(nameOf(change.key))));
}

const BUSY: Judgement = { status: "busy" };

/** Once something was committed, the whole call cannot fail as if nothing had been. */
async function orElse<Value>(value: Promise<Value>, wrote: boolean, instead: () => Value): Promise<Value> {
  try {
    return await value;
  } catch (error) {
    if (wrote && error instanceof StoreError && error.kind !== "ambiguous") return instead();
    throw error;
  }
}

function* commitOthers(context: Context, changes: readonly Taken[]): Program<Ending<Judged>> {
  const versions = yield* lockFree(context, sortedKeys(changes.map(({ key }) => key)));
  const judged = yield* judgeAll(context, changes, versions);
  return yield* writeWinners(context, changes, judged);
}

/**
 * A row that others have made and not committed is seen, and so not waited for, except by whoever comes between this
 * look and the insert. Places are taken in order of the keys: whoever waits for one, holds none beyond it.
 */
function* commitBirths(context: Context, changes: readonly Taken[]): Program<Ending<Judged>> {
  const keys = sortedKeys(changes.map(({ key }) => key));
  const there = yield* readVersions(context, keys);
  const taken = keys.filter((key) => there.has(nameOf(key)));
  const free = keys.filter((key) => !there.has(nameOf(key)));
  const versions = new Map<string, number | "held">(yield* lockFree(context, taken));
  for (const key of taken) {
    // Gone meanwhile, or a place that nobody has filled: under lock it is told what it is.
    if ((versions.get(nameOf(key)) ?? 0) === 0) versions.set(nameOf(key), "held");
  }
  yield* reserve(context, free);
  for (const [name, version] of yield* readVersions(context, free)) versions.set(name, version);
  return yield* writeWinners(context, changes, yield* judgeAll(context, changes, versions));
}

function* writeWinners(context: Context, changes: readonly Taken[], judged: Judged): Program<Ending<Judged>> {
  const winners = changes.filter((change) => judged.get(change)?.status === "committed");
  if (winners.length > 0) yield* writeChanges(context, winners);
  return { result: judged, keep: winners.length > 0 };
}

/** Read after the commit: its locks are gone by then, and what is read is the latest. */
async function freshFor(
  context: Context,
  sessions: Sessions<Mode>,
  call: Call,
  judged: Judged,
  wrote: boolean,
): Promise<ReadonlyMap<string, Snapshot>> {
  const reads = [...judged].flatMap(([{ key, unused }, { status }]) =>
    status === "stale" ? [{ key, receipts: unused }] : [],
  );
  if (reads.length === 0) return new Map();
  call.phase = "connect";
  const snapshots = sessions.transaction(call, "snapshot", function* () {
    return { result: yield* load(context, reads), keep: false };
  });
  const found = await orElse(snapshots, wrote, () => []);
  return new Map(found.map((snapshot) => [nameOf(snapshot.key), snapshot]));
}

function outcomeOf(change: Taken, judgement: Judgement = BUSY, fresh: Snapshot | undefined): Outcome {
  if (judgement.status !== "stale") return judgement;
  // It could not be read; or, what was absent under lock has by now come to the very version that was expected.
  if (fresh === undefined || fresh.version === change.expect) return { status: "busy" };
  return { status: "conflict", fresh };
}
