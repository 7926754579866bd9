import { lawsOnAppConnection } from "./laws-on-app-connection.js";

// libsql has the same methods as better-sqlite3.
lawsOnAppConnection("better-sqlite3");
