import { Discrepancy, shownError } from "./expect.js";
import { StoreLawsMisuse } from "./misuse.js";

/** A function of the integrator that is under way. */
interface Own {
  readonly name: string;
  readonly startedAt: number;
}

/** The time of one case. */
export class Deadline {
  readonly #passed: Promise<never>;
  readonly #timer: NodeJS.Timeout;
  #own: Own | undefined;

  constructor(readonly ms: number) {
    const { promise, fail } = rejectable();
    this.#passed = promise;
    this.#timer = setTimeout(() => fail(this.#tooLate()), ms);
  }

  /** Rejects when the time is over, whatever the work goes on to do. */
  async within<Answer>(work: Promise<Answer>): Promise<Answer> {
    return await Promise.race([work, this.#passed]);
  }

  /** Calls what is the integrator's own: whatever goes wrong in there is told of it, not of the store. */
  async own<Answer>(name: string, call: () => Answer | Promise<Answer>): Promise<Answer> {
    const own = { name, startedAt: performance.now() };
    this.#own = own;
    try {
      return await call();
    } catch (cause) {
      throw new StoreLawsMisuse(`\`${name}\` failed, so no law was tried: ${shownError(cause)}`, { cause });
    } finally {
      if (this.#own === own) this.#own = undefined;
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #tooLate(): Error {
    const own = this.#own;
    // A slow store may use up the time as well, and be made anew just when it ends.
    if (own === undefined || performance.now() - own.startedAt < this.ms / 2)
      return new Discrepancy(`it did not end within ${this.ms} ms`);
    return new StoreLawsMisuse(`\`${own.name}\` did not end within ${this.ms} ms, the time of its case.`);
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
