import { openingSuite } from "../sqlite/opening.js";

openingSuite("node:sqlite");
