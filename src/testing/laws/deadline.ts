import { Discrepancy } from "./expect.js";

/** The time of one case. */
export class Deadline {
  readonly #passed: Promise<never>;
  readonly #timer: NodeJS.Timeout;

  constructor(readonly ms: number) {
    const { promise, fail } = rejectable();
    this.#passed = promise;
    this.#timer = setTimeout(() => fail(new Discrepancy(`it did not end within ${ms} ms`)), ms);
  }

  /** Rejects when the time is over, whatever the work goes on to do. */
  async within<Answer>(work: Promise<Answer>): Promise<Answer> {
    return await Promise.race([work, this.#passed]);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

function rejectable(): { readonly promise: Promise<never>; readonly fail: (error: Error) => void } {
  let fail: (error: Error) => void = () => undefined;
  const promise = new Promise<never>((_, reject) => {
    fail = reject;
  });
  // It may pass when nobody waits any longer.
  promise.catch(() => undefined);
  return { promise, fail };
}
