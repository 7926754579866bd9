/** A pooler in transaction mode: no session state, no named statements, fewer connections than clients. */
import { describe } from "vitest";
import { freshBehindPgbouncer, isHere } from "../../support/databases.js";
import { lawsThroughPg, lawsThroughPostgresJs } from "./laws.js";

const hasPgbouncer = await isHere("pgbouncer", "the laws on PostgreSQL behind PgBouncer");
const place = { fresh: freshBehindPgbouncer, histories: 3 };

describe.runIf(hasPgbouncer)("by one client", () => {
  lawsThroughPg("PgBouncer", place);
});
describe.runIf(hasPgbouncer)("by the other", () => {
  lawsThroughPostgresJs("PgBouncer", place);
});
