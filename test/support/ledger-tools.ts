/** Programs of accountants, which a machine may have or not. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findProgram } from "./servers/program.js";

/**
 * Whether hledger and bean-check are here. If not, the run says that `suite` is left out; if COFFER_REQUIRE_SERVERS names
 * them it fails instead.
 */
export function hasLedgerTools(suite: string): boolean {
  return [
    ["hledger", "hledger"],
    ["beancount", "bean-check"],
  ].every(([name = "", program = ""]) => {
    if (findProgram(program) !== null) return true;
    if (process.env["COFFER_REQUIRE_SERVERS"]?.split(" ").includes(name) === true)
      throw new Error(`${program} is not installed, for: ${suite}`);
    console.warn(`NOT RUN: ${suite}, as ${program} is not installed`);
    return false;
  });
}

/** All of a text that comes in pieces. */
export async function wholeOf(pieces: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const piece of pieces) text += piece;
  return text;
}

/** What bean-check has to say of a file; empty: it accepts it. */
export function beanCheck(text: string): string {
  return onFile(text, "beancount", (file) => {
    const { status, stdout, stderr } = spawnSync("bean-check", ["--no-cache", file], { encoding: "utf8" });
    const said = stdout + stderr;
    return status === 0 ? said : said || `bean-check ended with ${status}`;
  });
}

/** Balances by account and money in hledger's words, as "12.50 USD"; it must accept the file under its strict checks. */
export function hledgerBalances(text: string): Readonly<Record<string, readonly string[]>> {
  return onFile(text, "journal", (file) => {
    hledger(["check", "--strict", "-f", file]);
    const csv = hledger(["balance", "-f", file, "-O", "csv", "--flat", "--no-elide", "--no-total"]);
    const rows = csv.trim().split("\n").slice(1);
    return Object.fromEntries(
      rows.map((row) => {
        const [account = "", amounts = ""] = JSON.parse(`[${row}]`) as readonly string[];
        return [account, amounts.split(", ")];
      }),
    );
  });
}

function hledger(options: readonly string[]): string {
  const env = { ...process.env, LANG: "C.UTF-8", LC_ALL: "C.UTF-8" };
  const { status, stdout, stderr } = spawnSync("hledger", options, { encoding: "utf8", env });
  if (status !== 0) throw new Error(`hledger refused it: ${stderr}`);
  return stdout;
}

function onFile<Result>(text: string, ending: string, look: (file: string) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), "coffer-journal-"));
  try {
    const file = join(folder, `journal.${ending}`);
    writeFileSync(file, text);
    return look(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
