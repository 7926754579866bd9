import type { CreditStore } from "coffer/store";
import { createBook } from "./book.js";
import type { Book } from "./book.js";
import { openEngine } from "./engine.js";
import type { Engine } from "./engine.js";
import type { PriceList } from "./prices.js";
import { createTimeline } from "./timeline.js";
import type { Timeline } from "./timeline.js";

/** One run of the demo: the engine, the time it lives in, and the product's own count of what happened. */
export interface Session {
  readonly credits: Engine;
  readonly timeline: Timeline;
  readonly book: Book;
  /** The instant of the first request. */
  readonly start: number;
}

export function openSession(prices: PriceList, store: CreditStore, seed: number, start: number): Session {
  const timeline = createTimeline(start);
  return { credits: openEngine(prices, store, seed, timeline.now), timeline, book: createBook(), start };
}
