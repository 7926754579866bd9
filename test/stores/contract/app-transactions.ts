import type { AppTransaction } from "./harness.js";

/** The transactions of a test. Those that it left open are rolled back, or what they hold could not be removed. */
export class AppTransactions {
  readonly #open = new Set<() => Promise<void>>();

  /** @param end Ends the transaction in one way or the other, and gives its connection back. */
  add(tx: unknown, end: (how: "commit" | "rollback") => Promise<void>): AppTransaction {
    const rollback = () => finish("rollback");
    const finish = async (how: "commit" | "rollback") => {
      this.#open.delete(rollback);
      await end(how);
    };
    this.#open.add(rollback);
    return { tx, commit: () => finish("commit"), rollback };
  }

  async rollbackAll(): Promise<void> {
    for (const rollback of this.#open) await rollback();
  }
}
