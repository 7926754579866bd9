import type { CreditEngine } from "../../engine/api.js";
import { createCreditEngine } from "../../engine/engine.js";
import { CreditError } from "../../core/errors.js";
import type { CreditStore } from "../../store/contract.js";
import type { Random } from "../random.js";
import { type SimulatedCatalog, simulatedCatalog } from "./catalog.js";
import type { Scheduler } from "./scheduler.js";

/** What a client hears of a call. */
export type Answer =
  | { readonly kind: "ok"; readonly value: unknown }
  | { readonly kind: "refused"; readonly error: CreditError }
  /** The process died first. */
  | { readonly kind: "silence" }
  | { readonly kind: "defect"; readonly error: unknown };

export interface ProcessSettings {
  /** As its engine sees it. */
  readonly store: CreditStore;
  readonly scheduler: Scheduler;
  readonly random: Random;
  /** The true time; this process's own clock is beside it. */
  readonly businessTime: () => number;
  readonly newId: () => string;
  readonly cachedWallets: number;
  /** The engine's own patience, in virtual milliseconds. */
  readonly timeoutMs: number;
}

function engineOver(
  store: CreditStore,
  options: Pick<ProcessSettings, "newId" | "scheduler" | "random" | "timeoutMs"> & {
    readonly clock: () => number;
    readonly isAlive?: () => boolean;
    readonly cachedWallets?: number;
  },
): CreditEngine<SimulatedCatalog> {
  const { scheduler, random, clock, newId, isAlive = () => true, cachedWallets, timeoutMs } = options;
  return createCreditEngine({
    catalog: simulatedCatalog,
    store,
    clock,
    ids: newId,
    cachedWallets,
    timeoutMs,
    pace: {
      monotonicMs: () => scheduler.nowMs,
      wait: (ms) =>
        new Promise((resolve) => {
          scheduler.after(ms, () => {
            if (isAlive()) resolve();
          });
        }),
      random: () => random.next(),
    },
  });
}

/** One life of a process: an engine with its cache, its clock, and the calls that wait for its answers. */
export class Process {
  isAlive = true;
  /** How far its clock is from the true time. */
  skewMs = 0;
  readonly engine: CreditEngine<SimulatedCatalog>;
  private readonly waiting = new Set<() => void>();
  private readonly watchers = new Set<Set<number>>();

  constructor(
    readonly name: string,
    settings: Omit<ProcessSettings, "store">,
    storeFor: (process: Process) => CreditStore,
  ) {
    this.engine = engineOver(storeFor(this), {
      ...settings,
      clock: () => this.clock(settings.businessTime()),
      isAlive: () => this.isAlive,
    });
  }

  /** Everything that it reads of its clock from now on, until it is told to stop. */
  watchClock(readings: Set<number>): () => void {
    this.watchers.add(readings);
    return () => this.watchers.delete(readings);
  }

  call(verb: string, request: unknown): Promise<Answer> {
    return new Promise((resolve) => {
      const lose = () => resolve({ kind: "silence" });
      const answer = (told: Answer) => {
        this.waiting.delete(lose);
        resolve(told);
      };
      this.waiting.add(lose);
      this.ask(verb, request).then(
        (value) => answer({ kind: "ok", value }),
        (error: unknown) =>
          answer(CreditError.is(error) ? { kind: "refused", error } : { kind: "defect", error }),
      );
    });
  }

  die(): void {
    this.isAlive = false;
    for (const lose of this.waiting) lose();
    this.waiting.clear();
  }

  private ask(verb: string, request: unknown): Promise<unknown> {
    const verbs = this.engine as unknown as Record<string, (request: unknown) => Promise<unknown>>;
    const method = verbs[verb];
    if (method === undefined) throw new TypeError(`The engine has no ${verb}.`);
    return method(request);
  }

  private clock(trueTime: number): number {
    const reading = Math.floor(trueTime + this.skewMs);
    for (const readings of this.watchers) readings.add(reading);
    return reading;
  }
}
