import { freshPostgres } from "../../support/databases.js";
import { processSuite } from "../processes/suite.js";

processSuite("PostgreSQL", freshPostgres);
