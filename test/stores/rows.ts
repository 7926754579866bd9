/** The rows that the laws are tested with, for tests of one store. */
export {
  change,
  delta,
  entry,
  event,
  everyRow,
  grant,
  key,
  receipt,
  record,
} from "../../src/testing/laws/rows.js";
