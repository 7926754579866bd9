import { PARTS } from "./parts.js";
import { parseInput, reading } from "../catalog/parse-input.js";
import { plainCopy } from "../catalog/plain.js";
import { addDuration } from "../core/calendar.js";
import { invalidInput } from "../core/errors.js";
import type { Runner } from "./api-runner.js";
import type { EngineParts } from "./engine-parts.js";
import { parseRequest } from "./parse.js";
import { runDueSchema, startRunnerSchema } from "./lifecycle-schemas.js";
import { type RunResult, runDue } from "./runner.js";

/** One run through all wallets. */
export function runDueOnce(parts: EngineParts, request: unknown): Promise<RunResult> {
  const { services } = parts;
  return services.during(() => {
    const { input } = parseRequest(runDueSchema, request, "runDue");
    const now = services.now();
    if (input.until !== undefined && input.until > now)
      throw invalidInput("runDue: `until` lies in the future; what is due then has not happened yet.", {
        field: "until",
      });
    return run(parts, input.until ?? now, () => false);
  });
}

function run(
  { services, access, pace }: EngineParts,
  until: number,
  isStopped: () => boolean,
): Promise<RunResult> {
  const firstPart = Math.floor(pace.random() * PARTS);
  return runDue({ services, access, until, firstPart, isStopped });
}

/** Runs again and again, until it is stopped. A run that fails is told to `onError` and tried again after the pause. */
export function startRunner(parts: EngineParts, options: unknown): Runner {
  const { every, onError } = reading("startRunner", () =>
    parseInput(startRunnerSchema, plainCopy(options, "startRunner"), "startRunner"),
  );
  const loop = new Loop(parts, addDuration(0, every), onError);
  const stop = () => loop.stop();
  parts.runners.add(stop);
  return {
    stop: async () => {
      parts.runners.delete(stop);
      await stop();
    },
  };
}

class Loop {
  private isStopped = false;
  private readonly stopping: Promise<void>;
  private wake: (() => void) | undefined;
  private readonly running: Promise<void>;

  constructor(
    private readonly parts: EngineParts,
    private readonly everyMs: number,
    private readonly onError: ((error: unknown) => void) | undefined,
  ) {
    this.stopping = new Promise((resolve) => {
      this.wake = resolve;
    });
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.wake?.();
    await this.running;
  }

  private async run(): Promise<void> {
    const { services, pace } = this.parts;
    while (!this.isStopped) {
      try {
        await services.during(() => run(this.parts, services.now(), () => this.isStopped));
      } catch (error) {
        this.tell(error);
      }
      if (!this.isStopped) await Promise.race([pace.wait(this.everyMs), this.stopping]);
    }
  }

  /** What the app's own handler throws must not end the runner. */
  private tell(error: unknown): void {
    try {
      this.onError?.(error);
    } catch {
      return;
    }
  }
}
