import { lawsInFiles } from "../sqlite/laws.js";

lawsInFiles("node:sqlite");
