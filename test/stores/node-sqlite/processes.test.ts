import { processesOnFile } from "../sqlite/processes.js";

processesOnFile("node:sqlite");
