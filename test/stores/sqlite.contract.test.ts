import { describe } from "vitest";
import { PACKAGED_DRIVERS } from "./sqlite/files.js";
import { lawsInFiles } from "./sqlite/laws.js";

describe.each(PACKAGED_DRIVERS)("by %s", (driver) => {
  lawsInFiles(driver);
});
