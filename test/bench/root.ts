import { join } from "node:path";

/** Of the project. This file and the bundle that it becomes part of stand equally deep in it. */
export const ROOT = join(import.meta.dirname, "../..");
