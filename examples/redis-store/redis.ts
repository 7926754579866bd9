import { StoreError } from "coffer/store";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/** What is used of a client of `@redis/client` (or `redis`). */
export interface RedisClient {
  sendCommand(args: readonly string[]): Promise<unknown>;
}

/** A script, sent by its digest; in full where the server does not know it yet. */
export class Script {
  readonly text: string;
  readonly digest: string;

  constructor(file: string) {
    this.text = readFileSync(new URL(file, import.meta.url), "utf8");
    this.digest = createHash("sha1").update(this.text).digest("hex");
  }
}

const DEFAULT_TIMEOUT_MS = 10_000;

/** One call of the store: its commands share a deadline, and its errors say what the contract asks. */
export class Call {
  readonly #endsAtMs: number;

  constructor(
    private readonly client: RedisClient,
    timeoutMs = DEFAULT_TIMEOUT_MS,
  ) {
    this.#endsAtMs = performance.now() + timeoutMs;
  }

  get isOver(): boolean {
    return performance.now() >= this.#endsAtMs;
  }

  async read(...args: readonly string[]): Promise<unknown> {
    return this.#send(args, false);
  }

  async write(...args: readonly string[]): Promise<unknown> {
    return this.#send(args, true);
  }

  async run(
    script: Script,
    keys: readonly string[],
    argument: string,
    { writes }: { readonly writes: boolean },
  ): Promise<unknown> {
    const rest = [String(keys.length), ...keys, argument];
    try {
      return await this.#send(["EVALSHA", script.digest, ...rest], writes);
    } catch (error) {
      if (!(error instanceof StoreError && codeOf(error.cause) === "NOSCRIPT")) throw error;
      return this.#send(["EVAL", script.text, ...rest], writes);
    }
  }

  async #send(args: readonly string[], writes: boolean): Promise<unknown> {
    let timer: NodeJS.Timeout | undefined;
    const timedOut = new Promise<never>((_, reject) => {
      const leftMs = Math.max(0, this.#endsAtMs - performance.now());
      timer = setTimeout(
        () => reject(new StoreError(unknownKind(writes), "Redis did not answer in time.")),
        leftMs,
      );
    });
    try {
      return await Promise.race([this.client.sendCommand(args), timedOut]);
    } catch (error) {
      throw error instanceof StoreError ? error : storeErrorFor(error, writes);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The server said so before it began, and may do otherwise next time. */
const PASSING = new Set([
  "BUSY",
  "CLUSTERDOWN",
  "LOADING",
  "MASTERDOWN",
  "NOREPLICAS",
  "NOSCRIPT",
  "OOM",
  "READONLY",
  "TRYAGAIN",
]);
/** Commands that were never sent. */
const UNSENT = new Set(["ClientClosedError", "ClientOfflineError", "AbortError"]);

function storeErrorFor(error: unknown, writes: boolean): StoreError {
  const message = `Redis: ${error instanceof Error ? error.message : String(error)}`;
  return new StoreError(kindOf(error, writes), message, { cause: error });
}

function kindOf(error: unknown, writes: boolean): StoreError["kind"] {
  const code = codeOf(error);
  if (code === "MALFORMED" || code === "WRONGTYPE" || code === "NOPERM" || code === "NOAUTH")
    return "permanent";
  const isUnsent = error instanceof Error && UNSENT.has(error.constructor.name);
  if (isUnsent || (code !== null && PASSING.has(code))) return "transient";
  return unknownKind(writes);
}

/** What is not known may have been written; nothing happens by reading. */
function unknownKind(writes: boolean): StoreError["kind"] {
  return writes ? "ambiguous" : "transient";
}

/** The first word of an answer that is an error; null for what is no answer. */
function codeOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  return /^[A-Z]{2,}(?= )/.exec(error.message)?.[0] ?? null;
}
