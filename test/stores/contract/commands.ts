/** Commands that are given to a store and to the model, which must answer alike. */
import { StoreError } from "coffer/store";
import type { CreditStore, EventPage, ListQuery, Read } from "coffer/store";
import fc from "fast-check";
import { expect } from "vitest";
import { Model } from "../model.js";
import { anyOrder, outcomeInAnyOrder } from "./answers.js";
import { decide, drafts, feature, name, small, some, wallet } from "./arbitraries.js";
import { all } from "./bench.js";
import { plain } from "./counters.js";

export interface World {
  store: CreditStore;
  readonly model: Model;
  /** The events that were read so far, by part, in order of their positions. */
  readonly met: Map<number, EventPage["items"]>;
}

/** Tells whether store and model answer alike. */
export type Command = (world: World) => Promise<void>;

/** Commands that tell, when they fail, what they were about. */
export function commandsOf<Data>(
  name: string,
  data: fc.Arbitrary<Data>,
  run: (world: World, data: Data) => Promise<void>,
): fc.Arbitrary<Command> {
  return data.map((data) =>
    Object.assign((world: World) => run(world, data), {
      [fc.toStringMethod]: () => `${name} ${fc.stringify(data)}`,
    }),
  );
}

/** Some whole commits must be refused; what is tame never is. */
export const commit = (isTame: boolean): fc.Arbitrary<Command> =>
  commandsOf("commit", drafts(isTame, 1), async ({ store, model }, drafts) => {
    const changes = drafts.map((draft) => decide(model, draft));
    const expected = model.commit(changes);
    const answer = store.commit(changes);
    if (expected === null)
      await expect(answer).rejects.toMatchObject({ name: "StoreError", kind: "permanent" });
    else expect((await answer).map(outcomeInAnyOrder)).toEqual(expected.map(outcomeInAnyOrder));
  });

export const transact = (isTame: boolean): fc.Arbitrary<Command> =>
  commandsOf("transact", drafts(isTame, 0), async ({ store, model }, drafts) => {
    const changes = drafts.map((draft) => decide(model, { ...draft, stale: false }));
    // All or nothing: the model is asked on a copy whether each would be committed.
    const trial = Object.assign(new Model(), { wallets: structuredClone(model.wallets) });
    const whole = trial.commit(changes)?.every(({ status }) => status === "committed") === true;
    const done = store.transact(
      changes.map(({ key }) => ({ key })),
      () => changes,
    );
    if (!whole) return expect(done).rejects.toBeInstanceOf(StoreError);
    await done;
    model.commit(changes);
  });

const anyReads: fc.Arbitrary<Read[]> = fc.array(
  fc.record<Read>(
    {
      key: wallet,
      unless: small,
      receipts: some(name),
      grants: some(name),
      records: some(fc.record({ kind: name, id: name })),
      operations: some(fc.tuple(small, fc.integer({ min: 0, max: 9 })).map(([at, seq]) => `${at}-${seq}`)),
      lapsedSince: small,
    },
    { requiredKeys: ["key"] },
  ),
  { maxLength: 3 },
);

export const load: fc.Arbitrary<Command> = commandsOf("load", anyReads, async ({ store, model }, reads) => {
  const expected = reads.map((read) => anyOrder(model.load(read)));
  expect((await store.load(reads)).map(anyOrder)).toEqual(expected);
});

const base = {
  limit: fc.integer({ min: 1, max: 3 }),
  where: fc.oneof(
    wallet.map((wallet) => ({ wallet })),
    fc.constantFrom({ part: 0 }, { part: 0 }, { part: 7 }, { part: 9 }),
  ),
};
const range = { from: fc.constantFrom(0, 1, 3), to: fc.constantFrom(2, 5, 6) };
const optional = { requiredKeys: ["kind" as const, "where" as const, "limit" as const] };
const listing: fc.Arbitrary<ListQuery> = fc.oneof(
  fc.record(
    { ...base, kind: fc.constant("wallets" as const), customerId: fc.constantFrom("acme", "bolt") },
    optional,
  ),
  fc.record({ ...base, kind: fc.constant("grants" as const), open: fc.boolean() }, optional),
  fc.record({ ...base, kind: fc.constant("records" as const), record: name }, optional),
  fc.record({ ...base, kind: fc.constant("receipts" as const), ...range }, optional),
  fc.record(
    {
      ...base,
      kind: fc.constant("entries" as const),
      ...range,
      order: fc.constantFrom("asc" as const, "desc" as const),
      types: fc.constantFrom(["grant"], ["grant", "consume"], []),
      feature,
    },
    optional,
  ),
);

export const list: fc.Arbitrary<Command> = commandsOf("list", listing, async ({ store, model }, query) => {
  expect(await all(store, query, query.limit)).toEqual(model.list(query));
});

const ascending = fc
  .array(small, { minLength: 2, maxLength: 4 })
  .map((bounds) => bounds.toSorted((a, b) => a - b));

const anyUsage = fc.record(
  { key: wallet, bounds: ascending, features: some(feature) },
  { requiredKeys: ["key", "bounds"] },
);

export const usage = commandsOf("usage", anyUsage, async ({ store, model }, query) => {
  expect(plain(await store.usage(query))).toEqual(plain(model.usage(query)));
});
