import { freshPostgres } from "../../support/databases.js";
import { networkSuite } from "./suite.js";

networkSuite("PostgreSQL", {
  fresh: freshPostgres,
  targetAt: (url) => ({ kind: "postgres", url, schema: "coffer" }),
  requests: {
    commit: "coffer_commit_",
    endOfTransaction: "commit\0",
    read: "coffer_load_",
    commitsInOneStatement: true,
  },
});
