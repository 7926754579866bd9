import { describe } from "vitest";
import { lawsInFiles } from "./sqlite/laws.js";

describe("by one driver", () => {
  lawsInFiles("better-sqlite3");
});
describe("by the other", () => {
  lawsInFiles("libsql");
});
