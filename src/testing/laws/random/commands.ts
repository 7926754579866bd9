/** Commands that are given to a store and to the model, which must answer alike. */
import type { CreditStore, EventPage, ListQuery, Outcome, Read } from "../../../store/index.js";
import fc from "fast-check";
import { expect, expectRefusal } from "../expect.js";
import { blaming } from "../violation.js";
import type { LawNumber } from "../options.js";
import { Model } from "./model.js";
import { anyOrder, outcomeInAnyOrder } from "./answers.js";
import { decide, drafts, feature, name, small, some, wallet } from "./arbitraries.js";
import { all } from "../bench.js";
import { plain } from "../cases/counters.js";

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
  law: LawNumber,
  data: fc.Arbitrary<Data>,
  run: (world: World, data: Data) => Promise<void>,
): fc.Arbitrary<Command> {
  return data.map((data) =>
    Object.assign((world: World) => blaming(law, () => run(world, data)), {
      [fc.toStringMethod]: () => `${name} ${fc.stringify(data)}`,
    }),
  );
}

/** Some whole commits must be refused; what is tame never is. */
export const commit = (isTame: boolean): fc.Arbitrary<Command> =>
  commandsOf("commit", 1, drafts(isTame, 1), async ({ store, model }, drafts) => {
    const some = drafts.slice(0, store.limits.changesPerCommit);
    const changes = some.map((draft) => decide(model, draft));
    const expected = model.commit(changes);
    const answer = store.commit(changes);
    if (expected === null) await expectRefusal(answer, "permanent");
    else await compareOutcomes((await answer).map(outcomeInAnyOrder), expected.map(outcomeInAnyOrder));
  });

async function compareOutcomes(found: readonly Outcome[], expected: readonly Outcome[]): Promise<void> {
  await blaming(3, () => expect(found).toHaveLength(expected.length));
  for (const [index, outcome] of expected.entries()) {
    const isOfKeys = [outcome, found[index]].some((either) => either?.status === "duplicate");
    await blaming(isOfKeys ? 4 : 1, () => expect(found[index]?.status).toBe(outcome.status));
    await blaming(isOfKeys ? 4 : 5, () => expect(found[index]).toEqual(outcome));
  }
}

export const transact = (isTame: boolean): fc.Arbitrary<Command> =>
  commandsOf("transact", 10, drafts(isTame, 0), async ({ store, model }, drafts) => {
    const some = drafts.slice(0, store.limits.walletsPerTransact);
    const changes = some.map((draft) => decide(model, { ...draft, stale: false }));
    // All or nothing: the model is asked on a copy whether each would be committed.
    const trial = Object.assign(new Model(), { wallets: structuredClone(model.wallets) });
    const whole = trial.commit(changes)?.every(({ status }) => status === "committed") === true;
    const done = store.transact(
      changes.map(({ key }) => ({ key })),
      () => changes,
    );
    const isOfOnePart = new Set(changes.map(({ key }) => key.part)).size < 2;
    if (!whole || (!isOfOnePart && !store.limits.transactAcrossParts)) return expectRefusal(done);
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

export const load: fc.Arbitrary<Command> = commandsOf(
  "load",
  5,
  anyReads,
  async ({ store, model }, reads) => {
    const expected = reads.map((read) => anyOrder(model.load(read)));
    expect((await store.load(reads)).map(anyOrder)).toEqual(expected);
  },
);

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

export const list: fc.Arbitrary<Command> = commandsOf(
  "list",
  15,
  listing,
  async ({ store, model }, query) => {
    expect(await all(store, query, query.limit)).toEqual(model.list(query));
  },
);

const ascending = fc
  .array(small, { minLength: 2, maxLength: 4 })
  .map((bounds) => bounds.toSorted((a, b) => a - b));

const anyUsage = fc.record(
  { key: wallet, bounds: ascending, features: some(feature) },
  { requiredKeys: ["key", "bounds"] },
);

export const usage = commandsOf("usage", 14, anyUsage, async ({ store, model }, query) => {
  expect(plain(await store.usage(query))).toEqual(plain(model.usage(query)));
});
