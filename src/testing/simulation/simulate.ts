import { createHash } from "node:crypto";
import type { CreditStore } from "../../store/contract.js";
import { memoryStore } from "../../stores/memory.js";
import { checkStore, holdsWallets } from "../check-store.js";
import { faultsAtRandom } from "../faulty-store/faults.js";
import { type FaultyStore, faultyStore } from "../faulty-store/faulty-store.js";
import { Random } from "../random.js";
import { Auditor } from "./auditor.js";
import { WALLETS, simulatedCatalog } from "./catalog.js";
import { Client } from "./client.js";
import { type Ending, askForTheRest, checkTheBooks, compareWithModel } from "./conclude.js";
import { Fleet } from "./fleet.js";
import { Landed, observed } from "./landed.js";
import type { Operation } from "./operation.js";
import { Replay } from "./replay.js";
import { Scheduler } from "./scheduler.js";
import {
  type MishapCounts,
  type SimulationOptions,
  type SimulationReport,
  type Trouble,
  USUAL_ACTORS,
  USUAL_TROUBLE,
  againOf,
  checkOptions,
  storeRates,
} from "./settings.js";
import { Tally } from "./tally.js";
import { Workload } from "./workload.js";

/**
 * Plays a bad day: several processes with an engine each, over one store, and clients that send requests and repeat them
 * until they are answered, while calls fail, answers are lost or overtake each other, clocks go wrong and processes die.
 * An auditor that shares nothing with the engines holds every answer against what the store has taken; at the end, and
 * now and then before, all that is stored is checked; short runs are repeated on the reference model.
 *
 * Time is virtual and chance comes from the seed: one seed is one run, on any machine.
 *
 * @returns what happened; `problems` is empty where everything held.
 * @throws {RangeError} Where an option makes no sense, or the store is not empty; before anything is done.
 * @example
 * ```ts
 * import { memoryStore } from "coffer/memory";
 * import { simulate } from "coffer/testing";
 *
 * const { problems, again } = await simulate({ seed: 1, steps: 300, store: memoryStore() }); // or a store of your own
 * if (problems.length > 0) throw new Error([...problems, again].join("\n"));
 * ```
 */
export function simulate(options: SimulationOptions): Promise<SimulationReport> {
  return new Simulation(options).run();
}

const MOST_PROBLEMS = 10;
const REPLAYED_BY_DEFAULT = 400;
const CHECK_EVERY = 2_000;
/** Characters of the trace. */
const HASHED_AT_ONCE = 50_000;
/** Longer than an engine waits for a call: some are given up. */
const LONGEST_DELAY_MS = 3_500;

class Simulation {
  private readonly random: Random;
  private readonly scheduler: Scheduler;
  private readonly landed = new Landed();
  private readonly troubles = new Tally();
  private readonly verbs = new Tally();
  private readonly codes = new Tally();
  private readonly problems: string[] = [];
  private readonly operations: Operation[] = [];
  private readonly hash = createHash("sha256");
  private unhashed = "";
  private readonly store: CreditStore;
  private readonly network: FaultyStore;
  private readonly workload: Workload;
  private readonly auditor: Auditor;
  private readonly fleet: Fleet;
  private readonly rates: Readonly<Partial<Record<Trouble, number>>>;
  private begun = 0;
  private checkedAt = 0;
  private replayed = { mutations: 0, denials: 0 };

