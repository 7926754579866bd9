import { Bench } from "./bench.js";
import type { Deadline } from "./deadline.js";
import { StoreLawsMisuse } from "./misuse.js";
import type { StoreLawsOptions, StoreUnderTest } from "./options.js";

const SEED = 20_250_110;
const HISTORIES = 15;
const TIMEOUT_MS = 30_000;
const CONTENTION_MS = 5_000;

/** Where a case meets the store: as many fresh ones as it takes, one at a time. */
export interface Arena {
  /** Gives a store with nothing in it, and removes it afterwards. */
  withBench(use: (bench: Bench) => Promise<void>): Promise<void>;
  readonly histories: number;
  readonly seed: number;
  readonly path: string | undefined;
  /** For the whole case. */
  readonly timeoutMs: number;
}

export function timeoutOf<Subject extends StoreUnderTest>(
  patience: number,
  { timeoutMs = TIMEOUT_MS }: StoreLawsOptions<Subject>,
): number {
  return timeoutMs * patience;
}

export function arenaOf<Subject extends StoreUnderTest>(
  options: StoreLawsOptions<Subject>,
  deadline: Deadline,
): Arena {
  const { create, destroy } = options;
  return {
    histories: options.histories ?? HISTORIES,
    seed: options.seed ?? SEED,
    path: options.path,
    timeoutMs: deadline.ms,
    withBench: async (use) => {
      const subject = await deadline.own("create", create);
      checkSubject(subject);
      const { reopen, contentionMs = CONTENTION_MS } = options;
      const bench = new Bench(subject, contentionMs, reopen && (() => reopen(subject)));
      // What is late is left alone, or it would keep its store from being destroyed.
      const [tried] = await Promise.allSettled([deadline.within(use(bench))]);
      const remove = async () => {
        try {
          await bench.end();
        } finally {
          await (destroy === undefined
            ? subject.store.close()
            : deadline.own("destroy", () => destroy(subject)));
        }
      };
      const [ended] = await Promise.allSettled([remove()]);
      // What a case found tells more than that its store cannot be removed then.
      for (const outcome of [tried, ended]) if (outcome.status === "rejected") throw outcome.reason;
    },
  };
}

/** A store itself in place of the object around it is an easy mistake, and would fail far from here. */
function checkSubject(subject: unknown): void {
  if (typeof subject === "object" && subject !== null && "store" in subject && isStore(subject.store)) return;
  throw new StoreLawsMisuse(
    "`create` must give an object that holds a store, as in `create: () => ({ store: memoryStore() })`.",
  );
}

function isStore(store: unknown): boolean {
  return typeof store === "object" && store !== null && "limits" in store && "commit" in store;
}
