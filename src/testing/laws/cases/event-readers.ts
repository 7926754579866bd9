import type { CreditStore, EventPage } from "../../../store/index.js";
import { persist, readDuring } from "../contention.js";
import { expect } from "../expect.js";
import { change, event, key } from "../rows.js";
import type { Bench } from "../bench.js";
import type { Cases } from "../cases.js";

const WALLETS = [1, 2, 3, 4];
const VERSIONS = 12;
const READERS = 4;

/** One who reads a part from its beginning on, a few events at a time. */
class Follower {
  readonly met: EventPage["items"][number][] = [];
  #after = 0;

  constructor(private readonly store: CreditStore) {}

  async read(): Promise<number> {
    const page = await persist(() => this.store.events({ part: 0, after: this.#after, limit: 5 }));
    // One that does not go on would be read for ever.
    if (page.items.length > 0) expect(page.next).toBeGreaterThan(this.#after);
    this.met.push(...page.items);
    this.#after = page.next;
    return page.items.length;
  }

  async finish(): Promise<void> {
    while ((await this.read()) > 0);
  }
}

async function write(bench: Bench, store: CreditStore, wallet: number): Promise<void> {
  for (let version = 0; version < VERSIONS; version++) {
    const events = [event(2 * version + 1), event(2 * version + 2)];
    const outcome = await persist(() => bench.commitOne(change(key(wallet), version, { events }), store));
    expect(outcome).toEqual({ status: "committed" });
  }
}

/** Law 17 where several read one part at once: each event has one position, whoever gave it. */
export function eventReaders(cases: Cases): void {
  const law = cases.needing("isShared").law(17, "events have one position, whoever reads them first");
  law.holds("four readers beside four writers are told the same", async (bench) => {
    const stores = [bench.store, await bench.another()] as const;
    const followers = await Promise.all(
      Array.from({ length: READERS }, async () => new Follower(await bench.another())),
    );
    const work = Promise.all(WALLETS.map((wallet) => write(bench, stores[wallet % 2 === 0 ? 0 : 1], wallet)));
    await Promise.all(followers.map((follower) => readDuring(work, () => follower.read())));
    const { items } = await bench.store.events({ part: 0, after: 0, limit: 1_000 });
    expect(items).toHaveLength(WALLETS.length * VERSIONS * 2);
    for (const follower of followers) {
      await follower.finish();
      expect(follower.met).toEqual(items);
    }
  });
}
