import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { bundled } from "../../support/bundled.js";
import { ROOT } from "../root.js";
import type { Answer, Order } from "./order.js";

interface Member {
  readonly child: ChildProcess;
  readonly ask: (line: string) => Promise<string>;
}

/** Processes that begin together. */
export class Crew {
  private constructor(private readonly members: readonly Member[]) {}

  static async of(count: number, url: string, connections: number): Promise<Crew> {
    const program = await bundled(join(ROOT, "test/bench/process.ts"));
    const names = Array.from({ length: count }, (_, index) => `process-${connections}-${index}`);
    return new Crew(await Promise.all(names.map((name) => start([program, url, name, String(connections)]))));
  }

  /** What each did. */
  async do(order: Order): Promise<readonly Answer[]> {
    const line = JSON.stringify(order);
    return Promise.all(this.members.map(async ({ ask }) => JSON.parse(await ask(line)) as Answer));
  }

  async end(): Promise<void> {
    await Promise.all(
      this.members.map(async ({ child }) => {
        child.stdin?.end();
        if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      }),
    );
  }
}

async function start(args: readonly string[]): Promise<Member> {
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const line = async () => {
    const next = await lines.next();
    if (next.done === true) throw new Error("a process ended before it answered");
    return next.value;
  };
  if ((await line()) !== "ready") throw new Error("a process did not load");
  const ask = (text: string) => {
    child.stdin.write(`${text}\n`);
    return line();
  };
  return { child, ask };
}
