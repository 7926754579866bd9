import { CreditError } from "../core/errors.js";

/** Runs verbs, or refuses them once its time has ended. */
export interface Lifetime {
  during<Value>(verb: () => Promise<Value>): Promise<Value>;
}

/** An engine's: a verb that has begun is finished even if the engine is closed meanwhile. */
export class EngineLifetime implements Lifetime {
  private readonly underWay: Set<Promise<unknown>> = new Set();
  private closing: Promise<void> | null = null;

  get isClosing(): boolean {
    return this.closing !== null;
  }

  async during<Value>(verb: () => Promise<Value>): Promise<Value> {
    if (this.closing !== null)
      throw new CreditError("unsupported", "This engine was closed; create another one.");
    const running = verb();
    this.underWay.add(running);
    try {
      return await running;
    } finally {
      this.underWay.delete(running);
    }
  }

  /** @param last What remains to be done once everything has finished. */
  close(last: () => Promise<void>): Promise<void> {
    this.closing ??= Promise.allSettled(this.underWay).then(last);
    return this.closing;
  }
}
