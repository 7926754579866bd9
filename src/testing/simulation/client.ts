import type { CreditError } from "../../core/errors.js";
import type { Random } from "../random.js";
import type { Auditor } from "./auditor.js";
import type { Landed } from "./landed.js";
import type { Operation, Told } from "./operation.js";
import type { Answer, Process } from "./process.js";
import type { Scheduler } from "./scheduler.js";
import type { Tally } from "./tally.js";
import type { Workload } from "./workload.js";

export interface ClientServices {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly workload: Workload;
  readonly auditor: Auditor;
  readonly landed: Landed;
  readonly operations: Operation[];
  readonly verbs: Tally;
  readonly troubles: Tally;
  /** How often a request is delivered to two processes at once. */
  readonly duplicates: number;
  /** How often a request that is left in doubt is repeated to the same process, almost at once. */
  readonly insistence: number;
  /** How often credits lapse while a request that needs them is under way. */
  readonly lapses: number;
  readonly timePasses: () => void;
  /** One that is alive; none at times. */
  readonly process: () => Process | undefined;
  /** @returns false when there is nothing more to begin. */
  readonly begin: () => boolean;
  readonly trace: (line: string) => void;
}

const MOST_TRIES = 6;
const LONGEST_PAUSE_MS = 300;
const LONGEST_SHORT_PAUSE_MS = 10;
/** Shares of what clients do besides mutations. */
const SHARES = {
  read: 0.18,
  repeat: 0.05,
  contradict: 0.02,
  many: 0.04,
  leaning: 0.08,
  trying: 0.15,
} as const;
const LAPSES_WITHIN_MS = 15;
const COMES_BACK_AFTER_DENIAL = 0.15;

type Delivery = "alone" | "trying" | "together";

/** Sends one request after another, each again until it has an answer, to whichever process there is. */
export class Client {
  requests = 0;

  constructor(
    private readonly name: string,
    private readonly services: ClientServices,
  ) {}

  async run(): Promise<void> {
    const { random, scheduler, begin } = this.services;
    while (begin()) {
      await this.step();
      await scheduler.wait(random.next() * 2);
    }
  }

  private async step(): Promise<void> {
    const { random, workload, operations, lapses } = this.services;
    if (random.chance(lapses)) return this.lapse(workload.lapsing());
    const earlier = random.oneOf(operations.slice(-200).filter(({ answer }) => answer !== undefined));
    const kind = random.next();
    if (kind < SHARES.read) return this.read();
    if (kind < SHARES.read + SHARES.repeat && earlier !== undefined) return this.settle([earlier], "alone");
    if (kind < SHARES.read + SHARES.repeat + SHARES.contradict && earlier !== undefined)
      return this.contradict(earlier);
    if (kind > 1 - SHARES.many)
      return this.settle(this.remember(workload.withdrawals(2 + random.below(3))), "together");
    if (kind > 1 - SHARES.many - SHARES.leaning) return this.lean(workload.leaning());
    const operation = workload.mutation();
    const delivery = operation.verb === "withdraw" && random.chance(SHARES.trying) ? "trying" : "alone";
    return this.settle(this.remember([operation]), delivery);
  }

  private remember(operations: readonly Operation[]): readonly Operation[] {
    this.services.operations.push(...operations);
    for (const { verb } of operations) this.services.verbs.add(verb);
    return operations;
  }

  /** The second needs what the first brings, and both are decided together. The second is the first to come back. */
  private async lean([first, second]: readonly [Operation, Operation]): Promise<void> {
    this.remember([first, second]);
    const process = await this.someProcess();
    const [given, used] = await Promise.all([
      this.send(process, [first], "alone"),
      this.send(process, [second], "alone"),
    ]);
    if (!used.includes("done")) await this.settle([second], "alone", process);
    if (!given.includes("done")) await this.settle([first], "alone");
  }

  /** Time goes by between the tries of the second: what could be paid at first is denied then, on the same wallet. */
  private async lapse([first, second]: readonly [Operation, Operation]): Promise<void> {
    const { random, scheduler, troubles, timePasses } = this.services;
    this.remember([first, second]);
    const process = await this.someProcess();
    await this.settle([first], "alone", process);
    troubles.add("lapse");
    scheduler.after(random.next() * LAPSES_WITHIN_MS, timePasses);
    await this.settle([second], "alone", process);
  }

