import type { EngineParts } from "../engine-parts.js";
import { walletKeyOf } from "../ids.js";
import { reading } from "../persevere.js";
import { allRows } from "../reads/rows.js";
import { type Positions, consumerOf, positionsOf } from "./consumer.js";
import { PARTS } from "../parts.js";

const PRUNED_AT_ONCE = 1_000;

/** Deletes events before an instant that every consumer has read. @returns how many. */
export async function pruneEvents({ services, access }: EngineParts, before: number): Promise<number> {
  const places = await placesOfAll(services);
  let deleted = 0;
  for (let part = 0; part < PARTS; part++) {
    const upTo = Math.min(...places.map((positions) => positions.get(part) ?? 0));
    if (upTo === 0) continue;
    const upToPosition = Number.isFinite(upTo) ? { upToPosition: upTo } : {};
    for (;;) {
      const count = await reading(services.access, () =>
        access.store.prune({ what: "events", part, before, limit: PRUNED_AT_ONCE, ...upToPosition }),
      );
      deleted += count;
      if (count < PRUNED_AT_ONCE) break;
    }
  }
  return deleted;
}

async function placesOfAll(services: EngineParts["services"]): Promise<readonly Positions[]> {
  const { part } = walletKeyOf({ customerId: "", currency: "", scope: "" });
  const places: Positions[] = [];
  for await (const head of allRows(services, { where: { part }, kind: "wallets", customerId: "" })) {
    const consumer = consumerOf(head);
    const positions = consumer === undefined ? null : await positionsOf(services, consumer);
    if (positions !== null) places.push(positions);
  }
  return places;
}
