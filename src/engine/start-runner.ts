import { parseInput, reading } from "../catalog/parse-input.js";
import { plainCopy } from "../catalog/plain.js";
import { addDuration } from "../core/calendar.js";
import { invalidInput } from "../core/errors.js";
import type { Runner } from "./api-runner.js";
import type { EngineParts } from "./engine-parts.js";
import { parseRequest } from "./parse.js";
import { runDueSchema, startRunnerSchema } from "./request-schemas.js";
import { type RunResult, runDue } from "./runner.js";

const PARTS = 256;

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
  const everyMs = addDuration(0, every);
  let isStopped = false;
  let wake: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => {
    wake = resolve;
  });
  const running = loop();
  const stop = async () => {
    isStopped = true;
    wake();
    await running;
  };
  parts.runners.add(stop);
  return {
    stop: async () => {
      parts.runners.delete(stop);
      await stop();
    },
  };

  async function loop(): Promise<void> {
    while (!isStopped) {
      try {
        await parts.services.during(() => run(parts, parts.services.now(), () => isStopped));
      } catch (error) {
        tell(error);
      }
      if (!isStopped) await Promise.race([parts.pace.wait(everyMs), stopped]);
    }
  }

  /** What the app's own handler throws must not end the runner. */
  function tell(error: unknown): void {
    try {
      onError?.(error);
    } catch {
      return;
    }
  }
}
