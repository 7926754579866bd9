import type { Deadline } from "./deadline.js";

const SHORTEST_PAUSE_MS = 0.5;
const LONGEST_PAUSE_MS = 8;

/** A wait of random length, so that processes that wait for one file meet their chances alike. */
export async function pause(deadline: Deadline): Promise<void> {
  const random = SHORTEST_PAUSE_MS + Math.random() * (LONGEST_PAUSE_MS - SHORTEST_PAUSE_MS);
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, Math.min(random, deadline.leftMs))));
}

export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
