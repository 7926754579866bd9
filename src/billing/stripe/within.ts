/**
 * What Stripe answers, unless the caller's time is over first. Nothing is asked after that; what was asked already goes on
 * at Stripe, and nobody hears of it: the next call with the same key finds it.
 */
export async function within<Answer>(signal: AbortSignal, ask: () => PromiseLike<Answer>): Promise<Answer> {
  signal.throwIfAborted();
  let stop: (() => void) | undefined;
  const over = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([ask(), over]);
  } finally {
    if (stop !== undefined) signal.removeEventListener("abort", stop);
  }
}
