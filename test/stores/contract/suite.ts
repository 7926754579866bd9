import { afterEach, beforeEach, describe } from "vitest";
import { Bench } from "./bench.js";
import { balances } from "./balances.js";
import { changes } from "./changes.js";
import { counters } from "./counters.js";
import { crossing } from "./crossing.js";
import { dueWallets } from "./due.js";
import { errors } from "./errors.js";
import { eventStreams } from "./events.js";
import type { Harness } from "./harness.js";
import { heldRows } from "./held-rows.js";
import { histories } from "./histories.js";
import { joined } from "./joined.js";
import { limits } from "./limits.js";
import { malformed } from "./malformed.js";
import { otherProcesses } from "./other-processes.js";
import { pages } from "./pages.js";
import { pruning } from "./pruning.js";
import { snapshots } from "./snapshots.js";
import { texts } from "./texts.js";
import { transactions } from "./transactions.js";
import { values } from "./values.js";
import { whileOthersWrite } from "./while-others-write.js";

/** Every law of the contract that a test can hold a store against. */
const everyStore = [
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
  limits,
];

/** What takes a second process to see. */
const sharedStores = [otherProcesses, whileOthersWrite, crossing];

export function contractSuite(name: string, harness: Harness): void {
  describe(`${name} holds the laws`, () => {
    const { capabilities } = harness;
    const bench = new Bench(harness);
    beforeEach(() => bench.setUp());
    afterEach(() => bench.tearDown());
    for (const cases of everyStore) cases(bench);
    texts(bench, harness.alteredByDriver);
    if (capabilities.isShared) {
      for (const cases of sharedStores) cases(bench);
    }
    joined(bench, capabilities);
    if (capabilities.isShared && capabilities.joinsTransactions) heldRows(bench, capabilities);
  });
  histories(name, harness);
}
