import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { bundled } from "../../support/bundled.js";

/** What a process is told to do. */
export interface Order {
  readonly work: "drain" | "refill" | "retry" | "commit" | "migrate";
  readonly url: string;
  /** Distinguishes it from the others. */
  readonly name: string;
  /** Milliseconds after which it ends; 0: it does not. */
  readonly forMs: number;
}

/** A process that does what it is told. */
export interface Child {
  order(order: Order): void;
  /** Waits for its next line; null when it has ended. */
  line(): Promise<string | null>;
  /** As if its machine had lost it. */
  kill(): void;
}

const PROGRAM = fileURLToPath(new URL("child.ts", import.meta.url));

/** Starts a process, and waits until it has loaded. */
export async function startChild(): Promise<Child> {
  const args = ["--no-warnings", await bundled(PROGRAM)];
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const line = async () => {
    const next = await lines.next();
    return next.done === true ? null : next.value;
  };
  if ((await line()) !== "ready") throw new Error("a process did not load");
  return {
    order: (order) => void child.stdin.write(`${JSON.stringify(order)}\n`),
    line,
    kill: () => void child.kill("SIGKILL"),
  };
}

/** Processes that begin together. */
export class Crew {
  private constructor(private readonly children: readonly Child[]) {}

  static async of(count: number): Promise<Crew> {
    return new Crew(await Promise.all(Array.from({ length: count }, startChild)));
  }

  /** Gives the line that each of the first so many answers. */
  async answers(
    count: number,
    work: Order["work"],
    { url, forMs = 0 }: { readonly url: string; readonly forMs?: number },
  ): Promise<readonly string[]> {
    const children = this.children.slice(0, count);
    children.forEach((child, index) => child.order({ work, url, name: `p${index}`, forMs }));
    return Promise.all(
      children.map(async (child) => {
        const line = await child.line();
        if (line === null) throw new Error("a process ended before it answered");
        return line;
      }),
    );
  }

  dismiss(): void {
    for (const child of this.children) child.kill();
  }
}
