import { PACKAGED_DRIVERS } from "./files.js";
import { lawsOnAppConnection } from "./laws-on-app-connection.js";

// libsql has the same methods as better-sqlite3: one of them shows what sharing changes.
const [driver = "libsql"] = PACKAGED_DRIVERS;
lawsOnAppConnection(driver);
