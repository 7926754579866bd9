import { memoryStore } from "coffer/memory";
import { contractSuite } from "./contract/suite.js";

contractSuite("the memory store", {
  capabilities: { isShared: false, hasRowLocks: false, joinsTransactions: false },
  histories: 60,
  open: () => {
    const store = memoryStore();
    return Promise.resolve({ store, dispose: () => store.close() });
  },
});
