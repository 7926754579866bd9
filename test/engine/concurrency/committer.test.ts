/** Group commit: changes that come while a commit is under way travel together in the next one, as far as they fit. */
import { memoryStore } from "coffer/memory";
import { type Change, type CreditStore, type StoreLimits, StoreError } from "coffer/store";
import { describe, expect, test } from "vitest";
import { Committer } from "../../../src/engine/committer.js";
import { Deadline } from "../../../src/engine/pace.js";
import { virtualPace } from "../virtual-pace.js";

type Answering = (changes: readonly Change[]) => Promise<readonly { readonly status: "committed" }[]>;

const committed: Answering = async (changes) => changes.map(() => ({ status: "committed" }));

/** A store that only takes commits. The first one waits until it is let go, so that others queue up behind it. */
function opened(limits: Partial<StoreLimits> = {}, answer: Answering = committed) {
  let letGo: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  const sent: string[][] = [];
  const store = {
    limits: { ...memoryStore().limits, ...limits },
    commit: async (changes: readonly Change[]) => {
      sent.push(changes.map(({ key, expect: version }) => `${key.id}${version}`));
      if (sent.length === 1) await gate;
      return answer(changes);
    },
  } as unknown as CreditStore;
  const committer = new Committer(store);
  const pace = virtualPace();
  const send = (change: Change, timeoutMs = 10_000) =>
    committer.commit(change, new Deadline(pace, timeoutMs));
  return { sent, letGo, pace, send };
}

/** The change of a wallet at a version: one row of no text. */
function changeOf(id: string, version = 0, more: object = {}): Change {
  const nothing = { opened: [], moved: [], records: [], entries: [], receipts: [], events: [], usage: [] };
  const head = { settings: "" };
  return {
    key: { part: 0, id },
    expect: version,
    head,
    unused: [],
    ...nothing,
    ...more,
  } as unknown as Change;
}

test("a change alone leaves at once, and those that come meanwhile leave together", async () => {
  const { sent, letGo, send } = opened();
  const all = ["a", "b", "c"].map((id) => send(changeOf(id)));
  expect(sent).toEqual([["a0"]]);
  letGo();
  await Promise.all(all);
  expect(sent).toEqual([["a0"], ["b0", "c0"]]);
  await send(changeOf("d"));
  expect(sent.at(-1)).toEqual(["d0"]);
});

test("of one wallet one change travels at a time, in order", async () => {
  const { sent, letGo, send } = opened();
  const changes = [changeOf("a"), changeOf("b", 0), changeOf("b", 1), changeOf("c"), changeOf("b", 2)];
  const all = changes.map((change) => send(change));
  letGo();
  await Promise.all(all);
  expect(sent).toEqual([["a0"], ["b0", "c0"], ["b1"], ["b2"]]);
});

test("no more changes travel together than the store takes", async () => {
  const { sent, letGo, send } = opened({ changesPerCommit: 2 });
  const all = ["a", "b", "c", "d"].map((id) => send(changeOf(id)));
  letGo();
  await Promise.all(all);
  expect(sent).toEqual([["a0"], ["b0", "c0"], ["d0"]]);
});

