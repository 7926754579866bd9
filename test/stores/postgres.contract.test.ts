import { describe } from "vitest";
import { freshPostgres } from "../support/databases.js";
import { lawsThroughPg, lawsThroughPostgresJs } from "./postgres/laws.js";

describe("by one client", () => {
  lawsThroughPg("PostgreSQL", { fresh: freshPostgres });
});
describe("by the other", () => {
  lawsThroughPostgresJs("PostgreSQL", { fresh: freshPostgres });
});
