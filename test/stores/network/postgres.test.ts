import { freshPostgres } from "../../support/databases.js";
import { networkSuite } from "./suite.js";

networkSuite("PostgreSQL", {
  fresh: freshPostgres,
  targetAt: (url) => ({ kind: "postgres", url, schema: "coffer" }),
  requests: {
    commit: "ok as (",
    endOfTransaction: "commit\0",
    read: "with r as materialized",
    commitsInOneStatement: true,
  },
});
