import type { Change, CreditStore } from "../../store/contract.js";
import type { Random } from "../random.js";
import type { Auditor } from "./auditor.js";
import { Process } from "./process.js";
import type { Scheduler } from "./scheduler.js";
import type { Tally } from "./tally.js";
import { wire } from "./wire.js";

export interface FleetServices {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly auditor: Auditor;
  readonly troubles: Tally;
  /** What lies between the processes and the store. */
  readonly network: CreditStore;
  readonly wrap: (store: CreditStore) => CreditStore;
  readonly trace: (line: string) => void;
  /** How many of the processes give up soon. */
  readonly impatience: number;
}

/** 30 January 2025: a few days' steps cross into the next month. */
const START = Date.UTC(2025, 0, 30);
const LONGEST_REBIRTH_MS = 150;
const DEATH_WITHIN_MS = 12;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Some engines forget wallets, some never do. */
const CACHES = [2, 100, 100] as const;
const ID_DIGITS = 12;
const PATIENCE_MS = 2_000;
const SHORT_PATIENCE_MS = 60;

/** The processes, as they die and come back, and the clocks that they go by. */
export class Fleet {
  readonly processes: Process[] = [];
  readonly doubted = new Set<Change>();
  restarts = 0;
  /** Of those, the ones that came to call the store. */
  emptyRestarts = 0;
  clockJumpsForward = 0;
  clockJumpsBack = 0;
  reorderedAnswers = 0;
  /** From then on nobody dies. */
  isCalm = false;
  private minted = 0;
  private lives = 0;
  /** Took a dead one's place, and have not called the store yet. */
  private readonly reborn = new Set<Process>();
  private jumpedMs = 0;

  constructor(
    private readonly services: FleetServices,
    count: number,
  ) {
    for (let index = 0; index < count; index++) this.processes.push(this.birth(index));
  }

  /** One that is alive, if any is. */
  any(): Process | undefined {
    return this.services.random.oneOf(this.processes.filter(({ isAlive }) => isAlive));
  }

  /** The true time, which no process knows. */
  businessTime(): number {
    return START + this.services.scheduler.nowMs + this.jumpedMs;
  }

  /** One of them dies soon, at whatever it then awaits. */
  doom(): void {
    const { random, scheduler } = this.services;
    const index = random.below(this.processes.length);
    scheduler.after(random.next() * DEATH_WITHIN_MS, () => this.kill(index));
  }

  /** All clocks jump ahead, so that what lasts less than an hour is over. */
  timePasses(): void {
    this.jumpedMs += HOUR;
    this.clockJumpsForward++;
  }

  disturbClocks(): void {
    const { random, troubles, trace } = this.services;
    troubles.add("clock");
    const process = random.oneOf(this.processes);
    if (random.chance(0.5) || process === undefined) {
      this.jumpedMs += random.pick([MINUTE, 10 * MINUTE, HOUR, HOUR, DAY]);
      this.clockJumpsForward++;
    } else this.skew(process, random.pick([0, 0, -1, 1, MINUTE, -10 * MINUTE, HOUR, -HOUR]));
    trace(`clocks: ${this.jumpedMs}, ${process?.name} ${process?.skewMs}`);
  }

  private skew(disturbed: Process, skewMs: number): void {
    const process = disturbed;
    if (skewMs > process.skewMs) this.clockJumpsForward++;
    if (skewMs < process.skewMs) this.clockJumpsBack++;
    process.skewMs = skewMs;
  }

  /** A process of that name over that store; its engine's cache is empty. */
  process(name: string, store: CreditStore, timeoutMs: number = PATIENCE_MS): Process {
    const { scheduler, auditor, troubles, wrap } = this.services;
    const random = this.services.random.fork();
    const settings = {
      scheduler,
      random,
      businessTime: () => this.businessTime(),
      newId: () => String(++this.minted).padStart(ID_DIGITS, "0"),
      cachedWallets: random.pick(CACHES),
      timeoutMs,
    };
    const wireOf = (process: Process) =>
      wire(store, {
        scheduler,
        random: random.fork(),
        isAlive: () => process.isAlive,
        called: () => {
          if (this.reborn.delete(process)) this.emptyRestarts++;
        },
        overtook: () => this.reorderedAnswers++,
        sent: (changes) => auditor.sent(process, changes),
        doubted: (changes) => {
          for (const change of changes) this.doubted.add(change);
        },
        timedOut: () => troubles.add("timeout"),
      });
    return new Process(name, settings, (process) => wrap(wireOf(process)));
  }

  private birth(index: number): Process {
    const { random, impatience, troubles, network } = this.services;
    const isImpatient = random.chance(impatience);
    if (isImpatient) troubles.add("impatience");
    return this.process(`p${index}.${this.lives++}`, network, isImpatient ? SHORT_PATIENCE_MS : PATIENCE_MS);
  }

  private kill(index: number): void {
    const { scheduler, random, troubles, trace } = this.services;
    const process = this.processes[index];
    if (process === undefined || !process.isAlive || this.isCalm) return;
    process.die();
    troubles.add("death");
    trace(`${process.name} dies`);
    scheduler.after(random.next() * LONGEST_REBIRTH_MS, () => {
      const successor = this.birth(index);
      this.processes[index] = successor;
      this.reborn.add(successor);
      this.restarts++;
    });
  }
}
