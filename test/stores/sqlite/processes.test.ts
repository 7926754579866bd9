import { PACKAGED_DRIVERS } from "./files.js";
import { processesOnFile } from "./processes.js";

for (const driver of PACKAGED_DRIVERS) processesOnFile(driver);
