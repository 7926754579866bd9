import type { EventPage } from "../../store/queries.js";
import { partNumber } from "../../store/intake/intake.js";
import { type Context, query } from "../sql/programs/context.js";
import { type EventQuery, events } from "../sql/programs/events.js";
import { sqliteTarget } from "../sql/schema/targets.js";
import type { Program } from "../sql/statement.js";

const FIND_NEW = `select 1 as found from ${sqliteTarget.tableId("outbox")} where part = cast(? as integer) limit 1`;

/** The page where every event has its position, so that who only waits for new ones locks nobody out; else null. */
export function* eventsIfNumbered(context: Context, asked: EventQuery): Program<EventPage | null> {
  const part = String(partNumber(asked.part, "part"));
  const found = yield* query({ text: FIND_NEW, values: [part] });
  return found.length > 0 ? null : yield* events(context, asked);
}
