import type { Outcome, Snapshot } from "../../../store/index.js";
import { sortedBy } from "../bench.js";

/** A snapshot with its rows in one order: in which a store gives them is its own affair. */
export function anyOrder(snapshot: Snapshot): Snapshot {
  const { grants, records, asked } = snapshot;
  return {
    ...snapshot,
    grants: sortedBy(grants, ({ id }) => id),
    records: sortedBy(records, ({ kind, id }) => `${kind}\n${id}`),
    asked: {
      receipts: sortedBy(asked.receipts, ({ key }) => key),
      grants: sortedBy(asked.grants, ({ id }) => id),
      records: sortedBy(asked.records, ({ kind, id }) => `${kind}\n${id}`),
      entries: sortedBy(asked.entries, ({ recordedAt, seq }) => `${recordedAt}-${seq}`),
      lapsed: sortedBy(asked.lapsed, ({ id }) => id),
    },
  };
}

export function outcomeInAnyOrder(outcome: Outcome): Outcome {
  switch (outcome.status) {
    case "conflict":
      return { ...outcome, fresh: anyOrder(outcome.fresh) };
    case "duplicate":
      return { ...outcome, receipts: sortedBy(outcome.receipts, ({ key }) => key) };
    case "busy":
    case "committed":
      return outcome;
  }
}