describe("no more bytes travel together than the store takes", () => {
  /** A row counts 200, a character 3. */
  const heavy = { head: { settings: "x".repeat(100) } };
  const HEAVY_BYTES = 500;

  test("what fits to the byte travels together, and one byte less parts it", async () => {
    for (const [bytesPerCommit, together] of [
      [2 * HEAVY_BYTES, [["a0"], ["b0", "c0"], ["d0"]]],
      [2 * HEAVY_BYTES - 1, [["a0"], ["b0"], ["c0"], ["d0"]]],
    ] as const) {
      const { sent, letGo, send } = opened({ bytesPerCommit });
      const all = ["a", "b", "c", "d"].map((id) => send(changeOf(id, 0, heavy)));
      letGo();
      await Promise.all(all);
      expect(sent).toEqual(together);
    }
  });

  test("a light one may pass a heavy one that waits, but none of the same wallet", async () => {
    const { sent, letGo, send } = opened({ bytesPerCommit: HEAVY_BYTES + 200 });
    const waiting = [changeOf("b", 0, heavy), changeOf("c", 0, heavy), changeOf("c", 1), changeOf("d")];
    const all = [changeOf("a"), ...waiting].map((change) => send(change));
    letGo();
    await Promise.all(all);
    expect(sent).toEqual([["a0"], ["b0", "d0"], ["c0"], ["c1"]]);
  });

  test("what is too heavy even alone is sent alone: the store says what it makes of it", async () => {
    const { sent, letGo, send } = opened({ bytesPerCommit: 100 });
    const all = ["a", "b", "c"].map((id) => send(changeOf(id, 0, heavy)));
    letGo();
    await Promise.all(all);
    expect(sent).toEqual([["a0"], ["b0"], ["c0"]]);
  });

  const text = "x".repeat(10);
  test.each([
    ["settings", { head: { settings: text } }, 230],
    ["grants that are new", { opened: [{ detail: text }] }, 430],
    ["grants that moved", { moved: [{ detail: text }, { detail: text }] }, 660],
    ["records", { records: [{ data: text }] }, 430],
    ["entries", { entries: [{ detail: text }, { detail: null }] }, 630],
    ["receipts", { receipts: [{ request: text, result: text }] }, 460],
    ["events", { events: [{ payload: text }] }, 430],
    ["usage", { usage: [{}] }, 400],
  ])("%s count", async (_, more, bytes) => {
    for (const [bytesPerCommit, commits] of [
      [2 * bytes, 2],
      [2 * bytes - 1, 3],
    ] as const) {
      const { sent, letGo, send } = opened({ bytesPerCommit });
      const all = [changeOf("a"), changeOf("b", 0, more), changeOf("c", 0, more)].map((change) =>
        send(change),
      );
      letGo();
      await Promise.all(all);
      expect(sent).toHaveLength(commits);
    }
  });
});

describe("a commit that fails", () => {
  const failsWith =
    (kind: StoreError["kind"]): Answering =>
    async (changes) => {
      if (changes.some(({ key }) => key.id === "bad")) throw new StoreError(kind, `it is ${kind}`);
      return committed(changes);
    };

  test.each(["limit", "permanent"] as const)(
    "refused as %s: each is sent alone, and one fails",
    async (kind) => {
      const { sent, letGo, send } = opened({}, failsWith(kind));
      const all = ["a", "b", "bad", "c"].map((id) => send(changeOf(id)));
      letGo();
      expect(await Promise.allSettled(all)).toMatchObject([
        { status: "fulfilled" },
        { status: "fulfilled" },
        { reason: { kind } },
        { status: "fulfilled" },
      ]);
      expect(sent).toEqual([["a0"], ["b0", "bad0", "c0"], ["b0"], ["bad0"], ["c0"]]);
    },
  );

  test.each(["transient", "ambiguous"] as const)(
    "as %s: all fail, and nothing is sent again",
    async (kind) => {
      const { sent, letGo, send } = opened({}, failsWith(kind));
      const all = ["a", "b", "bad"].map((id) => send(changeOf(id)));
      letGo();
      expect(await Promise.allSettled(all)).toMatchObject([
        { status: "fulfilled" },
        { reason: { kind } },
        { reason: { kind } },
      ]);
      expect(sent).toEqual([["a0"], ["b0", "bad0"]]);
    },
  );

  test("what the store gave no outcome for is unknown", async () => {
    const { letGo, send } = opened({}, async (changes) => (await committed(changes)).slice(0, 1));
    const all = ["a", "b", "c"].map((id) => send(changeOf(id)));
    letGo();
    expect(await Promise.allSettled(all)).toMatchObject([
      { status: "fulfilled" },
      { status: "fulfilled" },
      { reason: { kind: "ambiguous", message: "The store answered with fewer outcomes than changes." } },
    ]);
  });

  test("one whose time ended while it waited is not sent, and says why", async () => {
    const { sent, letGo, pace, send } = opened();
    const all = [send(changeOf("a")), send(changeOf("b"), 50), send(changeOf("c"), 51)];
    pace.pass(50);
    letGo();
    expect(await Promise.allSettled(all)).toMatchObject([
      { status: "fulfilled" },
      { reason: { kind: "transient", message: "The commits before this one took all of its time." } },
      { status: "fulfilled" },
    ]);
    expect(sent).toEqual([["a0"], ["c0"]]);
  });

  test("where all are late, nothing is sent", async () => {
    const { sent, letGo, pace, send } = opened();
    const all = [send(changeOf("a")), send(changeOf("b"), 50)];
    pace.pass(50);
    letGo();
    expect(await Promise.allSettled(all)).toMatchObject([{ status: "fulfilled" }, { status: "rejected" }]);
    expect(sent).toEqual([["a0"]]);
  });
});
