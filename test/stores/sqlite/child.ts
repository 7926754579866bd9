import { once } from "node:events";
import type { SqliteDriver } from "coffer/sqlite";

/** What a process is told. */
export interface Given {
  readonly path: string;
  readonly driver: SqliteDriver;
  readonly name: string;
  /** Milliseconds after which it ends; 0: it does not. */
  readonly forMs: number;
}

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Says `ready`, does its work when it is told to begin, and answers in lines. */
export async function runChild(
  work: Readonly<Record<string, (given: Given) => Promise<void>>>,
): Promise<void> {
  const [name = "", path = "", driver, as = "", forMs] = process.argv.slice(2);
  say("ready");
  await once(process.stdin, "data");
  // The test that starts it names a driver.
  await work[name]?.({ path, driver: driver as SqliteDriver, name: as, forMs: Number(forMs) });
  process.exit(0);
}
