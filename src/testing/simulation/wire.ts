import type { CallOptions, Change, CreditStore } from "../../store/contract.js";
import { StoreError } from "../../store/errors.js";
import type { Random } from "../random.js";
import type { Scheduler } from "./scheduler.js";

/** What the calls of one process meet. */
export interface WireServices {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly isAlive: () => boolean;
  /** Changes that leave the process. */
  readonly sent: (changes: readonly Change[]) => void;
  /** Changes whose process does not know what became of them. */
  readonly doubted: (changes: readonly Change[]) => void;
  readonly timedOut: () => void;
  readonly called: () => void;
  /** An answer overtook that to a call which was sent before. */
  readonly overtook: () => void;
}

/** With the calls that wait for their answers, in the order in which they were sent. */
interface Wire extends WireServices {
  readonly open: Set<Sending<unknown>>;
}

const USUAL_MS = 4;
/** Real stores are given as long as they take: it is virtual time in which calls time out. */
const REAL_TIMEOUT_MS = 60_000;
const DEFAULT_TIMEOUT_MS = 10_000;
const GETS_OUT = 0.5;

interface Sending<Value> {
  readonly timeoutMs: number | undefined;
  /** What it would write; empty for reads. Filled, perhaps, while it runs. */
  readonly changes: readonly Change[];
  readonly writes: boolean;
  readonly run: () => Promise<Value>;
}

/**
 * The network between a process and the store. Calls and answers take a random while, so they overtake each other. A
 * call that is not answered in time fails, and what was sent may still land. A dead process hears of nothing.
 */
export function wire(store: CreditStore, given: WireServices): CreditStore {
  const services: Wire = { ...given, open: new Set() };
  const read = <Value>(options: CallOptions<never> | undefined, run: () => Promise<Value>): Promise<Value> =>
    send(services, { timeoutMs: options?.timeoutMs, changes: [], writes: false, run });
  const real = { timeoutMs: REAL_TIMEOUT_MS };
  return {
    limits: store.limits,
    load: (reads, options) => read(options, () => store.load(reads, real)),
    list: (query, options) => read(options, () => store.list(query, real)),
    usage: (query, options) => read(options, () => store.usage(query, real)),
    due: (query) => read(undefined, () => store.due(query)),
    events: (query) => read(undefined, () => store.events(query)),
    prune: (query) => read(undefined, () => store.prune(query)),
    commit: (changes, options) => {
      services.sent(changes);
      const run = () => store.commit(changes, real);
      return send(services, { timeoutMs: options?.timeoutMs, changes, writes: true, run });
    },
    transact: (reads, decide, options) => {
      const decided: Change[] = [];
      const run = () =>
        store.transact(
          reads,
          (snapshots) => {
            // Who is dead decides no more: its transaction ends with it.
            if (!services.isAlive()) throw new StoreError("transient", "The process died.");
            decided.splice(0, decided.length, ...decide(snapshots));
            services.sent(decided);
            return [...decided];
          },
          real,
        );
      return send(services, { timeoutMs: options?.timeoutMs, changes: decided, writes: true, run });
    },
    close: () => Promise.resolve(),
  };
}

function send<Value>(services: Wire, sending: Sending<Value>): Promise<Value> {
  const { scheduler, random, isAlive, open } = services;
  const { timeoutMs, changes, writes, run } = sending;
  const latency = (): number => random.next() * USUAL_MS;
  return new Promise((resolve, reject) => {
    let isSent = false;
    let isOver = false;
    open.add(sending);
    services.called();
    const end = (answer: () => void) => {
      if (isOver) return;
      isOver = true;
      open.delete(sending);
      cancelTimeout();
      if (isAlive()) answer();
    };
    const arrive = (answer: () => void) => {
      const [first] = open;
      if (!isOver && isAlive() && first !== sending) services.overtook();
      end(answer);
    };
    const fail = (error: Error) => {
      if (error instanceof StoreError && error.kind === "ambiguous") services.doubted([...changes]);
      reject(error);
    };
    const cancelTimeout = scheduler.after(timeoutMs ?? DEFAULT_TIMEOUT_MS, () =>
      end(() => {
        services.timedOut();
        fail(new StoreError(isSent && writes ? "ambiguous" : "transient", "No answer came in time."));
      }),
    );
    scheduler.after(latency(), () => {
      if (isOver || (!isAlive() && !random.chance(GETS_OUT))) return;
      isSent = true;
      run().then(
        (value) => scheduler.after(latency(), () => arrive(() => resolve(value))),
        (error: unknown) => scheduler.after(latency(), () => arrive(() => fail(asError(error)))),
      );
    });
  });
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
