/** The laws under node:test, in a process of their own. */
import { describe, it } from "node:test";
import { memoryStore } from "coffer/memory";
import { registerStoreLaws } from "coffer/testing";

const broken = process.env["STORE"] === "forgetful" ? { due: () => Promise.resolve([]) } : {};

void describe("a store", () => {
  registerStoreLaws(
    { describe, it },
    {
      create: () => ({ store: Object.assign(memoryStore(), broken) }),
      capabilities: { isShared: false, hasRowLocks: false, joinsTransactions: false },
      laws: [16, 17],
      histories: 2,
    },
  );
});