  constructor(private readonly options: SimulationOptions) {
    checkOptions(options);
    const { seed, concurrency = 1, store = memoryStore(), wallets = USUAL_ACTORS.wallets } = options;
    this.random = new Random(seed);
    this.rates = options.faults ?? USUAL_TROUBLE;
    this.scheduler = new Scheduler(concurrency);
    this.store = observed(store, this.landed, this.scheduler);
    const plan = faultsAtRandom({ seed: this.random.below(2 ** 32), rates: storeRates(this.rates) });
    const { scheduler } = this;
    const chance = this.random.fork();
    this.network = faultyStore(this.store, {
      plan: (call) => (this.fleet.isCalm ? undefined : plan(call)),
      pace: {
        monotonicMs: () => scheduler.nowMs,
        wait: (ms) => scheduler.wait(ms),
        // Most of what is late lands soon: before somebody else has written.
        random: () => chance.next() ** 4,
      },
      delayMs: LONGEST_DELAY_MS,
    });
    this.workload = new Workload(this.random.fork(), wallets, () => Math.floor(this.fleet.businessTime()));
    this.auditor = new Auditor({
      landed: this.landed,
      codes: this.codes,
      problem: (what) => this.problem(what),
      isExact: concurrency === 1,
    });
    const { wrap = (own: CreditStore) => own, processes = USUAL_ACTORS.processes } = options;
    const { random, auditor, troubles, network } = this;
    const trace = (line: string) => this.trace(line);
    const { impatience = 0 } = this.rates;
    this.fleet = new Fleet(
      { scheduler, random, auditor, troubles, network, wrap, trace, impatience },
      processes,
    );
  }

  async run(): Promise<SimulationReport> {
    if (this.options.store !== undefined) await mustBeEmpty(this.options.store);
    const { clients = USUAL_ACTORS.clients } = this.options;
    const crowd = Array.from({ length: clients }, (_, index) => this.client(`c${index}`));
    let isOver = false;
    void Promise.all(crowd.map((client) => client.run())).then(() => (isOver = true));
    await this.playUntil(() => isOver || this.problems.length > 0);
    if (isOver) await this.conclude();
    else if (this.problems.length === 0) this.problem("clients wait for answers, and nothing more happens");
    this.problems.push(...this.landed.problems);
    return this.report(crowd.reduce((sum, { requests }) => sum + requests, 0));
  }

  private async playUntil(isDone: () => boolean): Promise<void> {
    const { checkEvery = CHECK_EVERY } = this.options;
    while (!isDone()) {
      await this.scheduler.run(() => isDone() || this.begun - this.checkedAt >= checkEvery);
      if (this.begun - this.checkedAt < checkEvery) return;
      this.checkedAt = this.begun;
      // A check of what is being written would find halves.
      await this.scheduler.settled();
      await this.checkStored();
    }
  }

  private async checkStored(): Promise<void> {
    for (const { law, what, customerId } of await checkStore(this.store, { catalog: simulatedCatalog }))
      this.problem(`after ${this.begun} operations, law ${law} of ${customerId}: ${what}`);
  }

  /** The day is over: what is on its way lands, and everybody gets an answer. */
  private async conclude(): Promise<void> {
    this.fleet.isCalm = true;
    await this.scheduler.run();
    const fresh = this.fleet.process("fresh", this.store);
    const ending: Ending = {
      store: this.store,
      operations: this.operations,
      wallets: WALLETS.slice(0, this.options.wallets),
      auditor: this.auditor,
      running: this.fleet.processes,
      fresh,
      problem: (what) => this.problem(what),
    };
    await this.during(async () => {
      await askForTheRest(ending);
      for (const process of this.fleet.processes) process.skewMs = 0;
      await checkTheBooks(ending);
    });
    this.auditor.conclude(this.operations);
    const isCalmDay = Object.values(this.rates).every((rate) => rate === 0);
    const unserved = this.codes.get("store_unavailable");
    if (isCalmDay && unserved > 0) this.problem(`${unserved} requests failed, on a day without faults`);
    if (!(this.options.replay ?? this.options.steps <= REPLAYED_BY_DEFAULT)) return;
    const replay = new Replay({
      landed: this.landed,
      operations: this.operations,
      problem: (what) => this.problem(what),
    });
    replay.run();
    this.replayed = replay.counts;
    const now = Math.floor(this.fleet.businessTime());
    if (this.problems.length === 0) await this.during(() => compareWithModel(ending, replay, now));
  }

