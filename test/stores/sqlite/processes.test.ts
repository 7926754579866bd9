import { processesOnFile } from "./processes.js";

processesOnFile("better-sqlite3");
processesOnFile("libsql");
