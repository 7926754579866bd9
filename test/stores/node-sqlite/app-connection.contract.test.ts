import { lawsOnAppConnection } from "../sqlite/laws-on-app-connection.js";

lawsOnAppConnection("node:sqlite");
