import type { CreditEvent } from "coffer";

interface Reader {
  events(request: { readonly consumer: string; readonly follow: boolean }): AsyncIterable<CreditEvent>;
}

let readers = 0;

/** Every event that is kept, for a reader that nobody else is. */
export async function eventsOf(credits: Reader, consumer?: string): Promise<readonly CreditEvent[]> {
  readers += 1;
  const events: CreditEvent[] = [];
  for await (const event of credits.events({ consumer: consumer ?? `reader ${readers}`, follow: false }))
    events.push(event);
  return events;
}

export function plainEvents(events: readonly unknown[]): unknown {
  return JSON.parse(JSON.stringify(events));
}
