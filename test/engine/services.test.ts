/** What the engine keeps in memory does not grow with the wallets that it has served. */
import { memoryStore } from "coffer/memory";
import { expect, test } from "vitest";
import { Mutations } from "../../src/engine/mutations.js";
import { Services } from "../../src/engine/services.js";
import { START, catalog } from "./support.js";

function services(cachedWallets: number): Services {
  let ids = 0;
  return new Services({
    catalog: catalog.compiled,
    store: memoryStore(),
    clock: () => START,
    ids: () => `id${String(ids++).padStart(6, "0")}`,
    cachedWallets,
  });
}

const sizeOf = (holder: object, name: string) =>
  (Reflect.get(holder, name) as { readonly size: number }).size;

test("a wallet's queue goes with its last request, and its cache with the wallets that came after", async () => {
  const served = services(10);
  const mutations = new Mutations(served);
  const grant = (customerId: string) =>
    mutations.grant({
      customerId,
      currency: "tokens",
      amount: 1,
      category: "promotional",
      idempotencyKey: "g",
    });
  const granting = Promise.all(Array.from({ length: 100 }, (_, n) => grant(`c${n}`)));
  expect(sizeOf(served, "lanes")).toBe(100);
  await granting;
  for (let n = 0; n < 20; n++) await grant(`d${n}`);
  // The queue itself ends a few turns after its last answer.
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  expect(sizeOf(served, "lanes")).toBe(0);
  expect(sizeOf(served.cache, "wallets")).toBe(10);
});