  /** @param again Who is asked first; default: anybody. */
  private async settle(operations: readonly Operation[], delivery: Delivery, again?: Process): Promise<void> {
    const { random, scheduler, workload, insistence, troubles } = this.services;
    let open = operations;
    let insisted = again;
    for (let tries = 0; tries < MOST_TRIES && open.length > 0; tries++) {
      const longestMs = insisted === undefined ? LONGEST_PAUSE_MS : LONGEST_SHORT_PAUSE_MS;
      if (tries > 0) await scheduler.wait(random.next() * longestMs);
      const process = insisted?.isAlive === true ? insisted : await this.someProcess();
      const told = await this.deliver(process, open, delivery);
      insisted = told.includes("unknown") && random.chance(insistence) ? process : undefined;
      if (insisted !== undefined) troubles.add("insistence");
      for (const [index, operation] of open.entries()) if (told[index] === "done") workload.learn(operation);
      open = open.filter((operation, index) => {
        const wasDenied = told[index] === "not done" && operation.denials.length > 0;
        return told[index] !== "done" && (!wasDenied || random.chance(COMES_BACK_AFTER_DENIAL));
      });
    }
  }

  private async deliver(
    first: Process,
    operations: readonly Operation[],
    delivery: Delivery,
  ): Promise<readonly Told[]> {
    const { random, duplicates, troubles } = this.services;
    const second = random.chance(duplicates) ? this.services.process() : undefined;
    if (second === undefined || second === first) return this.send(first, operations, delivery);
    troubles.add("duplicate");
    const [one, other] = await Promise.all([
      this.send(first, operations, delivery),
      this.send(second, operations, delivery),
    ]);
    return one.map((told, index) => (told === "done" ? told : (other[index] ?? told)));
  }

  private async send(
    process: Process,
    operations: readonly Operation[],
    delivery: Delivery,
  ): Promise<readonly Told[]> {
    const { auditor, verbs, trace } = this.services;
    this.requests++;
    const followed = operations.map((operation) => auditor.follow(operation, process));
    const requests = operations.map(({ request }) => request);
    const [operation] = operations;
    if (operation === undefined) return [];
    let answers: readonly Answer[];
    switch (delivery) {
      case "alone":
        answers = [await process.call(operation.verb, operation.request)];
        break;
      case "trying":
        verbs.add("tryWithdraw");
        answers = [attempted(await process.call("tryWithdraw", operation.request))];
        break;
      case "together":
        verbs.add("withdrawMany");
        answers = apart(await process.call("withdrawMany", requests), operations.length);
        break;
    }
    return followed.map((hear, index) => {
      const answer = answers[index] ?? { kind: "silence" };
      const told = hear(answer);
      trace(
        `${this.name} ${operations[index]?.verb} ${operations[index]?.key} at ${process.name}: ${summary(answer)}`,
      );
      return told;
    });
  }

  private async contradict(earlier: Operation): Promise<void> {
    const { auditor, workload, trace } = this.services;
    const process = await this.someProcess();
    this.requests++;
    const answer = await process.call(earlier.verb, workload.contradiction(earlier));
    auditor.contradicted(earlier, answer);
    trace(`${this.name} contradicts ${earlier.key} at ${process.name}: ${summary(answer)}`);
  }

  private async read(): Promise<void> {
    const { auditor, workload, landed, verbs, trace } = this.services;
    const process = await this.someProcess();
    const { verb, wallet, request } = workload.read();
    verbs.add(verb);
    this.requests++;
    const place = workload.place(wallet);
    const readings = new Set<number>();
    const stop = process.watchClock(readings);
    const seen = { place, from: landed.version(place), readings };
    const answer = await process.call(verb, request);
    stop();
    auditor.read(verb, wallet, seen, answer);
    trace(`${this.name} ${verb} at ${process.name}: ${summary(answer)}`);
  }

  private async someProcess(): Promise<Process> {
    const { process, scheduler, random } = this.services;
    for (;;) {
      const found = process();
      if (found !== undefined) return found;
      await scheduler.wait(random.next() * LONGEST_PAUSE_MS);
    }
  }
}

interface AttemptSeen {
  readonly ok: boolean;
  readonly value?: unknown;
  readonly error?: CreditError;
}

/** What `tryWithdraw` gives as a value, as it would have been thrown. */
function attempted(answer: Answer): Answer {
  return answer.kind === "ok" ? answerOf(answer.value as AttemptSeen) : answer;
}

function apart(answer: Answer, count: number): readonly Answer[] {
  if (answer.kind === "ok") return (answer.value as readonly AttemptSeen[]).map(answerOf);
  return Array.from({ length: count }, () => answer);
}

function answerOf({ ok, value, error }: AttemptSeen): Answer {
  return ok || error === undefined ? { kind: "ok", value } : { kind: "refused", error };
}

function summary(answer: Answer): string {
  switch (answer.kind) {
    case "ok":
      return JSON.stringify(answer.value);
    case "refused":
      return answer.error.code;
    case "silence":
      return "silence";
    case "defect":
      return String(answer.error);
  }
}