  /** Virtual time goes on while this is under way. */
  private async during(work: () => Promise<void>): Promise<void> {
    let isDone = false;
    const working = work()
      .catch((error: unknown) => this.problem(`the books cannot be read: ${String(error)}`))
      .finally(() => {
        isDone = true;
      });
    await this.scheduler.run(() => isDone);
    await working;
  }

  private client(name: string): Client {
    return new Client(name, {
      scheduler: this.scheduler,
      random: this.random.fork(),
      workload: this.workload,
      auditor: this.auditor,
      landed: this.landed,
      operations: this.operations,
      verbs: this.verbs,
      troubles: this.troubles,
      duplicates: this.rates.duplicate ?? 0,
      insistence: this.rates.insistence ?? 0,
      lapses: this.rates.lapse ?? 0,
      timePasses: () => this.fleet.timePasses(),
      process: () => this.fleet.any(),
      begin: () => this.begin(),
      trace: (line) => this.trace(line),
    });
  }

  /** Another operation, and perhaps something else. */
  private begin(): boolean {
    const { steps, skip = [] } = this.options;
    do {
      if (this.begun >= steps) return false;
      this.begun++;
    } while (skip.includes(this.begun));
    if (this.random.chance(this.rates.death ?? 0)) this.fleet.doom();
    if (this.random.chance(this.rates.clock ?? 0)) this.fleet.disturbClocks();
    return true;
  }

  private problem(what: string): void {
    if (this.problems.length < MOST_PROBLEMS) this.problems.push(what);
    this.trace(`PROBLEM ${what}`);
  }

  private trace(line: string): void {
    const told = `${this.scheduler.nowMs.toFixed(3)} ${line}\n`;
    this.unhashed += told;
    if (this.unhashed.length > HASHED_AT_ONCE) this.hashTrace();
    this.options.trace?.(told);
  }

  private hashTrace(): void {
    this.hash.update(this.unhashed);
    this.unhashed = "";
  }

  private met(): MishapCounts {
    const { reorderedAnswers, clockJumpsForward, clockJumpsBack, emptyRestarts } = this.fleet;
    return {
      reorderedAnswers,
      duplicatedDeliveries: this.troubles.get("duplicate"),
      slowCalls: this.troubles.get("slow"),
      deadlocks: this.troubles.get("deadlock"),
      conflicts: this.landed.conflicts,
      clockJumpsForward,
      clockJumpsBack,
      deaths: this.troubles.get("death"),
      emptyRestarts,
    };
  }

  private report(requests: number): SimulationReport {
    this.hashTrace();
    for (const [fault, count] of this.network.faults) this.troubles.add(fault, count);
    const entryTypes = new Tally();
    for (const { entries } of this.landed.changes) for (const { type } of entries) entryTypes.add(type);
    const landedDoubts = [...this.fleet.doubted].filter((change) => this.landed.has(change)).length;
    const asked = Object.entries(this.rates).filter(([, rate]) => rate > 0);
    return {
      seed: this.options.seed,
      operations: this.begun,
      requests,
      storeCalls: this.network.calls.length,
      applied: this.landed.applied,
      entries: Object.values(entryTypes.all()).reduce((sum, count) => sum + count, 0),
      troubles: this.troubles.all(),
      met: this.met(),
      restarts: this.fleet.restarts,
      doubts: { landed: landedDoubts, vanished: this.fleet.doubted.size - landedDoubts },
      verbs: this.verbs.all(),
      codes: this.codes.all(),
      entryTypes: entryTypes.all(),
      replayed: this.replayed,
      unreached: asked.map(([name]) => name).filter((name) => this.troubles.get(name) === 0),
      traceHash: this.hash.digest("hex"),
      again: againOf(this.options),
      problems: this.problems,
    };
  }
}

/** What an earlier run left would be told as problems of this one. */
async function mustBeEmpty(store: CreditStore): Promise<void> {
  if (await holdsWallets(store))
    throw new RangeError(
      "simulate: `store` must be empty; this one holds wallets. Give a new one to each run.",
    );
}
