import { freshMysql, hasMysql } from "../../support/databases.js";
import { networkSuite } from "./suite.js";

if (await hasMysql("a network that is cut, before MariaDB"))
  networkSuite("MariaDB", {
    fresh: freshMysql,
    targetAt: (url) => ({ kind: "mysql", url }),
    requests: {
      commit: "\u0003commit",
      endOfTransaction: "\u0003commit",
      read: "with consistent snapshot",
      commitsInOneStatement: false,
    },
  });
