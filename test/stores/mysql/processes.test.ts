import { describe } from "vitest";
import { freshMysql, hasMysql } from "../../support/databases.js";
import { processSuite } from "../processes/suite.js";

describe.runIf(await hasMysql("several processes on MySQL"))("MySQL", () => {
  processSuite("MariaDB", freshMysql);
});
