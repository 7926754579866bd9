import { createWriteStream } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { journalBeancount, journalCsv, journalHledger } from "coffer/finance";
import { YEAR } from "./books.js";
import type { YearEngine } from "./engine.js";

/** Writes the year's journal, in the syntax that the file's ending names. @returns the file. */
export async function writeJournal(credits: YearEngine, given: string | undefined): Promise<string> {
  const file = given ?? join(await mkdtemp(join(tmpdir(), "coffer-demo-")), "2026.journal");
  await pipeline(textOf(file)(credits, YEAR), createWriteStream(file));
  return file;
}

function textOf(file: string): typeof journalHledger {
  if (file.endsWith(".beancount")) return journalBeancount;
  return file.endsWith(".csv") ? journalCsv : journalHledger;
}
