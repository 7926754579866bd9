import { Cases } from "./cases.js";
import type { Case } from "./cases.js";
import { balances } from "./cases/balances.js";
import { changes } from "./cases/changes.js";
import { closed } from "./cases/closed.js";
import { counters } from "./cases/counters.js";
import { crossing } from "./cases/crossing.js";
import { dueWallets } from "./cases/due.js";
import { errors } from "./cases/errors.js";
import { eventReaders } from "./cases/event-readers.js";
import { eventStreams } from "./cases/events.js";
import { fairness } from "./cases/fairness.js";
import { heldRows } from "./cases/held-rows.js";
import { joined } from "./cases/joined.js";
import { large } from "./cases/large.js";
import { limits } from "./cases/limits.js";
import { malformed } from "./cases/malformed.js";
import { otherProcesses } from "./cases/other-processes.js";
import { pages } from "./cases/pages.js";
import { pruning } from "./cases/pruning.js";
import { randomCases } from "./cases/random.js";
import { refusals } from "./cases/refusals.js";
import { reopening } from "./cases/reopening.js";
import { snapshots } from "./cases/snapshots.js";
import { texts } from "./cases/texts.js";
import { transactions } from "./cases/transactions.js";
import { values } from "./cases/values.js";
import { whileOthersWrite } from "./cases/while-others-write.js";

const gatherers: readonly ((cases: Cases) => void)[] = [
  changes,
  malformed,
  snapshots,
  pruning,
  values,
  transactions,
  counters,
  pages,
  balances,
  dueWallets,
  eventStreams,
  errors,
  refusals,
  limits,
  otherProcesses,
  whileOthersWrite,
  crossing,
  fairness,
  joined,
  heldRows,
  reopening,
  closed,
  eventReaders,
  large,
];

/** Every case of every law, whatever a store claims. */
export function allCases(alteredByDriver: readonly string[] = []): readonly Case[] {
  const cases = new Cases();
  for (const gather of gatherers) gather(cases);
  texts(cases, alteredByDriver);
  return [...cases.all, ...randomCases];
}
