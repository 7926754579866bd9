import { type ChildProcessByStdio, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import type { Invocation } from "coffer/testing";
import { workerProgram } from "./bundle.js";
import { fromText, type Line, toText } from "./lines.js";
import { Journal, type Load } from "./play.js";
import type { Target } from "./target.js";

/** What a process is told to do: so many calls, or for so long, or until it is killed. */
export interface Order {
  readonly target: Target;
  readonly load: Omit<Load, "callsPerCaller"> & {
    readonly callsPerCaller: number | null;
    readonly forMs: number | null;
  };
  readonly timeoutMs: number;
}

/** A process that makes calls. */
export class Worker {
  private constructor(
    private readonly child: ChildProcessByStdio<Writable, Readable, null>,
    private readonly lines: AsyncIterator<string>,
  ) {}

  /** Starts it, and waits until it has loaded. */
  static async start(): Promise<Worker> {
    const program = await workerProgram();
    const child = spawn(process.execPath, ["--no-warnings", program], { stdio: ["pipe", "pipe", "inherit"] });
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    const first = await lines.next();
    if (first.value !== "ready") throw new Error("a process did not load");
    return new Worker(child, lines);
  }

  /**
   * Lets it work, to the end or until `isEnough` says so of the number of its answers; then it is killed.
   *
   * @returns all that it said, up to its last word.
   */
  async run(order: Order, isEnough: (answers: number) => boolean): Promise<readonly Invocation[]> {
    const journal = new Journal(order.load.process);
    let answers = 0;
    this.child.stdin.write(`${toText(order)}\n`);
    for (let next = await this.lines.next(); next.done !== true; next = await this.lines.next()) {
      const line = whole(next.value);
      if (line === null || line.say === "over") break;
      if (line.say === "began") journal.began(line.id, line.call, line.at);
      else {
        journal.ended(line.id, line.outcome, line.at);
        if (isEnough(++answers)) this.kill();
      }
    }
    return journal.history();
  }

  /** As if its machine had lost it. */
  kill(): void {
    this.child.kill("SIGKILL");
  }
}

/** The last line of a process that was killed may be torn. */
function whole(text: string): Line | null {
  try {
    return fromText(text) as Line;
  } catch {
    return null;
  }
}
