import { show } from "../catalog/parse-input.js";
import { invalidInput } from "../core/errors.js";
import type { Dead, DeadLetters } from "./dead-letters.js";
import { parseReplay } from "./options.js";
import type { Waiting } from "./waiting.js";

const READ_AT_ONCE = 100;

/** An endpoint's dead letters, and where deliveries wait. */
interface Replayable {
  readonly dead: DeadLetters;
  waitingOf(part: number): Waiting;
}

export async function replay(
  endpointOf: (id: string) => Replayable,
  request: unknown,
): Promise<{ readonly replayed: number }> {
  const { endpointId, id } = parseReplay(request);
  const endpoint = endpointOf(endpointId);
  if (typeof id !== "string") return { replayed: await replayAll(endpoint) };
  const letter = await endpoint.dead.find(id);
  if (letter === undefined)
    throw invalidInput(`replay: there is no dead letter ${show(id)}; it may have been replayed before.`, {
      field: "id",
    });
  return { replayed: (await revive(endpoint, letter)) ? 1 : 0 };
}

async function replayAll(endpoint: Replayable): Promise<number> {
  let replayed = 0;
  // One that dies again meanwhile stays dead.
  const seen = new Set<string>();
  let after: string | undefined;
  do {
    const page = await endpoint.dead.list(after, READ_AT_ONCE);
    for (const letter of page.items) {
      const { eventId } = letter.delivery;
      if (!seen.has(eventId) && (await revive(endpoint, letter))) replayed++;
      seen.add(eventId);
    }
    after = page.next ?? undefined;
  } while (after !== undefined);
  return replayed;
}

/** It waits before it is no dead letter any more: after a crash between the two it is both, and may come twice. */
async function revive(endpoint: Replayable, { id, delivery }: Dead): Promise<boolean> {
  const anew = { ...delivery, attempts: 0, nextAt: 0, deadAt: null, status: null, error: null };
  if (!(await endpoint.waitingOf(delivery.part).revive(anew))) return false;
  await endpoint.dead.remove(id);
  return true;
}
